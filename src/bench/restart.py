#!/usr/bin/env python3
"""restart.py CONFIG TARGETS NAMESPACE ROUNDS PID COMMAND...

Starts ./promdisco serve with CONFIG, waits until it has TARGETS active targets, and then, ROUNDS times, kills the API
server, starts it again 20 s later, makes a pod in NAMESPACE as soon as the server takes it, and waits for its target.
PID is the server's process and COMMAND starts it anew. The pod is a copy of one in NAMESPACE; CONFIG has to keep it.
Prints the seconds from the pod to its target, and the fewest targets that were seen meanwhile.

    API_SERVER=https://127.0.0.1:6443 API_TOKEN=... src/bench/restart.py one.yml 2000 ns-000 5 $(pgrep kube-apiserver) ./start

Linux only (/proc).
"""
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request

import program

DOWN = 20  # seconds
PORT = 19600
SETTLE = 10  # seconds after the server is back, for all its caches


def as_soon_as_possible(action):
    """Repeats it until the server takes it."""
    begin = time.monotonic()
    while True:
        try:
            return action(program.Api())
        except (OSError, SystemExit) as e:
            if time.monotonic() - begin > program.PATIENCE:
                raise SystemExit(f"the API server did not come back: {e}")
            time.sleep(0.1)


def is_target(pod):
    url = f"http://127.0.0.1:{PORT}/api/v1/discovery/targets?state=active&limit=1&q={pod}"
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)["data"]["total"] > 0


def restart(server, command, pattern, number):
    os.kill(server, signal.SIGKILL)
    end, fewest = time.monotonic() + DOWN, float("inf")
    while time.monotonic() < end:
        fewest = min(fewest, program.active(PORT))
        time.sleep(0.5)
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    path = as_soon_as_possible(lambda api: api.make(pattern, number))
    made = time.monotonic()
    while not is_target(path.rpartition("/")[2]):
        if time.monotonic() - made > program.PATIENCE:
            sys.exit("the pod did not become a target")
        time.sleep(0.01)
    took = time.monotonic() - made
    fewest = min(fewest, program.active(PORT))
    time.sleep(SETTLE)
    program.Api().ask("DELETE", path + "?gracePeriodSeconds=0")
    time.sleep(SETTLE / 10)
    return server.pid, took, fewest


def main(config, wanted, namespace, rounds, server, *command):
    program.build()
    pattern = program.Api().pods(namespace)[0]
    process = program.start(config, os.environ.get("JAVA_OPTS", ""), PORT)
    times = []
    try:
        program.wait_for(process, PORT, float(wanted))
        server = int(server)
        for number in range(int(rounds)):
            time.sleep(SETTLE)
            server, took, fewest = restart(server, command, pattern, number)
            times.append(took)
            print(f"{took:6.2f} s, never fewer than {fewest:.0f} targets", flush=True)
        print(f"{statistics.median(times):6.2f} s  median of {len(times)}, peak {program.peak(process):.0f} MB")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


if len(sys.argv) < 7:
    sys.exit(__doc__)
main(*sys.argv[1:])
