// Fields of the property panel: labels name their fields, and where anything may be written, what is known is offered
// (a datalist of the page, found by the field's label).
(() => {
  "use strict";
  const mend = (field) => {
    const [label, input] = [field.querySelector("label[for]"), field.querySelector("input[type=text], textarea")];
    if (!label || !input) return;
    if (input.id) label.htmlFor = input.id;
    else input.id = label.htmlFor;
    const known = [...document.querySelectorAll("datalist[data-label]")].find((list) => list.dataset.label === label.textContent.trim());
    if (known) input.setAttribute("list", known.id);
  };

  addEventListener("designer-drawn", () => document.querySelectorAll("#studio .mud-input-control").forEach(mend));
})();
