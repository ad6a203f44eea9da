// Puts the reader's words where the designer writes its own English ones, and our form of dates; what people wrote themselves is never touched.
(() => {
  "use strict";
  const map = (pairs) => new Map((pairs ?? []).map(([english, own]) => [english.toLowerCase(), own]));
  const [words, ports, patterns] = [map(globalThis.designerWords), map(globalThis.designerPorts), globalThis.designerPatterns ?? []];
  const chinese = words.size > 0;
  const zone = document.currentScript.dataset.zone;
  const kept = "textarea, script, style, .monaco-editor, [data-keep]";
  const attributes = ["placeholder", "title", "aria-label", "data-placeholder"];

  // Names that people gave: to a step, to what a table lists, to outcomes; and where they may stand beside the designer's own words.
  const named = ".activity-label, .mud-input-control .mud-chip, .mud-simple-table table:has(thead) td:first-child";
  const offered = ".mud-popover, .mud-select .mud-input-slot";
  const [steps, theirs] = [new Map(), new Set()];

  const activityOf = (element) => {
    try {
      return JSON.parse(element.getAttribute("activity-json"));
    } catch {
      return null;
    }
  };

  // Branches and cases are people's, whatever they are called.
  const portOf = (bare, at) => {
    const step = at.closest(".x6-node")?.querySelector("[activity-json]");
    const given = step ? activityOf(step) : null;
    return JSON.stringify([given?.branches, given?.cases]).includes(JSON.stringify(bare).slice(1, -1)) ? null : (ports.get(bare.toLowerCase()) ?? null);
  };

  // As the designer writes them: of a run in the browser's zone and with seconds (10/10/2026 9:10:05 AM), of a version in UTC and without
  // (2026/10/10 上午1:10).
  const moment = /^(?:(\d\d?)\/(\d\d?)\/(\d{4})|(\d{4})\/(\d\d?)\/(\d\d?)) (上午|下午)?(\d\d?):(\d\d)(?::(\d\d))?(?:\s(AM|PM))?(?: ([+-]\d\d:\d\d))?$/;
  const momentOf = (bare) => {
    const found = bare.length < 40 && moment.exec(bare);
    if (!found) return null;
    const [, m1, d1, y1, y2, m2, d2, early, hour, minute, second, half, offset] = found;
    const hours = early || half ? (hour % 12) + (early === "下午" || half === "PM" ? 12 : 0) : +hour;
    const two = (part) => String(part).padStart(2, "0");
    const at = new Date(`${y1 ?? y2}-${two(m1 ?? m2)}-${two(d1 ?? d2)}T${two(hours)}:${minute}:${second ?? "00"}${offset ?? (second ? "" : "Z")}`);
    if (Number.isNaN(at.getTime())) return null;
    const asked = { timeZone: zone, year: "numeric", month: chinese ? "numeric" : "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
    const of = Object.fromEntries(new Intl.DateTimeFormat("en-GB", asked).formatToParts(at).map((part) => [part.type, part.value]));
    const time = `${of.hour}:${of.minute}${second === undefined ? "" : ":" + of.second}`;
    return chinese ? `${of.year}年${of.month}月${of.day}日 ${time}` : `${of.day} ${of.month} ${of.year}, ${time}`;
  };

  const said = (bare, at) => {
    if (steps.has(bare)) return steps.get(bare);
    if (at.closest(named)) {
      if (at.closest("td")) theirs.add(bare);
      return null;
    }
    if (theirs.has(bare) && at.closest(offered)) return null;
    if (at.closest(".x6-port-label, .embedded-port")) return portOf(bare, at);
    if (bare === "Workflow published" && globalThis.designerAsked) return JSON.parse(document.body.dataset.texts).asked;
    const found = words.get(bare.toLowerCase());
    if (found !== undefined) return found;
    // $1 is told as it stands, %1 in the reader's words.
    for (const [pattern, to] of patterns) {
      const match = pattern.exec(bare);
      if (match) return to.replace(/([$%])(\d)/g, (_, kind, i) => (kind === "%" ? words.get(match[i].toLowerCase()) : null) ?? match[i]);
    }
    return momentOf(bare);
  };

  const own = (text, at) => {
    const bare = text.trim();
    // The canvas puts hard spaces into the names of ways out.
    const found = bare && at ? said(bare.replaceAll("\u00a0", " "), at) : null;
    return found === null ? null : text.replace(bare, () => found);
  };

  // What is chosen in a list and not offered there stands in a field, not in a text; fields that can be written in are people's.
  const tellField = (field) => {
    if (field.type === "hidden" || !field.readOnly || !field.closest(".mud-select")) return;
    const told = own(field.value, field);
    if (told !== null && told !== field.value) value.set.call(field, told);
  };
  const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  if (chinese)
    Object.defineProperty(HTMLInputElement.prototype, "value", {
      ...value,
      set(text) {
        value.set.call(this, text);
        if (this.isConnected) tellField(this);
      },
    });

  // Steps carry their Chinese name beside the English one: in what is loaded, and on the canvas where a run is looked at.
  let again = 0;
  const learn = (part) => {
    if (!chinese || !part || typeof part !== "object") return;
    const { displayText, displayTextZh } = part.metadata ?? {};
    if (displayText && displayTextZh && !steps.has(displayText)) {
      steps.set(displayText, displayTextZh);
      clearTimeout(again);
      again = setTimeout(() => tell(document.body), 50);
    }
    Object.values(part).forEach(learn);
  };

  const tell = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const told = own(node.nodeValue, node.parentElement);
      if (told !== null && told !== node.nodeValue && !node.parentElement?.closest(kept)) node.nodeValue = told;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || node.closest(kept)) return;
    for (const name of attributes) {
      const value = node.getAttribute(name);
      const told = value === null ? null : own(value, node);
      if (told !== null && told !== value) node.setAttribute(name, told);
    }
    if (node.tagName === "INPUT") tellField(node);
    if (node.hasAttribute("activity-json")) learn(activityOf(node));
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

  addEventListener("designer-loaded", (loaded) => {
    const whole = loaded.detail;
    for (const list of [whole?.variables, whole?.inputs, whole?.outputs])
      for (const { name, displayName } of list ?? []) theirs.add(name).add(displayName);
    for (const outcome of whole?.outcomes ?? []) theirs.add(outcome);
    learn(whole?.root);
  });
})();
