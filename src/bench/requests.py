#!/usr/bin/env python3
"""requests.py CONFIG TARGETS

Starts ./promdisco serve with CONFIG, waits until it has TARGETS active targets over all jobs, and prints what the API
server itself counted meanwhile: lists and watches by resource, watches under way, streaming lists; and how many
connections to it there are. API_SERVER and API_TOKEN in the environment. Linux only (/proc).
"""
import os
import re
import sys
import urllib.parse

import program

COUNTERS = ("apiserver_request_total", "apiserver_longrunning_requests", "apiserver_watch_list_duration_seconds_count")
LINE = re.compile(r"(\w+)\{(.*)\} (\S+)$")
VERBS = ("LIST", "WATCH", "stream")  # others are not ours
PORT = 19450


def counted():
    connection = program.api()
    connection.request("GET", "/metrics", headers=program.credentials())
    sums = {}
    for line in connection.getresponse().read().decode().splitlines():
        found = LINE.match(line)
        if found and found[1] in COUNTERS:
            labels = dict(re.findall(r'(\w+)="([^"]*)"', found[2]))
            key = found[1], labels.get("verb", "stream"), labels.get("resource", ""), labels.get("code", "")
            if key[1] in VERBS:
                sums[key] = sums.get(key, 0) + float(found[3])
    connection.close()
    return sums


def connections(process):
    """How many of the process's connections lead to the API server."""
    port = f"{urllib.parse.urlsplit(os.environ['API_SERVER']).port or 443:04X}"
    folder = f"/proc/{process.pid}/fd"
    links = [os.readlink(os.path.join(folder, name)) for name in os.listdir(folder)]
    inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
    count = 0
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table) as lines:
            for fields in map(str.split, list(lines)[1:]):
                count += fields[9] in inodes and fields[3] == "01" and fields[2].rpartition(":")[2] == port
    return count


def main(config, wanted):
    program.build()
    before = counted()
    process = program.start(config, "", PORT)
    try:
        program.wait_for(process, PORT, float(wanted))
        after = counted()
        for key in sorted(after):
            more = after[key] - before.get(key, 0)
            if more:
                print(*(part for part in key if part), f"{more:+g}")
        print("connections", connections(process))
    finally:
        process.terminate()
        process.wait()


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
