"use strict";

// What was discovered goes into the page as text only, never as markup.

const REFRESH_MS = 5000;
const TYPING_MS = 200;
const byId = (id) => document.getElementById(id);
const count = (n) => n.toLocaleString("en");
const plural = (n, word) => `${count(n)} ${word}${n === 1 ? "" : "s"}`;

function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content.map((part) => (part instanceof Node ? part : document.createTextNode(part))));
  return made;
}

async function api(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  const document = await answer.json();
  if (document.status !== "success") throw new Error(document.error);
  return document.data;
}

function state(provider) {
  if (!provider.started) return element("span", "bad", "not started");
  if (provider.failures.length > 0) {
    return element("span", "bad", provider.synced ? "failing, last known targets kept" : "failing");
  }
  return provider.synced ? element("span", "good", "synced") : element("span", "wait", "syncing");
}

function failure(f) {
  const next = f.nextTry ? `, next try ${new Date(f.nextTry).toLocaleTimeString()}` : "";
  const since = `since ${new Date(f.since).toLocaleString()}`;
  return element("span", "failure", `${f.part}: ${f.reason} (${since}${next})`);
}

function providerRow(provider) {
  const states = element("td", "", state(provider), ...provider.failures.map(failure));
  return element("tr", "",
    element("td", "", provider.provider), states,
    element("td", "number", count(provider.targets)),
    element("td", "quiet", provider.jobs.join(", ")));
}

function jobRow(job) {
  return element("tr", "",
    element("td", "", job.job),
    element("td", "number", count(job.discovered)),
    element("td", "number", count(job.active)),
    element("td", "number", count(job.dropped)),
    element("td", job.failed > 0 ? "number bad" : "number", count(job.failed)));
}

function showJobChoices(jobs) {
  const choice = byId("job");
  const names = jobs.map((job) => job.job);
  const shown = [...choice.options].slice(1).map((option) => option.value);
  if (names.length === shown.length && names.every((name, i) => name === shown[i])) return;
  const chosen = choice.value;
  choice.replaceChildren(new Option("all jobs", ""), ...names.map((name) => new Option(name, name)));
  choice.value = names.includes(chosen) ? chosen : "";
}

function summary(data) {
  const active = data.jobs.reduce((sum, job) => sum + job.active, 0);
  const failing = data.providers.filter((p) => !p.started || p.failures.length > 0).length;
  const parts = [plural(active, "active target"), plural(data.jobs.length, "job"),
    plural(data.providers.length, "provider")];
  if (failing > 0) parts.push(`${count(failing)} failing`);
  return parts.join(" · ");
}

async function refresh() {
  const text = byId("summary");
  try {
    const data = await api("api/v1/discovery");
    byId("providers").replaceChildren(...data.providers.map(providerRow));
    byId("jobs").replaceChildren(...data.jobs.map(jobRow));
    showJobChoices(data.jobs);
    text.className = "";
    text.textContent = summary(data);
  } catch (e) {
    text.className = "bad";
    text.textContent = `No answer from the server; what is shown is old (${e.message})`;
  }
}

function targetItem(target) {
  const labels = Object.entries(target.labels)
    .map(([name, value]) => element("span", "label", `${name}="${value}"`));
  return element("li", "",
    element("span", "url", target.scrapeUrl), " ",
    element("span", "quiet", target.scrapePool),
    element("div", "labels", ...labels));
}

let searches = 0;

async function search() {
  const mine = ++searches;
  const found = byId("found");
  const parameters = new URLSearchParams({ q: byId("query").value, scrapePool: byId("job").value });
  try {
    const data = await api(`api/v1/discovery/targets?${parameters}`);
    if (mine !== searches) return; // a newer search is under way
    byId("targets").replaceChildren(...data.targets.map(targetItem));
    const first = data.targets.length < data.total ? `, the first ${count(data.targets.length)} shown` : "";
    found.textContent = `${plural(data.total, "target")}${first}`;
  } catch (e) {
    if (mine === searches) found.textContent = `Search failed: ${e.message}`;
  }
}

let typing;
byId("query").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(search, TYPING_MS);
});
byId("job").addEventListener("change", search);
byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
setInterval(() => { if (!document.hidden) refresh(); }, REFRESH_MS);
refresh();
search();
