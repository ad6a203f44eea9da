// Our activities have their own icon and colour; the designer gives them all the same. What a problem or a dry run names is marked.
(() => {
  "use strict";
  // Name in the icon font, and hue: people are blue, decisions amber, money green, watching violet.
  const looks = {
    "CampaignFlow.EnterStage": ["ti-flag-3", "#0b7285"],
    "CampaignFlow.Gate": ["ti-barrier-block", "#b35c00"],
    "CampaignFlow.HumanTask": ["ti-user-check", "#1d4fd7"],
    "CampaignFlow.Approval": ["ti-gavel", "#b35c00"],
    "CampaignFlow.ReviewReminder": ["ti-calendar-event", "#6741d9"],
    "CampaignFlow.EvaluateRules": ["ti-scale", "#2b7a0b"],
    "CampaignFlow.ShiftBudget": ["ti-arrows-exchange", "#2b7a0b"],
    "CampaignFlow.WaitForMetric": ["ti-chart-line", "#6741d9"],
    "CampaignFlow.NotifyRole": ["ti-mail-forward", "#1d4fd7"],
    "CampaignFlow.Report": ["ti-report-analytics", "#6741d9"],
  };

  const dress = (step) => {
    const json = step.getAttribute("activity-json");
    if (!json) return;
    let activity;
    try {
      activity = JSON.parse(json);
    } catch {
      return;
    }
    step.dataset.type = activity.type;
    const look = looks[activity.type];
    const icon = step.querySelector(".activity-icon");
    if (look && icon && !icon.querySelector(".ti")) {
      const own = document.createElement("i");
      own.className = `ti ${look[0]}`;
      own.setAttribute("aria-hidden", "true");
      icon.append(own);
    }
    const box = step.querySelector(".elsa-activity");
    if (look && box) box.style.setProperty("--elsa-activity-accent", look[1]);
    const way = globalThis.designerWay?.get(activity.id);
    if (way) {
      step.dataset.way = way.state;
      step.dataset.number = way.visits > 1 ? `${way.number} ×${way.visits}` : way.number;
    } else if (step.dataset.way) {
      delete step.dataset.way;
      delete step.dataset.number;
    }
    const problem = (globalThis.designerProblems ?? []).find((p) => p.activity === activity.id);
    if (problem) {
      step.dataset.problem = problem.severity;
      step.title = problem.text;
    } else if (step.dataset.problem) {
      delete step.dataset.problem;
      step.title = "";
    }
  };

  let soon = 0;
  const dressAll = () => {
    cancelAnimationFrame(soon);
    soon = requestAnimationFrame(() => {
      document.querySelectorAll("elsa-activity-wrapper").forEach(dress);
      dispatchEvent(new Event("designer-drawn"));
    });
  };

  addEventListener("DOMContentLoaded", () => new MutationObserver(dressAll).observe(document.getElementById("studio"), { childList: true, subtree: true, attributes: true, attributeFilter: ["activity-json"] }));
  for (const moment of ["designer-problems", "designer-way"]) addEventListener(moment, dressAll);
})();
