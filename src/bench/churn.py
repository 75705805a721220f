#!/usr/bin/env python3
"""churn.py CONFIG TARGETS SECONDS NAME=JVM_OPTIONS ...

Starts a ./promdisco serve for each variant, all with CONFIG, waits until each has TARGETS active targets, and then
replaces 20 pods a second for SECONDS. Prints the CPU that each used meanwhile, in cores, so that variants are compared
under the very same changes. Nothing is asked of them meanwhile.

    API_SERVER=https://127.0.0.1:6443 API_TOKEN=... src/bench/churn.py one.yml 2000 60 ours= jdk=-Dorg.conscrypt.enabled=false

The pods that it makes are copies of those that it finds, and are deleted again. Linux only (/proc).
"""
import signal
import sys
import time

import program

RATE = 20  # pods a second
ALIVE = 40  # pods that are there at once
SETTLE = 10  # seconds after the start


def churn(api, patterns, seconds):
    made, number, begin = [], 0, time.monotonic()
    while time.monotonic() - begin < seconds:
        made.append(api.make(patterns[number % len(patterns)], number))
        number += 1
        if len(made) > ALIVE:
            api.ask("DELETE", made.pop(0) + "?gracePeriodSeconds=0")
        time.sleep(max(0, begin + number / RATE - time.monotonic()))
    took = time.monotonic() - begin
    for path in made:
        api.ask("DELETE", path + "?gracePeriodSeconds=0")
    return number / took, took


def main(config, wanted, seconds, *variants):
    program.build()
    api = program.Api()
    patterns = api.pods()[::12]
    started = []
    try:
        for place, (name, options) in enumerate(variant.partition("=")[::2] for variant in variants or ["ours="]):
            port = 19500 + place
            started.append((name, program.start(config, options, port)))
            program.wait_for(started[-1][1], port, float(wanted))
        time.sleep(SETTLE)
        before = [program.cpu(process) for _, process in started]
        rate, took = churn(api, patterns, float(seconds))
        for (name, process), used in zip(started, before):
            print(f"{name:12} {(program.cpu(process) - used) / took:.3f} cores at {rate:.1f} pods/s for {took:.0f} s")
    finally:
        for _, process in started:
            process.send_signal(signal.SIGTERM)
            process.wait()


if len(sys.argv) < 4:
    sys.exit(__doc__)
main(*sys.argv[1:])
