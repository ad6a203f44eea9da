// Keyboard, toasts, lost connection. Everything works without this file; it only makes it faster.
(() => {
  "use strict";
  const shell = document.querySelector(".shell");
  const keys = shell ? JSON.parse(shell.dataset.keys || "{}") : {};
  const typing = (el) => el instanceof Element && (el.matches("input, textarea, select") || el.isContentEditable);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // Rows that can be walked with j and k: any element with data-row; Enter opens its first link.
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  const current = () => document.querySelector("[data-row].at");
  const walk = (step) => {
    const all = rows();
    if (all.length === 0) return;
    const at = all.indexOf(current());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    all.forEach((row) => row.classList.toggle("at", row === next));
    next.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
    (next.matches("a, button") ? next : next.querySelector("a[href], button"))?.focus({ preventScroll: true });
  };

  let gone = 0;
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (typing(e.target)) {
      if (e.key === "Escape") e.target.blur();
      return;
    }
    if (document.querySelector("dialog[open], .ask:popover-open")) return;
    const afterG = Date.now() - gone < 1200;
    gone = 0;
    if (afterG && keys[e.key]) location.assign(keys[e.key]);
    else if (e.key === "g") gone = Date.now();
    else if (e.key === "/") (document.querySelector("[data-search]") ?? document.querySelector("main input[type=search]"))?.focus();
    else if (e.key === "j") walk(1);
    else if (e.key === "k") walk(-1);
    else if (e.key === "a") (current()?.querySelector("[data-approve]") ?? document.querySelector("[data-approve]"))?.click();
    else if (e.key === "?") document.getElementById("help")?.showModal();
    else return;
    e.preventDefault();
  });

  document.addEventListener("click", (e) => {
    const help = document.getElementById("help");
    if (e.target.closest?.("[data-help]")) help?.showModal();
    else if (e.target === help) help.close();
    else if (e.target.closest?.(".toast-line")) e.target.closest(".toast-line").remove();
  });

  // A filter form sends itself when a choice is made.
  document.addEventListener("change", (e) => {
    if (e.target.matches("[data-auto]")) e.target.form?.requestSubmit();
  });

  // One box ticks all of a name.
  document.addEventListener("change", (e) => {
    if (e.target.dataset?.ticks) document.querySelectorAll(`input[name="${e.target.dataset.ticks}"]`).forEach((box) => (box.checked = e.target.checked));
  });

  // A second click must not send twice.
  document.addEventListener("submit", (e) => {
    if (e.target.dataset.sent) e.preventDefault();
    else if (e.target.method === "post" && !e.target.hasAttribute("hx-post")) e.target.dataset.sent = "1";
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  const toasts = document.getElementById("toasts");
  const fade = (line, after) => setTimeout(() => line.remove(), after);
  const icons = { holds: "circle-check", look: "alert-triangle", blocks: "hand-stop", turn: "user-circle", quiet: "circle-dot" };
  const tones = ["quiet", "holds", "look", "blocks", "turn"];
  const say = (text, tone) => {
    const line = document.createElement("div");
    const icon = document.createElement("i");
    const words = document.createElement("span");
    line.className = `toast-line tone-${tone}`;
    icon.className = `ti ti-${icons[tone] ?? icons.quiet}`;
    icon.setAttribute("aria-hidden", "true");
    words.textContent = text;
    line.append(icon, words);
    toasts?.append(line);
    if (tone !== "blocks") fade(line, 7000);
  };
  toasts?.querySelectorAll(".toast-line:not(.tone-blocks)").forEach((line) => fade(line, 7000));
  document.body.addEventListener("toast", (e) => say(e.detail.text, tones[e.detail.tone] ?? "quiet"));

  // Lost connection: the live line closes, or an answer does not come.
  const lost = document.getElementById("lost");
  let losing = 0;
  const lose = () => {
    if (lost && !losing) losing = setTimeout(() => (lost.hidden = false), 2500);
  };
  const found = () => {
    clearTimeout(losing);
    losing = 0;
    if (lost && !lost.hidden) {
      lost.hidden = true;
      document.querySelectorAll("[data-live]").forEach((part) => window.htmx?.trigger(part, "refresh"));
    }
  };
  document.body.addEventListener("htmx:sseError", lose);
  document.body.addEventListener("htmx:sendError", lose);
  document.body.addEventListener("htmx:sseOpen", found);
  addEventListener("offline", lose);
  addEventListener("online", found);
  addEventListener("beforeunload", () => clearTimeout(losing));

  // A live part does not refresh under somebody's hands, nor when the answer is an error page.
  document.body.addEventListener("htmx:beforeSwap", (e) => {
    const part = e.detail.target;
    if (!part?.hasAttribute?.("data-live")) return;
    if ((typing(document.activeElement) && part.contains(document.activeElement)) || part.querySelector(":popover-open, details[data-keep][open], [data-keep]:checked"))
      e.detail.shouldSwap = false;
  });
})();
