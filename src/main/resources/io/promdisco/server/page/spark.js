// A small graph of the number of targets, with ticks for added and removed ones.

import { svg, plural } from "./dom.js";

const WIDTH = 62;
const HEIGHT = 20;
const BASE = 16; // the ticks are below it

/** @param buckets oldest first: {active, added, removed} */
export function spark(job, buckets) {
  const step = WIDTH / Math.max(1, buckets.length - 1);
  const most = Math.max(1, ...buckets.map((b) => b.active));
  const points = buckets.map((b, i) => `${(i * step).toFixed(1)},${(BASE - (b.active / most) * (BASE - 2)).toFixed(1)}`);
  const came = buckets.reduce((sum, b) => sum + b.added, 0);
  const went = buckets.reduce((sum, b) => sum + b.removed, 0);
  const name = `${job}, last hour: at most ${plural(most, "active target")}, ${came} added, ${went} removed`;
  const drawn = svg("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": name },
    svg("title", {}, name));
  if (points.length > 1) {
    drawn.append(
      svg("polygon", { points: `0,${BASE} ${points.join(" ")} ${WIDTH},${BASE}` }),
      svg("polyline", { points: points.join(" ") }));
  }
  buckets.forEach((b, i) => {
    const x = Math.max(0, i * step - 0.5).toFixed(1);
    if (b.added > 0) drawn.append(svg("rect", { class: "came", x, y: BASE + 0.5, width: 1, height: 1.5 }));
    if (b.removed > 0) drawn.append(svg("rect", { class: "gone", x, y: BASE + 2.5, width: 1, height: 1.5 }));
  });
  return drawn;
}
