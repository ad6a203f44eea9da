// Starts the designer's runtime at once, beside the rest of the page; its assemblies come in one file (StudioPack.mjs) instead of 126.
(() => {
  "use strict";
  const at = (path) => new URL(path, document.baseURI).href;
  const page = new Promise((done) => addEventListener("DOMContentLoaded", done));
  let runtime = fetch(at(document.currentScript.dataset.runtime)).catch(() => null);

  const unpack = async () => {
    const answer = await fetch(at("_framework/assemblies.pack"));
    if (!answer.ok) return () => null;
    const bytes = await answer.arrayBuffer();
    const length = new DataView(bytes).getUint32(0, true);
    const index = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
    return (name) => index[name] && new Uint8Array(bytes, 4 + length + index[name][0], index[name][1]);
  };
  const pack = unpack().catch(() => () => null);

  // What is not in the pack comes by itself. No assembly before the page's own scripts have run: the designer calls them.
  const part = async (name, url) => {
    const [find] = await Promise.all([pack, page]);
    const content = find(name);
    return content ? { ok: true, status: 200, url, arrayBuffer: async () => content } : fetch(url);
  };

  // Asked a second time, after a failure, it is fetched anew.
  const started = async (url) => {
    const early = await runtime;
    runtime = null;
    return early?.ok ? early : fetch(url);
  };

  Blazor.start({
    // What was interpreted often is remembered in the browser after this many seconds; the next start takes a tenth less.
    configureRuntime: (runtime) => runtime.withInterpreterPgo(true, 15),
    loadBootResource: (kind, name, url) => {
      if (kind === "assembly" || kind === "globalization") return part(name, url);
      return kind === "dotnetwasm" ? started(url) : undefined;
    },
  });
})();
