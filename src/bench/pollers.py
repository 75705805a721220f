#!/usr/bin/env python3
"""pollers.py [COLLECTORS] [TARGETS] [JOBS] [SECONDS] [INTERVAL]

Starts ./promdisco allocate with COLLECTORS collectors (100) and TARGETS targets (100,000) in JOBS jobs (10), and lets each
collector ask for its scrape configs and for its share of each job every INTERVAL seconds (5), as an OpenTelemetry
Collector does: compressed, without ETag, over one connection. Nothing changes meanwhile. Prints the cores that allocate
uses over SECONDS (30), its peak memory, and how long answers take.

Linux only (/proc).
"""
import http.client
import json
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import program

PORT = 19600
SETTLE = 15  # seconds after the start
HEADERS = {"Accept-Encoding": "gzip", "User-Agent": "Prometheus/"}


def configure(folder, collectors, targets, jobs):
    lines = [f"collectors: {json.dumps([f'collector-{i}' for i in range(collectors)])}", "config:", "  scrape_configs:"]
    for job in range(jobs):
        groups = [
            {"targets": [f"10.{job}.{i // 250}.{i % 250}:9090"],
             "labels": {"__meta_kubernetes_namespace": "shop", "__meta_kubernetes_pod_name": f"web-{job}-{i}"}}
            for i in range(targets // jobs)]
        pathlib.Path(folder, f"{job}.json").write_text(json.dumps(groups))
        lines += [f"  - job_name: job-{job}", f"    file_sd_configs: [{{files: ['{job}.json']}}]"]
    file = pathlib.Path(folder, "ta.yaml")
    file.write_text("\n".join(lines) + "\n")
    return file


def start(file):
    process = subprocess.Popen(
        [program.LAUNCHER, "allocate", "--config-file", file, "--listen-addr", f"127.0.0.1:{PORT}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz").close()
            return process
        except OSError:
            time.sleep(0.1)
    sys.exit(f"promdisco ended with {process.returncode}")


def poll(name, jobs, interval, first, end, times):
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    paths = ["/scrape_configs"] + [f"/jobs/job-{job}/targets?collector_id={name}" for job in range(jobs)]
    headers = dict(HEADERS, **{"X-Prometheus-Refresh-Interval-Seconds": str(interval)})
    due = first
    while due < end:
        time.sleep(max(0, due - time.monotonic()))
        for path in paths:
            begin = time.monotonic()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                sys.exit(f"{path}: {answer.status}")
            times.append(time.monotonic() - begin)
        due += interval


def main(collectors="100", targets="100000", jobs="10", seconds="30", interval="5"):
    program.build()
    with tempfile.TemporaryDirectory() as folder:
        process = start(configure(folder, int(collectors), int(targets), int(jobs)))
        try:
            begin = time.monotonic() + 1
            end = begin + SETTLE + float(seconds)
            times = []
            threads = [
                threading.Thread(target=poll, args=(
                    f"collector-{i}", int(jobs), float(interval), begin + i * float(interval) / int(collectors), end, times))
                for i in range(int(collectors))]
            for thread in threads:
                thread.start()
            time.sleep(SETTLE)
            used, since, answered = program.cpu(process), time.monotonic(), len(times)
            for thread in threads:
                thread.join()
            took = time.monotonic() - since
            times = sorted(times[answered:])
            print(f"{(program.cpu(process) - used) / took:.3f} cores, {program.peak(process):.0f} MB at most, "
                  f"{len(times) / took:.0f} answers/s, median {statistics.median(times) * 1000:.1f} ms, "
                  f"99 % {times[len(times) * 99 // 100] * 1000:.1f} ms")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


if "-h" in sys.argv or "--help" in sys.argv:
    sys.exit(__doc__)
main(*sys.argv[1:])
