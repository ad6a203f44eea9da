// Stands between the designer and the server, so that no failure is silent and no work is lost: a save that the server did not take
// (session ended, server away) is held in the page, sent again by itself, and remembered in this browser until the server has it.
(() => {
  "use strict";
  const server = globalThis.fetch;
  const path = (url) => new URL(url, location.href).pathname;
  const api = (url) => path(url).startsWith("/elsa/");
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  let waiting = 0; // requests that the server has not taken yet
  let touched = 0; // when somebody last changed something, and when that was last sent
  let sent = 0;
  let token = null;
  let known = null; // version and revision that this page's text descends from
  let use = null; // who ran it when it was published
  let queue = Promise.resolve();
  const { texts, definition, part, say, button, banner, calm, download, list } = globalThis.designerSays;
  const memory = () => `designer:${definition()}`;
  localStorage.setItem("BlazorCulture", document.documentElement.lang.startsWith("zh") ? "zh-Hans" : "en-US");

  const state = () => part("saving")?.dataset.state;
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

  // A token of an earlier session, or of somebody else, is refused by the framework, which has no words of ours.
  const staleToken = (answer, method) => answer.status === 400 && method !== "GET" && !answer.headers.get("Content-Type")?.includes("application/json");
  const isTaken = (answer, method) => answer && ![401, 502, 503, 504].includes(answer.status) && !staleToken(answer, method);

  // Until the server takes it. What it answers then is what the designer sees; it never learns of the trouble.
  const insist = async (input, init, method) => {
    let held = false;
    let renewed = false;
    try {
      for (;;) {
        let answer = null;
        try {
          answer = await send(input, init, method);
        } catch (trouble) {
          if (trouble?.name === "AbortError") throw trouble;
        }
        if (isTaken(answer, method) || (answer && renewed && staleToken(answer, method))) {
          if (held && waiting === 1) calm("trouble");
          return answer;
        }
        if (answer && staleToken(answer, method) && (await fresh().then((a) => a.ok, () => false))) {
          renewed = true;
          continue;
        }
        if (!held) {
          held = true;
          waiting++;
        }
        if (answer?.status === 401) banner("trouble", texts().expired, button(texts().signIn, "/sign-in?ReturnUrl=%2Fworkflows"));
        else banner("trouble", texts().lost);
        if (method !== "GET") say("unsaved");
        else if (touched > sent && ["saved", undefined].includes(state())) say("pending");
        do {
          await wait(1500);
        } while (!(await fresh().then((a) => a.ok, () => false)));
      }
    } finally {
      if (held) waiting--;
      // What the designer did not send after all was no change.
      if (held && method === "GET") setTimeout(() => waiting === 0 && state() === "pending" && say("saved"), 3000);
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

  const why = (told, answer) => Object.values(told.errors ?? {}).flat().join(" ") || told.message || `${answer.status}`;
  const keep = (text) => button(texts().download, () => download(text));

  // Anything but a save: the sentence, and nothing of saving.
  const declined = async (answer) => {
    const told = await answer.clone().json().catch(() => ({}));
    banner("refused", why(told, answer), button(texts().close, () => calm("refused")));
  };

  // A draft that was left unfinished says at once what is to be mended, not only after the next save.
  const toMend = async () => {
    const answer = await send(`/elsa/api/workflow-definitions/${encodeURIComponent(definition())}/problems`, {}, "GET").catch(() => null);
    if (answer?.ok && !sent) list(await answer.json());
  };

  const refused = async (answer, text) => {
    const told = await answer.clone().json().catch(() => ({}));
    if (told.known) known = told.known;
    if (told.problems) list(told.problems);
    // After a conflict the server has both texts: this one is a revision beside the draft.
    const has = told.known || told.conflict;
    say(told.known ? "saved" : told.conflict ? "kept" : "unsaved");
    if (has) localStorage.removeItem(memory());
    banner(
      "refused",
      (has ? "" : texts().failed) + why(told, answer),
      ...(told.conflict ? [button(texts().revisions, told.conflict), button(texts().reload, () => reload())] : []),
      ...(told.known ? [button(texts().close, () => calm("refused"))] : [keep(text)]),
    );
  };

  // What the designer shows as a message; any other failure of a write stops it.
  const refusal = (text) =>
    new Response(JSON.stringify({ errors: { workflow: [text] } }), { status: 400, headers: { "Content-Type": "application/problem+json" } });

  // Somebody else has signed in meanwhile, or a role was taken away: the text stays here, and the next change sends it again.
  const forbidden = (text) => {
    say("unsaved");
    banner("refused", texts().forbidden, button(texts().signIn, "/sign-in?ReturnUrl=%2Fworkflows"), keep(text));
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
      return refusal(texts().notPublished);
    remember(text);
    sent = performance.now();
    say("saving");
    const answer = await insist(input instanceof Request ? input.url : input, { ...init, method: "POST", body: text }, "POST");
    if (answer.status === 403) {
      forbidden(text);
      return refusal(texts().forbidden);
    }
    await (answer.ok ? saved(answer) : refused(answer, text));
    return answer;
  };

  // Asked before a name or a description is saved. Unanswered it must not hold up that save, which is kept here; the server asks again.
  const mayBeUnique = async (input, init) => {
    const answer = await send(input, init, "GET").catch(() => null);
    return isTaken(answer, "GET") ? answer : new Response('{"isUnique":true}', { headers: { "Content-Type": "application/json" } });
  };

  // What the designer takes for impossible to be refused, and stops at.
  const fatal = /\/(bulk-actions|workflow-definition-versions|tests)\//;

  globalThis.fetch = async function (input, init = {}) {
    const url = input instanceof Request ? input.url : String(input);
    if (!api(url)) return server.call(globalThis, input, init);
    const method = (init.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
    if (isSave(url, method)) {
      const mine = queue.then(() => save(input, init));
      queue = mine.catch(() => {});
      return mine;
    }
    if (path(url).endsWith("/validation/is-name-unique")) return mayBeUnique(input, init);
    const answer = await insist(input, init, method);
    if (answer.status === 403) {
      banner("refused", texts().forbidden);
      if (method !== "GET") return refusal(texts().forbidden);
    } else if (method === "GET" && path(url).includes("/by-definition-id/")) {
      if (answer.status === 404) {
        part("loading")?.remove();
        banner("refused", texts().missing, button(texts().back, "/workflows"));
        return new Promise(() => {});
      }
      const stored = await answer.clone().json().catch(() => null);
      if (!known && part("problems")) toMend();
      note(stored);
      dispatchEvent(new CustomEvent("designer-loaded", { detail: stored }));
    } else if (answer.status >= 400 && method !== "GET") {
      await declined(answer);
      if (fatal.test(path(url))) return new Promise(() => {});
    }
    else if (method !== "GET" && /\/workflow-definitions\//.test(path(url))) note(await answer.clone().json().catch(() => null));
    return answer;
  };

  // The designer sends a change half a second after it was made; who leaves before is asked.
  const touch = (target) => {
    const palette = target.closest?.(".rz-splitter-pane[data-index='0']:not(.pane-left)");
    if (part("publishing") && !palette && target.closest?.("#studio")) touched = performance.now();
  };
  let held = null; // a step or a port in somebody's hand
  addEventListener("input", (change) => touch(change.target), true);
  addEventListener("drop", (change) => touch(change.target), true);
  addEventListener("keydown", (key) => ["Delete", "Backspace"].includes(key.key) && touch(key.target), true);
  addEventListener("pointerdown", (hand) => (held = hand.target.closest?.(".x6-node") ? hand : null), true);
  addEventListener("pointerup", (hand) => held && Math.hypot(hand.x - held.x, hand.y - held.y) > 5 && touch(held.target), true);
  const pending = () => touched > sent && performance.now() - touched < 1500;

  addEventListener("beforeunload", (leaving) => {
    if (waiting > 0 || pending() || ["unsaved", "pending", "saving"].includes(state())) leaving.preventDefault();
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
