// The jobs with their counts, and the sources with their failures.

import { ago, byId, count, element, plural } from "./dom.js";
import { spark } from "./spark.js";

function state(source) {
  if (!source.started) return element("span", { class: "bad" }, "not started");
  if (source.failures.length > 0) {
    return element("span", { class: "bad" }, source.synced ? "failing, last known targets kept" : "failing");
  }
  return source.synced
    ? element("span", { class: "good" }, plural(source.targets, "target"))
    : element("span", { class: "wait" }, "syncing");
}

function failure(f) {
  const since = new Date(f.since);
  const text = `${f.part}: ${f.reason} `;
  const next = f.nextTry ? `, next try ${new Date(f.nextTry).toLocaleTimeString()}` : "";
  return element("span", { class: "failure" }, text,
    element("span", { class: "quiet", title: since.toLocaleString() }, `for ${ago(since)}${next}`));
}

function source(s) {
  return element("li", {},
    element("span", { class: "name" }, element("span", {}, s.provider), state(s)),
    s.failures.map(failure),
    element("span", { class: "quiet" }, s.jobs.join(", ")));
}

function job(j, buckets, chosen) {
  const failed = j.failed > 0
    ? [element("span", { class: "bad" }, plural(j.failed, "cannot be scraped").replace(/s$/, ""))] : [];
  const incomplete = j.complete
    ? [] : [element("span", { class: "wait", title: j.missing.join("\n") }, "incomplete")];
  return element("tr", { "data-chosen": chosen ? "" : null },
    element("td", {}, element("button", { type: "button", "data-job": j.job, "aria-pressed": chosen }, j.job), failed, incomplete),
    element("td", { class: "graph" }, buckets ? spark(j.job, buckets) : ""),
    element("td", { class: "number" }, count(j.active)),
    element("td", { class: "number quiet" }, count(j.dropped)),
    element("td", { class: "number quiet" }, count(j.discovered)));
}

function summary(data) {
  const active = data.jobs.reduce((sum, j) => sum + j.active, 0);
  const failing = data.providers.filter((p) => !p.started || p.failures.length > 0).length;
  const incomplete = data.jobs.filter((j) => !j.complete).length;
  const parts = [plural(active, "active target"), plural(data.jobs.length, "job"), plural(data.providers.length, "source")];
  return element("span", {}, parts.join(" · "),
    incomplete > 0 ? [" · ", element("span", { class: "wait" }, `${plural(incomplete, "job")} incomplete`)] : [],
    failing > 0 ? [" · ", element("span", { class: "bad" }, `${count(failing)} failing`)] : []);
}

/** Replaces only rows that differ, so that the others keep their focus. */
function put(parent, rows) {
  const had = [...parent.children];
  rows.forEach((row, i) => {
    if (!had[i]) parent.append(row);
    else if (!had[i].isEqualNode(row)) {
      const focused = had[i].contains(document.activeElement);
      had[i].replaceWith(row);
      if (focused) row.querySelector("button")?.focus();
    }
  });
  had.slice(rows.length).forEach((row) => row.remove());
}

/** @param data of /api/v1/discovery; @param timeline job → buckets; @param chosen the job's name or "" */
export function showOverview(data, timeline, chosen) {
  put(byId("jobs").tBodies[0], data.jobs.map((j) => job(j, timeline.get(j.job), j.job === chosen)));
  put(byId("sources"), data.providers.map(source));
  const said = byId("summary");
  const now = summary(data);
  if (said.textContent !== now.textContent) said.replaceChildren(now);
}
