// The details of a target: its labels before and after relabelling, and what each rule did.

import { byId, element } from "./dom.js";
import { relabelSteps } from "./api.js";
import { stepList, verdict, verdictText } from "./why.js";

const root = byId("details");
let shown = 0;

function compare(row) {
  const final = row.labels ?? {};
  const names = new Set([...Object.keys(final).sort(), ...Object.keys(row.discovered).sort()]);
  const body = element("tbody");
  for (const name of names) {
    const before = row.discovered[name];
    const after = final[name];
    const kind = after !== undefined && after !== before ? "new" : "same";
    body.append(element("tr", { class: kind },
      element("td", { class: "name" }, name), element("td", {}, before ?? ""), element("td", {}, after ?? "")));
  }
  return element("table", { class: "compare" },
    element("thead", {}, element("tr", {},
      ["Label", "Discovered", "Final"].map((title) => element("th", { scope: "col" }, title)))),
    body);
}

function section(title, ...content) {
  return element("section", {}, element("h2", {}, title), ...content);
}

async function why(row, into, mine) {
  try {
    const steps = await relabelSteps(row);
    if (mine !== shown) return;
    const said = verdict(steps);
    into.replaceChildren(
      element("h2", {}, "Why"),
      said ? element("p", {}, verdictText(said)) : "",
      steps.length === 0 ? element("p", { class: "quiet" }, "The job has no relabel rules.") : stepList(steps));
  } catch (e) {
    if (mine === shown) into.append(element("p", { class: "bad" }, `No answer: ${e.message}`));
  }
}

export function showDetails(row) {
  const mine = ++shown;
  const scroll = root.dataset.key === row.key ? root.scrollTop : 0;
  const reasons = section("Why");
  const close = element("button", { type: "button", "aria-label": "Close the details" }, "✕");
  close.addEventListener("click", () => root.dispatchEvent(new Event("leave")));
  root.replaceChildren(
    element("header", {}, element("h3", {}, row.title), close),
    element("p", {}, element("span", { class: row.state === "active" ? "good" : row.state === "failed" ? "bad" : "quiet" }, row.state),
      ` in job ${row.job}`, row.source ? element("span", { class: "quiet" }, ` · ${row.source}`) : ""),
    row.problem ? element("p", { class: "bad" }, row.problem) : "",
    reasons,
    section("Labels", compare(row)));
  root.dataset.key = row.key;
  root.hidden = false;
  root.scrollTop = scroll;
  return why(row, reasons, mine);
}

/** Marks the shown target as removed; it keeps its last known labels. */
export function detailsGone(key) {
  if (root.hidden || root.dataset.key !== key || root.querySelector(".gone-note")) return;
  root.querySelector("header").after(element("p", { class: "bad gone-note", role: "status" }, "This target was removed; these are its last labels."));
}

/** Shows the target that replaces the shown one. */
export function detailsRenamed(before, after) {
  if (root.dataset.key === before) root.dataset.key = after;
}

export function hideDetails() {
  shown++;
  root.hidden = true;
}
