// Requests answers from the server, and converts them for the page.

export async function get(path, parameters = {}) {
  const query = new URLSearchParams(parameters);
  const answer = await fetch(`${path}?${query}`, { headers: { Accept: "application/json" } });
  const document = await answer.json();
  if (document.status !== "success") throw new Error(document.error);
  return document.data;
}

/** The key of a row: the id of an active target, the discovered labels of others. */
export function key(job, id, discovered) {
  return JSON.stringify([job, id || discovered]);
}

function row(target) {
  const discovered = target.discoveredLabels;
  const labels = target.labels;
  return {
    key: key(target.scrapePool, target.id, discovered),
    job: target.scrapePool,
    state: target.state,
    title: target.scrapeUrl || discovered.__address__ || "",
    labels,
    discovered,
    shown: labels ?? publicLabels(discovered),
    problem: target.error,
    source: target.source,
  };
}

/** The few discovered labels that identify the target best. */
function publicLabels(discovered) {
  const kept = {};
  for (const [name, value] of Object.entries(discovered)) {
    if (!name.startsWith("__")) kept[name] = value;
  }
  for (const name of ["namespace", "pod_name", "service_name", "node_name", "ingress_name"]) {
    const value = discovered[`__meta_kubernetes_${name}`];
    if (value) kept[name.replace("_name", "")] = value;
  }
  return kept;
}

export async function targets({ query, job = "", state, offset, limit }) {
  const data = await get("api/v1/discovery/targets", { q: query, scrapePool: job, state, offset, limit });
  return { total: data.total, pending: data.pending, rows: data.targets.map(row) };
}

export const discovery = () => get("api/v1/discovery");

/** Job → buckets of the last hour, oldest first. */
export async function timeline() {
  const data = await get("api/v1/discovery/timeline");
  return new Map(data.jobs.map((job) => [job.job, job.buckets]));
}

/** The effect of each rule that was reached: {rule, place, before, output, keep}. */
export async function relabelSteps(row) {
  const data = await get("api/v1/targets/relabel_steps", { scrapePool: row.job, labels: JSON.stringify(row.discovered) });
  let before = row.discovered;
  return data.steps.map((step) => {
    const rule = step.rule;
    const made = {
      rule: {
        action: rule.action,
        sourceLabels: rule.source_labels ?? [],
        separator: rule.separator ?? ";",
        regex: rule.regex ?? "",
        targetLabel: rule.target_label ?? "",
      },
      place: step.position ?? "",
      before,
      output: step.keep ? step.output : before,
      keep: step.keep,
    };
    before = made.output;
    return made;
  });
}

/**
 * Follows the changes. The browser connects again by itself where it can.
 *
 * @param on {change(kind, key, keyBefore), reset(), state("live" | "lost")}
 */
export function follow(on) {
  const stream = new EventSource("api/v1/targets/stream?snapshot=false");
  stream.addEventListener("open", () => on.state("live"));
  stream.addEventListener("error", () => {
    on.state("lost");
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => follow(on), 5000);
  });
  for (const kind of ["added", "changed", "removed"]) {
    stream.addEventListener(kind, (event) => {
      const said = JSON.parse(event.data);
      on.change(kind, key(said.scrapePool, said.id), key(said.scrapePool, said.before?.id ?? said.id));
    });
  }
  for (const kind of ["reset", "complete", "incomplete"]) stream.addEventListener(kind, () => on.reset());
}
