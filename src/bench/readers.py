#!/usr/bin/env python3
"""readers.py [--seconds N] [--json FILE] [--url URL --jobs JOB,JOB...] ...

Load on `promdisco serve`: readers of the stream of changes, and requests for /http-sd/JOB, while targets change.

Without --url it starts everything and ends it again: a simulated API server with 10,000 pods (./promdisco
bench-server), 20 of which are replaced each second, and ./promdisco serve with five jobs of 2,000 targets each. With
--url it puts the load on a server that runs already, and starts nothing.

Half of the readers are told of all jobs, without a snapshot; the others of one job each, beginning with all its
targets. Requests come over connections that are kept, at even intervals, whether or not those before have been
answered; a share of them (--known) sends the ETag of the answer before as If-None-Match, as caches do. Nothing is
compressed, as Prometheus asks for it, unless --gzip. Latency counts from the moment a request was due, so that waiting
for a slow server is in it.

Any error (a status but 200 and 304, a broken connection, a stream that ends) makes the exit code 1.
"""
import argparse
import asyncio
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import program

LAUNCHER = pathlib.Path(__file__).resolve().parents[2] / "promdisco"
PATIENCE = 120  # seconds
PODS = 10_000
NAMESPACES = 50
JOBS = 5
TARGETS = 2_000


def config(kubeconfig):
    """Each job keeps ten of the fifty namespaces: 1,000 of the pods that ask to be scraped, two ports each."""
    text = "scrape_configs:\n"
    for job in range(JOBS):
        names = "|".join(f"ns-{number:03}" for number in range(job, NAMESPACES, JOBS))
        text += f"""
- job_name: pods-{job}
  kubernetes_sd_configs: [{{role: pod, kubeconfig_file: {kubeconfig}}}]
  relabel_configs:
  - {{source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape], regex: 'true', action: keep}}
  - {{source_labels: [__meta_kubernetes_namespace], regex: {names}, action: keep}}
  - {{action: labelmap, regex: __meta_kubernetes_pod_label_(.+)}}
  - {{source_labels: [__meta_kubernetes_namespace], target_label: namespace}}
  - {{source_labels: [__meta_kubernetes_pod_name], target_label: pod}}
"""
    return text


def wait_for(what, process, condition):
    end = time.monotonic() + PATIENCE
    while not (result := condition()):
        if process.poll() is not None:
            sys.exit(f"{what}: the process ended with {process.returncode}")
        if time.monotonic() > end:
            sys.exit(f"{what}: not within {PATIENCE} s")
        time.sleep(0.1)
    return result


class Setup:
    """The simulated server and serve; ended in any case."""

    def __init__(self, folder, rate):
        self.folder = pathlib.Path(folder)
        self.rate = rate
        self.processes = []

    def start(self, name, *arguments, **more):
        log = open(self.folder / f"{name}.log", "wb")
        process = subprocess.Popen([LAUNCHER, *arguments], stdout=log, stderr=subprocess.STDOUT, **more)
        log.close()
        self.processes.append(process)
        return process

    def __enter__(self):
        try:
            server = self.start("server", "bench-server", "--pods", str(PODS), "--folder", self.folder,
                                stdin=subprocess.PIPE)
            kubeconfig = self.folder / "kubeconfig"
            wait_for("simulated server", server, kubeconfig.exists)
            (self.folder / "serve.yml").write_text(config(kubeconfig))
            self.serve = self.start("serve", "serve", "--config", self.folder / "serve.yml", "--listen", "127.0.0.1:0")
            self.url = wait_for("serve", self.serve, self.listens)
            wait_for("serve: all targets", self.serve, self.complete)
            server.stdin.write(f"churn {self.rate}\n".encode())
            server.stdin.flush()
            return self
        except BaseException:
            self.__exit__()
            raise

    def listens(self):
        words = (self.folder / "serve.log").read_text().split()
        return words[words.index("on") + 1] if "on" in words else None

    def complete(self):
        return all(job["active"] == TARGETS for job in get(self.url + "/api/v1/discovery")["data"]["jobs"])

    def __exit__(self, *ignored):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def get(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)


