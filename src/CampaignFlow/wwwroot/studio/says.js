// What the page says above the designer: whether the work is saved, what went wrong and what to do about it, what is to be mended.
globalThis.designerSays = (() => {
  "use strict";
  const texts = () => JSON.parse(document.body?.dataset.texts || "{}");
  const definition = () => document.body?.dataset.definition;
  const part = (id) => document.getElementById(id);

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

  return { texts, definition, part, say, button, banner, calm, download, list };
})();
