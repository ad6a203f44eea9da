// The way a dry run takes, on the designer's own canvas: steps on it are numbered, what it follows is drawn strongly, all others step back. Asked again after each save.
(() => {
  "use strict";
  const part = (id) => document.getElementById(id);
  const name = (way) => JSON.stringify([way.source, way.port, way.target]);
  let shown = false;
  let taken = new Set();

  const follow = () => {
    for (const way of globalThis.designerConnections()) {
      if (taken.has(name(way))) way.line.dataset.way = "";
      else delete way.line.dataset.way;
    }
  };

  const show = async () => {
    const definition = encodeURIComponent(document.body.dataset.definition);
    const answer = await fetch(`/elsa/api/workflow-definitions/${definition}/dry-run`, { headers: { Accept: "application/json" } });
    if (!answer.ok || !shown) return;
    const told = await answer.json();
    globalThis.designerWay = new Map(told.steps.map((step) => [step.activity, step]));
    part("way").querySelector("[data-text]").textContent = told.text;
    part("way").hidden = false;
    document.body.dataset.way = "shown";
    taken = new Set(told.ways.map(name));
    follow();
    dispatchEvent(new Event("designer-way"));
  };

  const hide = () => {
    shown = false;
    part("way").hidden = true;
    delete document.body.dataset.way;
    taken.clear();
    follow();
    globalThis.designerWay = null;
    dispatchEvent(new Event("designer-way"));
  };

  addEventListener("DOMContentLoaded", () => {
    part("show-way")?.addEventListener("click", () => {
      if (shown) return hide();
      shown = true;
      show();
    });
    part("way")?.querySelector("button").addEventListener("click", hide);
  });
  // Connections are drawn some at a time, and new ones come.
  addEventListener("designer-drawn", () => shown && follow());
  addEventListener("designer-saved", () => shown && show());
})();
