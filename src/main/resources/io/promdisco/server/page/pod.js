// "Why is this pod not scraped?": each job's answer about pods with a name.

import { byId, element, plural } from "./dom.js";
import { discovery, relabelSteps, targets } from "./api.js";
import { verdict, verdictText } from "./why.js";

const MOST = 200; // maximum number of requested targets
const EXPLAINED = 25; // maximum number of explained dropped targets
const NAMES = ["__meta_kubernetes_pod_name", "__meta_kubernetes_endpoint_address_target_name", "__meta_kubernetes_endpointslice_address_target_name"];

const dialog = byId("pod");
const answer = byId("pod-answer");
let asked = 0;

function podName(row) {
  for (const name of NAMES) {
    if (row.discovered[name]) return row.discovered[name];
  }
  return "";
}

function podTitle(row) {
  const namespace = row.discovered.__meta_kubernetes_namespace;
  const name = podName(row) || row.title;
  return namespace ? `${namespace}/${name}` : name;
}

async function line(row, explain) {
  const job = [element("b", {}, row.job), ": "];
  if (row.state === "active") return element("p", {}, job, element("span", { class: "good" }, "scraped"), ` at ${row.title}`);
  if (row.state === "failed") return element("p", {}, job, element("span", { class: "bad" }, "cannot be scraped"), `: ${row.problem}`);
  const said = explain ? verdict(await relabelSteps(row)) : null;
  return element("p", {}, job, said ? verdictText(said) : "dropped by a rule", element("span", { class: "quiet" }, ` (${row.title})`));
}

function byPod(rows) {
  const pods = new Map();
  for (const row of rows) {
    const title = podTitle(row);
    pods.set(title, [...(pods.get(title) ?? []), row]);
  }
  return pods;
}

async function podSection(title, rows, jobs, budget) {
  const lines = [];
  for (const row of rows) lines.push(await line(row, row.state !== "dropped" || budget.left-- > 0));
  const found = new Set(rows.map((row) => row.job));
  const others = jobs.filter((job) => !found.has(job));
  if (others.length > 0) lines.push(element("p", { class: "quiet" }, `Not discovered by: ${others.join(", ")}`));
  return element("section", {}, element("h3", {}, title), lines);
}

function unknown(name, data) {
  const failing = data.providers.filter((p) => !p.started || p.failures.length > 0 || !p.synced);
  const lines = failing.map((p) => element("p", { class: "bad" },
    `${p.provider}: ${p.failures.map((f) => `${f.part}: ${f.reason}`).join("; ") || "not synced yet"}`));
  return element("section", {},
    element("p", {}, element("b", {}, `No source discovered a pod "${name}".`)),
    lines.length > 0 ? element("p", {}, "These sources are failing or have not delivered yet, and may have it:") : "",
    lines,
    element("p", { class: "quiet" }, "The other sources do not have it: it does not exist, has no address yet, is in a namespace or behind a selector that no job reads, or no job has its role."));
}

async function look() {
  const mine = ++asked;
  const name = byId("pod-name").value.trim();
  if (!name) return;
  answer.replaceChildren(element("p", { class: "quiet" }, "Looking…"));
  try {
    const [found, data] = await Promise.all([targets({ query: name, state: "any", offset: 0, limit: MOST }), discovery()]);
    const fits = found.rows.filter((row) => podName(row).includes(name) || podTitle(row).includes(name));
    const exact = fits.filter((row) => podName(row) === name || podTitle(row) === name);
    const rows = exact.length > 0 ? exact : fits;
    const jobs = data.jobs.map((job) => job.job);
    const parts = [];
    const budget = { left: EXPLAINED };
    for (const [title, of] of byPod(rows)) parts.push(await podSection(title, of, jobs, budget));
    if (mine !== asked) return;
    if (rows.length === 0) parts.push(unknown(name, data));
    else if (exact.length === 0) parts.unshift(element("p", { class: "quiet" }, `${plural(parts.length, "pod")} with this in its name:`));
    answer.replaceChildren(...parts);
  } catch (e) {
    if (mine === asked) answer.replaceChildren(element("p", { class: "bad" }, `No answer: ${e.message}`));
  }
}

export function askForPod() {
  if (!dialog.open) dialog.showModal();
  byId("pod-name").select();
}

byId("pod-form").addEventListener("submit", (event) => {
  event.preventDefault();
  look();
});
byId("pod-close").addEventListener("click", () => dialog.close());