class Load:
    def __init__(self, options, url, jobs):
        where = urllib.parse.urlsplit(url)
        self.host, self.port = where.hostname, where.port
        self.options = options
        self.jobs = jobs
        self.query = "?relabeled=true" if options.relabeled else ""
        self.latencies = {200: [], 304: []}  # milliseconds by status
        self.errors = {}
        self.received = self.events = self.streamed = 0
        self.counting = False
        self.open_streams = 0

    def error(self, what):
        self.errors[what] = self.errors.get(what, 0) + 1

    async def ask(self, path, more=""):
        streams = await asyncio.open_connection(self.host, self.port, limit=1 << 20)
        streams[1].write(request(path, more))
        return streams

    async def read_stream(self, number):
        path = "/api/v1/targets/stream"
        job = urllib.parse.quote(self.jobs[number % len(self.jobs)], safe="")
        path += "?snapshot=false" if number % 2 else f"?scrapePool={job}"
        reader, writer = await self.ask(path)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                self.error(head.split(b"\r\n", 1)[0].decode())
                return
            self.open_streams += 1
            while chunk := await reader.read(1 << 18):
                if self.counting:
                    self.streamed += len(chunk)
                    self.events += chunk.count(b"event: ")
            self.error("a stream ended")
        except OSError as e:
            self.error(f"stream: {e}")
        finally:
            writer.close()

    async def send_requests(self, dues):
        """One connection: takes what is due and sends it."""
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=1 << 20)
        tags = {}
        try:
            while (due := await dues.get()) is not None:
                when, job, known = due
                more = f"If-None-Match: {tags[job]}\r\n" if known and job in tags else ""
                more += "Accept-Encoding: gzip\r\n" if self.options.gzip else ""
                writer.write(request("/http-sd/" + urllib.parse.quote(job, safe="") + self.query, more))
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                status = int(head.split(" ", 2)[1])
                fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
                left = 0 if status == 304 else int(fields["content-length"])
                size = left
                while left:
                    chunk = await reader.read(min(left, 1 << 18))
                    if not chunk:
                        raise ConnectionError("an answer broke off")
                    left -= len(chunk)
                if status not in self.latencies:
                    self.error(f"status {status}")
                    continue
                tags[job] = fields["etag"]
                if self.counting:
                    self.received += size
                    self.latencies[status].append((time.monotonic() - when) * 1000)
        except (OSError, EOFError, KeyError) as e:
            self.error(f"request: {e or type(e).__name__}")
        finally:
            writer.close()

    async def schedule(self, dues, seconds):
        """Puts a request each 1/rate s, whatever became of those before; returns how many waited at the end."""
        begin = time.monotonic()
        count = 0
        while count < seconds * self.options.rate:
            due = begin + count / self.options.rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            known = (count * 61 % 100) < 100 * self.options.known
            dues.put_nowait((due, self.jobs[count % len(self.jobs)], known))
            count += 1
        return dues.qsize()

    async def run(self):
        streams = [asyncio.create_task(self.read_stream(number)) for number in range(self.options.readers)]
        end = time.monotonic() + PATIENCE
        while self.open_streams < self.options.readers and not self.errors and time.monotonic() < end:
            await asyncio.sleep(0.05)
        if self.open_streams < self.options.readers:
            self.error(f"only {self.open_streams} streams opened")
        dues = asyncio.Queue()
        senders = [asyncio.create_task(self.send_requests(dues)) for _ in range(self.options.connections)]
        await self.schedule(dues, self.options.warm_up)
        self.counting = True
        begin = time.monotonic()
        waiting = await self.schedule(dues, self.options.seconds)
        took = time.monotonic() - begin
        answered = sum(map(len, self.latencies.values())), self.received, self.events, self.streamed
        for _ in senders:
            dues.put_nowait(None)
        await asyncio.wait(senders, timeout=30)
        self.counting = False
        for task in streams + senders:
            task.cancel()
        await asyncio.gather(*streams, *senders, return_exceptions=True)
        return took, waiting, [number / took for number in answered]


