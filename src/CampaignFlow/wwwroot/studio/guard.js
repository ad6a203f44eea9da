// Stands between the designer and the server, so that no failure is silent and no work is lost: a save that the server did not take
// (session ended, server away) is held in the page, sent again by itself, and remembered in this browser until the server has it.
(() => {
  "use strict";
  const server = globalThis.fetch;
  const path = (url) => new URL(url, location.href).pathname;
  const api = (url) => path(url).startsWith("/elsa/");
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  let waiting = 0; // requests that the server has not taken yet
  let token = null;
  let known = null; // version and revision that this page's text descends from
  let use = null; // who ran it when it was published
  let queue = Promise.resolve();
  const texts = () => JSON.parse(document.body?.dataset.texts || "{}");
  const definition = () => document.body?.dataset.definition;
  const memory = () => `designer:${definition()}`;
  const part = (id) => document.getElementById(id);
  localStorage.setItem("BlazorCulture", document.documentElement.lang.startsWith("zh") ? "zh-Hans" : "en-US");

  const say = (state) => {
    const line = part("saving");
    if (!line) return;
    line.textContent = texts()[state] ?? "";
    line.dataset.state = state;
  };

  const button = (text, act) => {
    const made = document.createElement(typeof act === "string" ? "a" : "button");
    made.textContent = text;
    if (typeof act === "string") {
      made.href = act;
      if (!act.startsWith("/workflows")) made.target = "_blank";
    } else made.addEventListener("click", act);
    return made;
  };

  const banner = (kind, text, ...buttons) => {
    const box = part("banner");
    if (!box) return;
    box.dataset.kind = kind;
    box.replaceChildren(text, ...buttons);
    box.hidden = false;
  };
  const calm = (kind) => {
    const box = part("banner");
    if (box && (!kind || box.dataset.kind === kind)) box.hidden = true;
  };

  const download = (text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `${definition() ?? "workflow"}-unsaved.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  const isSave = (url, method) => method === "POST" && /^\/elsa\/api\/workflow-definitions\/?$/.test(path(url));

  // The token belongs to the session: after signing in again there is a new one.
  const fresh = async () => {
    const answer = await server.call(globalThis, "/elsa/api/session", { headers: { Accept: "application/json" } });
    if (answer.ok) token = (await answer.json()).antiforgery;
    return answer;
  };

  const send = (input, init, method) => {
    const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined));
    if (method !== "GET" && method !== "HEAD") headers.set("X-Antiforgery", token ?? document.body.dataset.antiforgery);
    return server.call(globalThis, input instanceof Request ? input.clone() : input, { ...init, headers });
  };

  // A token of an earlier session is refused with an empty 400; what the server says itself has a body.
  const staleToken = (answer, method) => answer.status === 400 && method !== "GET" && !answer.headers.get("Content-Type")?.includes("json");
  const isTaken = (answer, method) => answer && ![401, 502, 503, 504].includes(answer.status) && !staleToken(answer, method);

  // Until the server takes it. What it answers then is what the designer sees; it never learns of the trouble.
  const insist = async (input, init, method) => {
    let held = false;
    try {
      for (;;) {
        let answer = null;
        try {
          answer = await send(input, init, method);
        } catch (trouble) {
          if (trouble?.name === "AbortError") throw trouble;
        }
        if (isTaken(answer, method)) {
          if (held && waiting === 1) calm("trouble");
          return answer;
        }
        if (answer && staleToken(answer, method) && !held && (await fresh().then((a) => a.ok, () => false))) {
          held = true;
          waiting++;
          continue;
        }
        if (!held) {
          held = true;
          waiting++;
        }
        if (answer?.status === 401) banner("trouble", texts().expired, button(texts().signIn, "/sign-in?ReturnUrl=%2Fworkflows"));
        else banner("trouble", texts().lost);
        if (method !== "GET") say("unsaved");
        do {
          await wait(1500);
        } while (!(await fresh().then((a) => a.ok, () => false)));
      }
    } finally {
      if (held) waiting--;
    }
  };

  const remember = (text) => {
    try {
      localStorage.setItem(memory(), JSON.stringify({ at: Date.now(), text }));
    } catch {
      // Too large for this browser's storage: the page itself still holds it.
    }
  };

  const note = (stored) => {
    if (stored?.definitionId && stored.definitionId === definition())
      known = { version: stored.version, revision: stored.customProperties?.draftRevision ?? null };
  };

  // This page's text grows out of its own last save, also when the designer sent the next one before it had read the answer.
  const descended = (text) => {
    if (!known) return text;
    const request = JSON.parse(text);
    if (request.model?.definitionId !== definition()) return text;
    request.model.version = known.version;
    request.model.customProperties = { ...request.model.customProperties, draftRevision: known.revision };
    if (known.revision === null) delete request.model.customProperties.draftRevision;
    return JSON.stringify(request);
  };

  const list = (problems) => {
    const box = part("problems");
    if (!box) return;
    box.hidden = problems.length === 0;
    const errors = problems.filter((p) => p.severity === "Error").length;
    box.querySelector("summary").textContent = errors ? `${texts().mend} (${errors})` : `${texts().look} (${problems.length})`;
    box.dataset.state = errors ? "errors" : "notes";
    box.querySelector("ul").replaceChildren(
      ...problems.map((problem) => {
        const line = document.createElement("li");
        line.className = problem.severity;
        line.textContent = problem.text;
        return line;
      }),
    );
    globalThis.designerProblems = problems;
    dispatchEvent(new Event("designer-problems"));
  };

  const refused = async (answer, text) => {
    const told = await answer.clone().json().catch(() => ({}));
    if (told.known) known = told.known;
    if (told.problems) list(told.problems);
    say(told.known ? "saved" : "unsaved");
    if (told.known) localStorage.removeItem(memory());
    const why = Object.values(told.errors ?? {}).flat().join(" ") || told.message || `${answer.status}`;
    banner(
      "refused",
      (told.known ? "" : texts().failed) + why,
      ...(told.conflict ? [button(texts().revisions, told.conflict), button(texts().reload, () => reload())] : []),
      ...(told.known ? [button(texts().close, () => calm("refused"))] : [button(texts().download, () => download(text))]),
    );
  };

  // The server keeps both texts after a conflict, so there is nothing to warn of.
  const reload = () => {
    say("saved");
    localStorage.removeItem(memory());
    location.reload();
  };

  const saved = async (answer) => {
    const told = await answer.clone().json().catch(() => ({}));
    note(told.workflowDefinition);
    localStorage.removeItem(memory());
    list(told.problems ?? []);
    say("saved");
    calm("refused");
    if (told.workflowDefinition?.isPublished && use) {
      const carry = `/workflows/${definition()}/migrate?from=${use.version}&to=${told.workflowDefinition.version}`;
      banner("published", texts().published, ...(use.active && use.version ? [button(`${texts().migrate} (${use.active})`, carry)] : []), button(texts().close, () => calm("published")));
    }
    if (told.asked) banner("asked", texts().asked, button(texts().versions, `/workflows/${definition()}`), button(texts().close, () => calm("asked")));
    globalThis.designerAsked = told.asked === true;
    dispatchEvent(new Event("designer-saved"));
  };

  // Publishing is asked once more, with what it means for those who run the workflow now.
  const agreed = async (text) => {
    if (JSON.parse(text).publish !== true) return true;
    const box = part("publishing");
    const answer = await send(`/elsa/api/workflow-definitions/${encodeURIComponent(definition())}/use`, {}, "GET").catch(() => null);
    if (!box || !answer?.ok) return true;
    use = await answer.json();
    box.querySelector("[data-use]").textContent = use.text;
    box.showModal();
    return new Promise((decided) => box.addEventListener("close", () => decided(box.returnValue === "publish"), { once: true }));
  };

  const save = async (input, init) => {
    const text = descended(typeof init.body === "string" ? init.body : await new Response(init.body ?? (input instanceof Request ? input.clone().body : "")).text());
    if (!(await agreed(text)))
      return new Response(JSON.stringify({ errors: { publish: [texts().notPublished] } }), { status: 400, headers: { "Content-Type": "application/problem+json" } });
    remember(text);
    say("saving");
    const answer = await insist(input instanceof Request ? input.url : input, { ...init, method: "POST", body: text }, "POST");
    await (answer.ok ? saved(answer) : answer.status === 403 ? banner("refused", texts().forbidden) : refused(answer, text));
    return answer;
  };

  globalThis.fetch = async function (input, init = {}) {
    const url = input instanceof Request ? input.url : String(input);
    if (!api(url)) return server.call(globalThis, input, init);
    const method = (init.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
    if (isSave(url, method)) {
      const mine = queue.then(() => save(input, init));
      queue = mine.catch(() => {});
      return mine;
    }
    const answer = await insist(input, init, method);
    if (answer.status === 403) banner("refused", texts().forbidden);
    else if (method === "GET" && path(url).includes("/by-definition-id/")) {
      if (answer.status === 404) {
        part("loading")?.remove();
        banner("refused", texts().missing, button(texts().back, "/workflows"));
        return new Promise(() => {});
      }
      const stored = await answer.clone().json().catch(() => null);
      note(stored);
      dispatchEvent(new CustomEvent("designer-loaded", { detail: stored }));
    } else if (answer.status >= 400 && method !== "GET") await refused(answer, "");
    else if (method !== "GET" && /\/workflow-definitions\//.test(path(url))) note(await answer.clone().json().catch(() => null));
    return answer;
  };

  addEventListener("beforeunload", (leaving) => {
    if (waiting > 0 || ["unsaved", "saving"].includes(part("saving")?.dataset.state)) leaving.preventDefault();
  });

  const offerRecovered = () => {
    const left = definition() && localStorage.getItem(memory());
    if (!left) return;
    const { at, text } = JSON.parse(left);
    banner(
      "recovered",
      texts().recovered + new Date(at).toLocaleString(document.documentElement.lang),
      button(texts().restore, async () => {
        const headers = { "Content-Type": "application/json" };
        const answer = await send(`/elsa/api/recovered/${encodeURIComponent(definition())}`, { method: "POST", body: text, headers }, "POST");
        if (!answer.ok) return refused(answer, text);
        localStorage.removeItem(memory());
        location.href = (await answer.json()).revisions;
      }),
      button(texts().download, () => download(text)),
      button(texts().discard, () => {
        localStorage.removeItem(memory());
        calm("recovered");
      }),
    );
  };

  // Started out of sight, shown minutes later: somebody may have saved meanwhile, and this page must not begin with the older text.
  document.addEventListener("prerenderingchange", async () => {
    const before = known;
    if (!before) return;
    const answer = await send(`/elsa/api/workflow-definitions/by-definition-id/${encodeURIComponent(definition())}?versionOptions=Latest`, {}, "GET").catch(() => null);
    const now = answer?.ok ? await answer.json() : null;
    if (now && known === before && (now.version !== before.version || (now.customProperties?.draftRevision ?? null) !== before.revision)) location.reload();
  });

  addEventListener("DOMContentLoaded", () => {
    for (const element of document.querySelectorAll("[data-endpoint]")) element.setAttribute("remote-endpoint", location.origin + element.dataset.endpoint);
    // The designer is there once it has drawn something of its own.
    const studio = part("studio");
    const seen = new MutationObserver(() => {
      if (!studio.querySelector(".x6-graph, .mud-table, .rz-splitter")) return;
      part("loading")?.remove();
      seen.disconnect();
    });
    seen.observe(studio, { childList: true, subtree: true });
    offerRecovered();
  });
})();
