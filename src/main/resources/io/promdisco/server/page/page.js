// Joins the parts of the page, and the keys.

import { discovery, follow, targets, timeline } from "./api.js";
import { byId, plural } from "./dom.js";
import { detailsGone, detailsRenamed, hideDetails, showDetails } from "./details.js";
import { TargetList } from "./list.js";
import { showOverview } from "./overview.js";
import { askForPod } from "./pod.js";

const CHANGES_MS = 400; // changes are collected for this long
const REFRESH_MS = 5000; // for data without change events: failing sources, graphs

const query = byId("query");
const details = byId("details");
const asked = { query: "", job: "", state: "active" };
const list = new TargetList((offset, limit) => targets({ ...asked, offset, limit }));

let data = { jobs: [], providers: [] };
let graphs = new Map();

function trouble(text) {
  byId("trouble").textContent = text;
  byId("trouble").hidden = text === "";
}

const lost = (e) => trouble(`No answer from the server; the page is out of date (${e.message})`);

async function overview() {
  try {
    [data, graphs] = await Promise.all([discovery(), timeline().catch(() => graphs)]);
    showOverview(data, graphs, asked.job);
    trouble("");
  } catch (e) {
    lost(e);
  }
}

function remember() {
  const parameters = new URLSearchParams();
  if (asked.query) parameters.set("q", asked.query);
  if (asked.job) parameters.set("job", asked.job);
  if (asked.state !== "active") parameters.set("state", asked.state);
  history.replaceState(null, "", parameters.size > 0 ? `#${parameters}` : location.pathname);
}

function recall() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  query.value = asked.query = parameters.get("q") ?? "";
  asked.job = parameters.get("job") ?? "";
  const state = document.querySelector(`#states input[value="${CSS.escape(parameters.get("state") ?? "")}"]`);
  if (state) {
    state.checked = true;
    asked.state = state.value;
  }
}

function ask(changes) {
  Object.assign(asked, changes);
  remember();
  byId("job").hidden = asked.job === "";
  byId("job").textContent = `job ${asked.job} ✕`;
  byId("job").setAttribute("aria-label", `Only job ${asked.job}; show all jobs`);
  showOverview(data, graphs, asked.job);
  return list.reset();
}

let changesWait = null;

function changed() {
  changesWait ??= setTimeout(() => {
    changesWait = null;
    overview();
    list.refresh();
  }, CHANGES_MS);
}

function leaveDetails() {
  const had = details.contains(document.activeElement);
  hideDetails();
  if (had) list.focus();
}

list.onTotal = (total) => {
  byId("found").textContent = plural(total, asked.state === "any" ? "target" : `${asked.state} target`);
  trouble("");
};
list.onFailure = lost;
list.onPending = changed;
list.onSelect = (row) => {
  if (!details.hidden) showDetails(row);
};
list.onOpen = () => showDetails(list.selected.row);
details.addEventListener("leave", leaveDetails);

let typed = null; // the promise of askTyped while it is running

/** Searches for the typed text: one search at a time, and text that is typed meanwhile is the next one. */
async function askTyped() {
  while (query.value.trim() !== asked.query) await ask({ query: query.value.trim() });
}

query.addEventListener("input", () => {
  typed ??= askTyped().finally(() => (typed = null));
});
byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  Promise.resolve(typed).then(() => list.focus());
});
byId("states").addEventListener("change", (event) => ask({ state: event.target.value }));
byId("jobs").addEventListener("click", (event) => {
  const job = event.target.closest("button")?.dataset.job;
  if (job !== undefined) ask({ job: job === asked.job ? "" : job });
});
byId("job").addEventListener("click", () => ask({ job: "" }));
byId("ask").addEventListener("click", askForPod);
byId("theme").addEventListener("click", window.switchTheme);

const keys = {
  "/": () => {
    query.focus();
    query.select();
  },
  w: askForPod,
  t: window.switchTheme,
};

document.addEventListener("keydown", (event) => {
  if (byId("pod").open || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") {
    if (!details.hidden) leaveDetails();
    else if (document.activeElement === query && query.value !== "") return; // the browser clears it
    else list.clear();
    return;
  }
  if (event.target === query) {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      list.focus();
    }
    return;
  }
  const act = event.target.closest("input:not([type=radio])") ? undefined : keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

follow({
  state: (state) => {
    byId("live").dataset.state = state;
    byId("live").lastElementChild.textContent = state === "live" ? "live" : "no connection";
    if (state === "live") changed(); // missed changes
  },
  reset: changed,
  change: (kind, key, before) => {
    if (kind === "removed") detailsGone(key);
    else list.mark(key, kind === "added" ? "came" : "changed");
    if (kind === "changed") {
      list.rename(before, key);
      detailsRenamed(before, key);
    }
    changed();
  },
});
setInterval(() => {
  if (document.hidden) return;
  overview();
  if (byId("live").dataset.state !== "live" || asked.state !== "active") list.refresh(); // no change events
}, REFRESH_MS);
recall();
overview();
ask({});
