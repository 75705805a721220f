// The collectors of a target allocator: how many targets each has, which, and why.

import { get } from "./api.js";
import { byId, count, element, plural } from "./dom.js";

const PERIOD_MS = 5000;
const chosen = { job: "", collector: "" };

function choice(kind, name, number, share) {
  const button = element("button", { type: "button", "aria-pressed": String(chosen[kind] === name) }, name);
  button.addEventListener("click", () => {
    chosen[kind] = chosen[kind] === name ? "" : name;
    void refresh();
  });
  return element("tr", { "data-chosen": chosen[kind] === name },
    element("td", {}, button), element("td", { class: "number" }, count(number)), element("td", { class: "number quiet" }, share));
}

function fill(id, rows) {
  byId(id).tBodies[0].replaceChildren(...rows);
}

async function showTargets() {
  if (!chosen.job) return fill("targets", []);
  const { targets } = await get("api/v1/allocation", chosen);
  byId("chosen").textContent = `${plural(targets.length, "target")} of ${chosen.job}${chosen.collector ? ` on ${chosen.collector}` : ""}${targets.length === 1000 ? " (the first)" : ""}`;
  fill("targets", targets.map((target) => element("tr", {},
    element("td", { class: "name" }, target.address),
    element("td", {}, target.collectors.join(", ") || "nobody"),
    element("td", { class: "quiet" }, target.reason))));
}

async function refresh() {
  try {
    const data = await get("api/v1/allocation");
    const shares = Object.entries(data.collectors);
    const jobs = Object.entries(data.jobs);
    const mean = shares.reduce((sum, [, number]) => sum + number, 0) / shares.length;
    fill("collectors", shares.map(([name, number]) => choice("collector", name, number, mean ? `${(number / mean).toFixed(2)} × mean` : "")));
    fill("jobs", jobs.map(([name, number]) => choice("job", name, number, "")));
    byId("summary").textContent = data.waitsFor
      ? `Not ready: ${data.waitsFor}`
      : `${plural(shares.length, "collector")}, ${plural(jobs.length, "job")}, ${count(data.unassigned)} without collector`;
    await showTargets();
    byId("trouble").hidden = true;
  } catch (e) {
    byId("trouble").textContent = `No answer: ${e.message}`;
    byId("trouble").hidden = false;
  }
}

void refresh();
setInterval(refresh, PERIOD_MS);
