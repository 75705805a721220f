"""The program under measurement: starts ./promdisco serve and looks at it from outside. Linux only (/proc)."""
import http.client
import json
import os
import pathlib
import ssl
import subprocess
import sys
import time
import urllib.parse
import urllib.request

LAUNCHER = pathlib.Path(__file__).resolve().parents[2] / "promdisco"
METRIC = "prometheus_target_scrape_pool_targets"
PATIENCE = 180  # seconds
TICKS = os.sysconf("SC_CLK_TCK")


def build():
    subprocess.run([LAUNCHER, "--version"], check=True, stdout=subprocess.DEVNULL)  # builds, if need be


def start(config, options, port):
    return subprocess.Popen(
        [LAUNCHER, "serve", "--config", config, "--listen", f"127.0.0.1:{port}"],
        env=dict(os.environ, JAVA_OPTS=options), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def active(port):
    """Active targets of all jobs together."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return 0  # it does not listen yet
    return sum(float(line.split()[-1]) for line in lines if line.startswith(METRIC))


def wait_for(process, port, wanted):
    """Waits until it has so many active targets."""
    begin = time.monotonic()
    while active(port) < wanted:
        if process.poll() is not None:
            sys.exit(f"promdisco ended with {process.returncode}")
        if time.monotonic() - begin > PATIENCE:
            sys.exit(f"fewer than {wanted} targets after {PATIENCE} s")
        time.sleep(0.05)


def cpu(process):
    """Seconds used so far."""
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak(process):
    """Most resident memory so far, in MB."""
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def api():
    """A connection to API_SERVER."""
    server = urllib.parse.urlparse(os.environ["API_SERVER"])
    tls = ssl._create_unverified_context()  # a server for measurements
    return http.client.HTTPSConnection(server.hostname, server.port, context=tls)


def credentials():
    return {"Authorization": "Bearer " + os.environ["API_TOKEN"]}


class Api:
    """Asks API_SERVER, over one connection."""

    def __init__(self):
        self.connection = api()

    def ask(self, method, path, body=None):
        headers = dict(credentials(), **{"Content-Type": "application/json"})
        self.connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status > 299:
            sys.exit(f"{method} {path}: {answer.status} {text[:200]}")
        return json.loads(text)

    def pods(self, namespace=""):
        """Up to 500 pods that have an address."""
        path = f"/api/v1/namespaces/{namespace}/pods" if namespace else "/api/v1/pods"
        return [pod for pod in self.ask("GET", path + "?limit=500")["items"] if pod.get("status", {}).get("podIP")]

    def make(self, pod, number):
        """A copy of the pod, with an address; returns its path."""
        meta = {key: pod["metadata"].get(key, {}) for key in ("labels", "annotations")}
        pods = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods"
        made = self.ask("POST", pods, {"metadata": dict(meta, name=f"bench-{time.time_ns()}"), "spec": pod["spec"]})
        path = f"{pods}/{made['metadata']['name']}"
        address = f"10.201.{number // 250 % 250}.{number % 250 + 1}"
        made["status"] = dict(pod["status"], podIP=address, podIPs=[{"ip": address}])
        self.ask("PUT", path + "/status", made)
        return path