def request(path, more):
    return f"GET {path} HTTP/1.1\r\nHost: promdisco\r\n{more}\r\n".encode()


def percentiles(values):
    ordered = sorted(values)
    picked = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))]
              for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999))} if ordered else {}
    return {"answers": len(ordered), **{name: round(ms, 2) for name, ms in picked.items()},
            **({"worst": round(ordered[-1], 2)} if ordered else {})}


def measure(options, url, jobs, serve):
    load = Load(options, url, jobs)
    own = time.process_time()
    before = program.cpu(serve) if serve else 0
    begin = time.monotonic()
    took, waiting, (answers, received, events, streamed) = asyncio.run(load.run())
    whole = time.monotonic() - begin
    result = {
        "readers": options.readers, "rate": options.rate, "seconds": round(took, 1), "known_share": options.known,
        "gzip": options.gzip, "relabeled": options.relabeled, "churn": None if options.url else options.churn,
        "answers_per_second": round(answers, 1), "waiting_at_the_end": waiting,
        "errors": load.errors,
        "milliseconds": {str(status): percentiles(values) for status, values in load.latencies.items()},
        "answered_megabytes_per_second": round(received / 1e6, 1),
        "stream_events_per_second": round(events),
        "streamed_megabytes_per_second": round(streamed / 1e6, 1),
        "client_cores": round((time.process_time() - own) / whole, 2),
    }
    if serve:
        result["serve_cores"] = round((program.cpu(serve) - before) / whole, 2)
        result["serve_peak_megabytes"] = round(program.peak(serve))
    return result


def show(result):
    print(f"{result['readers']} readers, {result['rate']} requests/s for {result['seconds']} s: "
          f"{result['answers_per_second']} answers/s, {sum(result['errors'].values())} errors")
    for what, count in result["errors"].items():
        print(f"  {count} x {what}")
    columns = ("answers", "p50", "p90", "p99", "p999", "worst")
    print("status  " + "".join(f"{name:>10}" for name in columns) + "   (ms)")
    for status, values in result["milliseconds"].items():
        print(f"{status:8}" + "".join(f"{values.get(name, '-'):>10}" for name in columns))
    print(f"answers {result['answered_megabytes_per_second']} MB/s, stream events "
          f"{result['stream_events_per_second']}/s in {result['streamed_megabytes_per_second']} MB/s")
    used = f", serve {result['serve_cores']}, its peak memory {result['serve_peak_megabytes']} MB" \
        if "serve_cores" in result else ""
    print(f"cores: this script {result['client_cores']}{used}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="of a server that runs; default: one is started")
    parser.add_argument("--jobs", help="names, separated by commas; default: what /http-sd lists")
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--rate", type=int, default=500, help="requests a second, over all jobs")
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--known", type=float, default=0.5, help="share of requests with If-None-Match, 0 to 1")
    parser.add_argument("--gzip", action="store_true", help="take compressed answers")
    parser.add_argument("--relabeled", action="store_true", help="ask for the final labels, not the discovered ones")
    parser.add_argument("--churn", type=int, default=20, help="pods replaced each second")
    parser.add_argument("--warm-up", type=float, default=10, help="seconds that are not counted")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--json", help="file for the figures")
    options = parser.parse_args()
    if options.url:
        jobs = options.jobs.split(",") if options.jobs else get(options.url + "/http-sd")
        result = measure(options, options.url, jobs, None)
    else:
        with tempfile.TemporaryDirectory() as folder, Setup(folder, options.churn) as setup:
            result = measure(options, setup.url, get(setup.url + "/http-sd"), setup.serve)
            if setup.serve.poll() is not None:
                result["errors"]["serve ended"] = 1
    show(result)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(result, indent=1) + "\n")
    sys.exit(1 if result["errors"] else 0)


main()
