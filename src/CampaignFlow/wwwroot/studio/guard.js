// Stands between the designer and the server, so that no failure is silent and no work is lost: a save that the server did not take
// (session ended, server away) is held in the page, sent again by itself, and remembered in this browser until the server has it.
(() => {
  "use strict";
  const server = globalThis.fetch;
  const api = (url) => new URL(url, location.href).pathname.startsWith("/elsa/");
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  let held = 0;
  let token = null;
  const body = () => document.body;
  const texts = () => JSON.parse(body()?.dataset.texts || "{}");
  const definition = () => body()?.dataset.definition;
  const memory = () => `designer:${definition()}`;

  const say = (state) => {
    const line = document.getElementById("saving");
    if (!line) return;
    line.textContent = texts()[state] ?? "";
    line.dataset.state = state;
  };

  const button = (text, act) => {
    const made = document.createElement(typeof act === "string" ? "a" : "button");
    made.textContent = text;
    if (typeof act === "string") {
      made.href = act;
      if (act.startsWith("/sign-in")) made.target = "_blank";
    } else made.addEventListener("click", act);
    return made;
  };

  const banner = (kind, text, ...buttons) => {
    const box = document.getElementById("banner");
    if (!box) return;
    box.dataset.kind = kind;
    box.replaceChildren(text, ...buttons);
    box.hidden = false;
  };
  const calm = (kind) => {
    const box = document.getElementById("banner");
    if (box && (!kind || box.dataset.kind === kind)) box.hidden = true;
  };

  const download = (text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `${definition() ?? "workflow"}-unsaved.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  const isSave = (url, method) => method === "POST" && /\/elsa\/api\/workflow-definitions\/?$/.test(new URL(url, location.href).pathname);

  // The token belongs to the session: after signing in again there is a new one.
  const fresh = async () => {
    const answer = await server.call(globalThis, "/elsa/api/session", { headers: { Accept: "application/json" } });
    if (answer.ok) token = (await answer.json()).antiforgery;
    return answer;
  };

  const send = (input, init, method) => {
    const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined));
    if (method !== "GET" && method !== "HEAD") headers.set("X-Antiforgery", token ?? body().dataset.antiforgery);
    return server.call(globalThis, input instanceof Request ? input.clone() : input, { ...init, headers });
  };

  // Until the server takes it. What it answers then is what the designer sees; it never learns of the trouble.
  const insist = async (input, init, method) => {
    for (let round = 0; ; round++) {
      let answer = null;
      try {
        answer = await send(input, init, method);
      } catch (trouble) {
        if (trouble?.name === "AbortError") throw trouble;
      }
      if (answer && answer.status !== 401 && answer.status !== 502 && answer.status !== 503) {
        if (round > 0) calm("trouble");
        return answer;
      }
      if (round === 0) held++;
      try {
        if (answer?.status === 401) banner("trouble", texts().expired, button(texts().signIn, "/sign-in?ReturnUrl=%2Fsigned-in"));
        else banner("trouble", texts().lost);
        say("unsaved");
        for (let ok = false; !ok; ) {
          await wait(2000);
          ok = await fresh().then((a) => a.ok, () => false);
        }
      } finally {
        if (round === 0) held--;
      }
    }
  };

  const remember = (text) => {
    try {
      localStorage.setItem(memory(), JSON.stringify({ at: Date.now(), text }));
    } catch {
      // Too large for this browser's storage: the page itself still holds it.
    }
  };

  const errorsIn = async (answer) => {
    const told = await answer.clone().json().catch(() => ({}));
    return { text: Object.values(told.errors ?? {}).flat().join(" ") || told.message || `${answer.status}`, conflict: told.conflict };
  };

  globalThis.fetch = async function (input, init = {}) {
    const url = input instanceof Request ? input.url : String(input);
    if (!api(url)) return server.call(globalThis, input, init);
    const method = (init.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
    const saves = isSave(url, method);
    const text = saves ? (typeof init.body === "string" ? init.body : await new Response(init.body ?? (input instanceof Request ? input.clone().body : "")).text()) : null;
    if (saves) {
      init = { ...init, body: text };
      remember(text);
      say("saving");
    }
    const answer = await insist(input, init, method);
    if (saves && answer.ok) {
      localStorage.removeItem(memory());
      say("saved");
      calm("refused");
    } else if (saves) {
      const { text: why, conflict } = await errorsIn(answer);
      say("unsaved");
      banner(
        "refused",
        texts().failed + why,
        ...(conflict ? [button(texts().revisions, conflict), button(texts().reload, () => location.reload())] : []),
        button(texts().download, () => download(text)),
      );
    } else if (answer.status === 403) banner("refused", texts().forbidden);
    else if (answer.status === 404 && method === "GET" && definition() && url.includes("/by-definition-id/")) {
      document.getElementById("loading")?.remove();
      banner("refused", texts().missing, button(texts().back, "/workflows"));
      return new Promise(() => {});
    }
    return answer;
  };

  addEventListener("beforeunload", (leaving) => {
    if (held > 0 || document.getElementById("saving")?.dataset.state === "unsaved") leaving.preventDefault();
  });

  // The designer is there once it has drawn something of its own.
  addEventListener("DOMContentLoaded", () => {
    const studio = document.getElementById("studio");
    const seen = new MutationObserver(() => {
      if (!studio.querySelector(".x6-graph, .mud-table, .rz-splitter")) return;
      document.getElementById("loading")?.remove();
      seen.disconnect();
    });
    seen.observe(studio, { childList: true, subtree: true });
    const left = definition() && localStorage.getItem(memory());
    if (!left) return;
    const { at, text } = JSON.parse(left);
    banner(
      "recovered",
      texts().recovered + new Date(at).toLocaleString(document.documentElement.lang),
      button(texts().restore, async () => {
        const answer = await send(`/elsa/api/recovered/${encodeURIComponent(definition())}`, { method: "POST", body: text, headers: { "Content-Type": "application/json" } }, "POST");
        if (!answer.ok) return;
        localStorage.removeItem(memory());
        location.href = (await answer.json()).revisions;
      }),
      button(texts().download, () => download(text)),
      button(texts().discard, () => {
        localStorage.removeItem(memory());
        calm("recovered");
      }),
    );
  });
})();
