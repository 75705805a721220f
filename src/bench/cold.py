#!/usr/bin/env python3
"""cold.py CONFIG TARGETS [RUNS] [NAME=JVM_OPTIONS ...]

Starts ./promdisco serve with CONFIG again and again and waits until it has TARGETS active targets over all jobs.
Prints wall time, CPU time and peak resident memory of the whole process, JVM start included: each run, then the
median. With NAME=JVM_OPTIONS it takes turns between the variants, so that a noisy machine disturbs all alike:

    src/bench/cold.py one.yml 2000 5 ours= c2='-XX:TieredStopAtLevel=4'

With API_SERVER and API_TOKEN in the environment each turn begins with a bare reader, which takes the stream of all pods
and throws it away: what the server and the machine allow at that moment.

Linux only (/proc).
"""
import http.client
import os
import pathlib
import signal
import ssl
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request

LAUNCHER = pathlib.Path(__file__).resolve().parents[2] / "promdisco"
METRIC = "prometheus_target_scrape_pool_targets"
PATIENCE = 180  # seconds
TICKS = os.sysconf("SC_CLK_TCK")


def active(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return 0  # it does not listen yet
    return sum(float(line.split()[-1]) for line in lines if line.startswith(METRIC))


def field(pid, name):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name))


def cpu(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def bare():
    """Seconds from the request for all pods as a stream to the last of them."""
    server = urllib.parse.urlparse(os.environ["API_SERVER"])
    tls = ssl._create_unverified_context()  # a server for measurements
    connection = http.client.HTTPSConnection(server.hostname, server.port, context=tls)
    begin = last = time.monotonic()
    connection.request(
        "GET",
        "/api/v1/pods?watch=1&sendInitialEvents=true&allowWatchBookmarks=true"
        "&resourceVersionMatch=NotOlderThan&timeoutSeconds=60",
        headers={
            "Authorization": "Bearer " + os.environ["API_TOKEN"],
            "Accept": "application/vnd.kubernetes.protobuf;stream=watch",
        })
    connection.sock.settimeout(2)  # nothing for so long: that was all
    answer = connection.getresponse()
    buffer = bytearray(1 << 20)
    try:
        while answer.readinto(buffer):
            last = time.monotonic()
    except OSError:
        return last - begin
    finally:
        connection.close()
    return last - begin


def run(config, wanted, options, port):
    environment = dict(os.environ, JAVA_OPTS=options)
    begin = time.monotonic()
    process = subprocess.Popen(
        [LAUNCHER, "serve", "--config", config, "--listen", f"127.0.0.1:{port}"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while active(port) < wanted:
            if process.poll() is not None:
                sys.exit(f"promdisco ended with {process.returncode}")
            if time.monotonic() - begin > PATIENCE:
                sys.exit(f"fewer than {wanted} targets after {PATIENCE} s")
            time.sleep(0.05)
        return time.monotonic() - begin, cpu(process.pid), field(process.pid, "VmHWM") / 1024
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def main(config, wanted, runs="5", *variants):
    named = [variant.partition("=")[::2] for variant in variants] or [("", os.environ.get("JAVA_OPTS", ""))]
    subprocess.run([LAUNCHER, "--version"], check=True, stdout=subprocess.DEVNULL)  # builds, if need be
    results = {name: [] for name, _ in named}
    floors = []
    for turn in range(int(runs)):
        if "API_SERVER" in os.environ:
            floors.append(bare())
            print(f"{'bare reader':12} {floors[-1]:6.2f} s", flush=True)
        for place, (name, options) in enumerate(named):
            result = run(config, float(wanted), options, 19400 + turn * len(named) + place)
            results[name].append(result)
            print(f"{name:12} {result[0]:6.2f} s  {result[1]:6.2f} s CPU  {result[2]:5.0f} MB", flush=True)
    if floors:
        print(f"{'bare reader':12} {statistics.median(floors):6.2f} s  median of {len(floors)}")
    for name, ofName in results.items():
        wall, used, memory = (statistics.median(column) for column in zip(*ofName))
        print(f"{name:12} {wall:6.2f} s  {used:6.2f} s CPU  {memory:5.0f} MB  median of {len(ofName)}")


if len(sys.argv) < 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
