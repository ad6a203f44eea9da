// Puts the reader's words where the designer writes its own English ones; what people wrote themselves is never touched.
(() => {
  "use strict";
  const words = new Map((globalThis.designerWords ?? []).map(([english, own]) => [english.toLowerCase(), own]));
  const patterns = globalThis.designerPatterns ?? [];
  const kept = "textarea, script, style, .monaco-editor, [data-keep]";
  const attributes = ["placeholder", "title", "aria-label", "data-placeholder"];

  const own = (text) => {
    const bare = text.trim();
    if (!bare) return null;
    if (bare === "Workflow published" && globalThis.designerAsked) return JSON.parse(document.body.dataset.texts).asked;
    const found = words.get(bare.toLowerCase());
    if (found !== undefined) return text.replace(bare, found);
    for (const [pattern, to] of patterns) if (pattern.test(bare)) return text.replace(bare, bare.replace(pattern, to));
    return null;
  };

  const tell = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const told = own(node.nodeValue);
      if (told !== null && told !== node.nodeValue && !node.parentElement?.closest(kept)) node.nodeValue = told;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || node.closest(kept)) return;
    for (const name of attributes) {
      const value = node.getAttribute(name);
      const told = value === null ? null : own(value);
      if (told !== null && told !== value) node.setAttribute(name, told);
    }
    for (const child of node.childNodes) tell(child);
  };

  addEventListener("DOMContentLoaded", () => {
    new MutationObserver((changes) => {
      for (const change of changes)
        if (change.type === "childList") for (const added of change.addedNodes) tell(added);
        else tell(change.target);
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes });
    tell(document.body);
  });

  // Steps carry their Chinese name beside the English one.
  addEventListener("designer-loaded", (loaded) => {
    if (!document.documentElement.lang.startsWith("zh")) return;
    const visit = (part) => {
      if (Array.isArray(part)) return part.forEach(visit);
      if (!part || typeof part !== "object") return;
      const { displayText, displayTextZh } = part.metadata ?? {};
      if (displayText && displayTextZh) words.set(displayText.toLowerCase(), displayTextZh);
      Object.values(part).forEach(visit);
    };
    visit(loaded.detail?.root);
    tell(document.body);
  });
})();
