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
import os
import signal
import statistics
import sys
import time

import program


def bare():
    """Seconds from the request for all pods as a stream to the last of them."""
    connection = program.api()
    begin = last = time.monotonic()
    connection.request(
        "GET",
        "/api/v1/pods?watch=1&sendInitialEvents=true&allowWatchBookmarks=true"
        "&resourceVersionMatch=NotOlderThan&timeoutSeconds=60",
        headers=dict(program.credentials(), Accept="application/vnd.kubernetes.protobuf;stream=watch"))
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
    begin = time.monotonic()
    process = program.start(config, options, port)
    try:
        program.wait_for(process, port, wanted)
        return time.monotonic() - begin, program.cpu(process), program.peak(process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def main(config, wanted, runs="5", *variants):
    named = [variant.partition("=")[::2] for variant in variants] or [("", os.environ.get("JAVA_OPTS", ""))]
    program.build()
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
