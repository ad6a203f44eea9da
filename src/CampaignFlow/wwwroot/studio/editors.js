// The text editors (monaco, 4 MB of script) come when the canvas is drawn: before, they would only hold it up. Who calls one earlier waits.
(() => {
  "use strict";
  const from = "_content/BlazorMonaco/lib/monaco-editor/min/vs/loader.js";
  let loading = null;

  const load = () =>
    (loading ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = from;
      script.onload = () => globalThis.require(["vs/editor/editor.main"], done, failed);
      script.onerror = failed;
      document.head.append(script);
    }));

  // A workflow without a step is drawn too; a designer that never draws shows its editors all the same.
  const drawn = new Promise((done) => {
    const look = () => {
      if (document.querySelector(".x6-node")) done();
      else if (document.querySelector(".x6-graph")) setTimeout(done, 1500);
      else return;
      seen.disconnect();
    };
    const seen = new MutationObserver(look);
    seen.observe(document.getElementById("studio"), { childList: true, subtree: true });
    setTimeout(done, 30000);
  });

  for (const part of Object.values(globalThis.blazorMonaco))
    for (const [name, act] of Object.entries(part ?? {}))
      if (typeof act === "function")
        part[name] = function (...words) {
          return globalThis.monaco?.editor ? act.apply(this, words) : drawn.then(load).then(() => act.apply(this, words));
        };
  drawn.then(() => (globalThis.requestIdleCallback ?? setTimeout)(load, { timeout: 3000 }));
})();
