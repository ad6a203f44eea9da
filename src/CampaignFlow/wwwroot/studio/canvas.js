// How a diagram lies on the designer's canvas: it opens whole, or from its start when it is too wide for that; and which connection is which.
(() => {
  "use strict";
  const margin = 24;
  const graph = () => document.querySelector(".x6-graph");
  const view = () => document.querySelector(".x6-graph-svg-viewport");
  const numbers = (text) => (text?.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);

  // Fitting goes down to half size and then shows the middle; people begin to read at the first step.
  const toStart = () => {
    const frame = graph()?.getBoundingClientRect();
    const steps = [...document.querySelectorAll(".x6-node")].map((step) => step.getBoundingClientRect());
    if (!frame || steps.length === 0) return;
    const [left, top] = [Math.min(...steps.map((s) => s.left)), Math.min(...steps.map((s) => s.top))];
    const [right, down] = [left < frame.left ? frame.left + margin - left : 0, top < frame.top ? frame.top + margin - top : 0];
    const [a, b, c, d, x, y] = numbers(view().getAttribute("transform"));
    // The canvas reads its place from here before every move of its own.
    if (right || down) view().setAttribute("transform", `matrix(${a},${b},${c},${d},${x + right},${y + down})`);
  };

  const beyond = (frame) => {
    const inner = (step) => step.left >= frame.left && step.right <= frame.right && step.top >= frame.top && step.bottom <= frame.bottom;
    return ![...document.querySelectorAll(".x6-node")].every((step) => inner(step.getBoundingClientRect()));
  };
  const settle = async (until, looks) => {
    while (!until() && looks-- > 0) await new Promise((next) => setTimeout(next, 100));
  };

  // The designer itself shows a diagram at full size from the middle. Until it is fitted its steps are not where they stay.
  // They are drawn some at a time: fitted before the last one is there, the rest would lie beside the window.
  const fit = async (all) => {
    let [drawn, same] = [-1, 0];
    const steady = () => {
      const now = document.querySelectorAll(".x6-node").length;
      same = now === drawn ? same + 1 : 0;
      drawn = now;
      return now >= all && same > 1;
    };
    await settle(steady, 600);
    const button = [...document.querySelectorAll(".mud-toolbar .mud-icon-button")].find((b) => b.querySelector("path[d^='M6,16h12V8H6V16z']"));
    if (button && graph() && beyond(graph().getBoundingClientRect())) {
      button.click();
      // The designer's own first move to the middle leaves the scale at one.
      await settle(() => !view()?.getAttribute("transform")?.startsWith("matrix(1,"), 40);
      toStart();
    }
    document.body.dataset.whole = "";
  };

  // A connection on the canvas carries no name of what it connects, but it begins and ends at a port.
  const ports = (group) =>
    [...document.querySelectorAll(`.x6-port-${group}`)].map((port) => {
      const step = port.closest(".x6-node");
      const [x, y] = numbers(step.getAttribute("transform"));
      const [, , , , dx, dy] = numbers(port.getAttribute("transform"));
      return { step: step.dataset.cellId, port: port.querySelector("[port]").getAttribute("port"), x: x + dx, y: y + dy };
    });
  const nearest = (all, x, y) => all.reduce((best, port) => (Math.hypot(port.x - x, port.y - y) < Math.hypot(best.x - x, best.y - y) ? port : best), all[0]);

  /** Every connection that is drawn: its element, where it comes from and where it leads. */
  globalThis.designerConnections = () => {
    const [starts, ends] = [ports("out"), ports("in")];
    if (starts.length === 0 || ends.length === 0) return [];
    return [...document.querySelectorAll(".x6-edge")].map((line) => {
      const way = numbers(line.querySelector("path")?.getAttribute("d"));
      const [from, to] = [nearest(starts, way[0], way[1]), nearest(ends, way.at(-2), way.at(-1))];
      return { line, source: from.step, port: from.port, target: to.step };
    });
  };

  // Each canvas is fitted once: that of the start, and a new one after the code was looked at.
  let all = null;
  let fitted = null;
  const look = () => {
    if (all === null || !graph() || graph() === fitted) return;
    fitted = graph();
    fit(all);
    all = 0;
  };
  const steps = (root) => (root?.type === "Elsa.Flowchart" ? (root.activities?.length ?? 0) : 0);
  addEventListener("designer-drawn", look);
  addEventListener("designer-loaded", (loaded) => {
    all ??= steps(loaded.detail?.root);
    // A designer without a canvas (another root, a failure) shows what it has.
    setTimeout(() => (document.body.dataset.whole ??= ""), 60000);
    look();
  });

  // The designer is as high as the window below our bars, whatever they say.
  addEventListener("DOMContentLoaded", () => {
    const desk = document.getElementById("desk");
    const measure = () => desk.style.setProperty("--mud-appbar-height", `${desk.getBoundingClientRect().top}px`);
    if (desk) new ResizeObserver(measure).observe(desk);
  });
})();
