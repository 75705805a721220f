#!/usr/bin/env python3
"""curves.py [RUNS]

Runs ./promdisco bench with more and more pods, then with more and more jobs, and draws what it measured into docs/:
growth-pods.svg and growth-jobs.svg, and the figures themselves as growth.json. Each cold start is the median of RUNS
(default 3). Only the first job keeps anything, so that the jobs' number is all that changes.
"""
import json
import pathlib
import subprocess
import sys

HOME = pathlib.Path(__file__).resolve().parents[2]
DOCS = HOME / "docs"
PODS = [1000, 10000, 50000]
JOBS = [1, 20, 100, 1000]
PODS_FOR_JOBS = 50000
JOBS_FOR_PODS = 20

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 40, 50
BLUE, ORANGE, GREY = "#1f77b4", "#d95f02", "#888888"


def bench(pods, jobs, runs):
    command = [HOME / "promdisco", "bench", "--output", "json", "--seconds", "0", "--keeping", "1",
               "--pods", str(pods), "--jobs", str(jobs), "--runs", str(runs)]
    result = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    cold = result["cold"]
    print(f"{pods:7,} pods {jobs:5,} jobs  {cold['seconds']:6.2f} s  {cold['cpu_seconds']:6.2f} s CPU  "
          f"{cold.get('peak_memory_bytes', 0) / 2**20:5.0f} MB", flush=True)
    return result


def nice(highest):
    """A round number that is no less, and in how many steps the axis goes up to it."""
    power = 1.0
    while highest / power > 10:
        power *= 10
    while highest / power <= 1:
        power /= 10
    for top, steps in ((1, 5), (1.5, 3), (2, 4), (2.5, 5), (3, 3), (4, 4), (5, 5), (6, 3), (8, 4), (10, 5)):
        if highest <= top * power:
            return top * power, steps
    raise AssertionError(highest)


def text(x, y, content, anchor="middle", color="#333333", size=12):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}" font-size="{size}">{content}</text>'


def line(x1, y1, x2, y2, color, more=""):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" {more}/>'


def panel(x, width, title, labels, places, series, unit):
    """One diagram. labels: under the axis; places: 0 to 1 for each; series: (name, colour, values)."""
    left, right, top, bottom = x + LEFT, x + width - RIGHT, TOP, HEIGHT - BOTTOM
    highest, steps = nice(max(max(values) for _, _, values in series))
    out = [text((left + right) / 2, 22, title, size=14)]
    for step in range(steps + 1):
        y = bottom - (bottom - top) * step / steps
        out.append(line(left, y, right, y, "#dddddd"))
        out.append(text(left - 6, y + 4, f"{highest * step / steps:g}", "end"))
    at = [left + 10 + (right - left - 20) * place for place in places]
    for label, px in zip(labels, at):
        out.append(text(px, bottom + 18, label))
    for number, (name, color, values) in enumerate(series):
        points = [(px, bottom - (bottom - top) * value / highest) for px, value in zip(at, values)]
        joined = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        out.append(f'<polyline points="{joined}" fill="none" stroke="{color}" stroke-width="2"/>')
        for (px, py), value in zip(points, values):
            out.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{color}"/>')
            out.append(text(px, py - 7 + 22 * (number % 2), f"{value:.3g}", color=color, size=11))
        out.append(text(left + 10, top + 14 + 15 * number, f"{name}, {unit}", "start", color))
    return out


def draw(file, axis, labels, places, results):
    seconds = [r["cold"]["seconds"] for r in results]
    cpu = [r["cold"]["cpu_seconds"] for r in results]
    memory = [r["cold"].get("peak_memory_bytes", 0) / 2**20 for r in results]
    half = WIDTH // 2
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    out += panel(0, half, "Cold start", labels, places,
                 [("time", BLUE, seconds), ("CPU", ORANGE, cpu)], "s")
    out += panel(half, half, "Peak memory", labels, places, [("resident", BLUE, memory)], "MB")
    out.append(text(WIDTH / 2, HEIGHT - 10, axis, color=GREY))
    (DOCS / file).write_text("\n".join(out) + "\n</svg>\n")


def main(runs="3"):
    by_pods = [bench(pods, JOBS_FOR_PODS, int(runs)) for pods in PODS]
    by_jobs = [bench(PODS_FOR_JOBS, jobs, int(runs)) for jobs in JOBS]
    (DOCS / "growth.json").write_text(json.dumps({"pods": by_pods, "jobs": by_jobs}, indent=2) + "\n")
    draw("growth-pods.svg", f"pods ({JOBS_FOR_PODS} jobs, one of which keeps targets)",
         [f"{p // 1000}k" for p in PODS], [p / PODS[-1] for p in PODS], by_pods)
    draw("growth-jobs.svg", f"jobs over the same {PODS_FOR_JOBS:,} pods, one of which keeps targets",
         [f"{j:,}" for j in JOBS], [i / (len(JOBS) - 1) for i in range(len(JOBS))], by_jobs)
    one = by_jobs[0]["cold"]
    for result in by_jobs[1:]:
        cold = result["cold"]
        print(f"{result['jobs']:,} jobs: {cold['seconds'] / one['seconds']:.2f} × the time of one, "
              f"{cold['cpu_seconds'] / one['cpu_seconds']:.2f} × the CPU")


if len(sys.argv) > 2 or "-h" in sys.argv or "--help" in sys.argv:
    sys.exit(__doc__)
main(*sys.argv[1:])
