#!/usr/bin/env python3
"""Measures a discovery program against a running API server: cold sync, churn, restart.

  bench.py cold    --name N --config C --ready METRIC>=NUMBER --port P -- CMD...
  bench.py churn   … --rate 20 --seconds 60        (also measures CPU while pods are replaced)
  bench.py restart … --realcluster DIR             (kills and restarts `realcluster -dir DIR`)

CMD may hold {config} and {port}; it must serve /metrics on 127.0.0.1:{port}, and for churn and restart the path
--seen, in which new targets are looked for (default: /api/v1/targets?scrapePool=probe&state=active).
The API server comes from API_SERVER, API_TOKEN, KUBECONFIG and LOADER (see src/it/README.md).
Whole process, start included; CPU from /proc/PID/stat, memory from VmHWM. Prints JSON lines.
"""
import argparse, json, os, re, signal, ssl, subprocess, sys, time, urllib.request

TICK = os.sysconf("SC_CLK_TCK")
TLS = ssl._create_unverified_context()
API = os.environ.get("API_SERVER", "https://127.0.0.1:16443")
TOKEN = os.environ.get("API_TOKEN", "admin-token")
PROBE_NS = "ns-0-probe"


def children(pid):
    out = [pid]
    for p in out:
        try:
            out += [int(c) for c in open(f"/proc/{p}/task/{p}/children").read().split()]
        except OSError:
            pass
    return out


def cpu(pid):
    total = 0
    for p in children(pid):
        try:
            f = open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()
            total += int(f[11]) + int(f[12])
        except OSError:
            pass
    return total / TICK


def memory(pid):
    rss = peak = 0
    for p in children(pid):
        try:
            s = open(f"/proc/{p}/status").read()
            rss += int(re.search(r"VmRSS:\s+(\d+)", s).group(1)) // 1024
            peak += int(re.search(r"VmHWM:\s+(\d+)", s).group(1)) // 1024
        except (OSError, AttributeError):
            pass
    return rss, peak


def connections(pid):
    port = format(int(API.rsplit(":", 1)[1]), "04X")
    inodes = set()
    for p in children(pid):
        for fd in os.listdir(f"/proc/{p}/fd"):
            try:
                link = os.readlink(f"/proc/{p}/fd/{fd}")
            except OSError:
                continue
            if link.startswith("socket:["):
                inodes.add(link[8:-1])
    n = 0
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in open(table).read().splitlines()[1:]:
            f = line.split()
            n += f[9] in inodes and f[3] == "01" and f[2].rsplit(":", 1)[1] == port
    return n


def get(url):
    with urllib.request.urlopen(url, timeout=30) as r:
        return r.read().decode()


def metric(base, name):
    values = [float(l.rsplit(" ", 1)[1]) for l in get(base + "/metrics").splitlines() if re.match(name + r"(\{|\s)", l)]
    return sum(values) if values else 0.0


def api(method, path, body=None):
    r = urllib.request.Request(API + path, method=method, data=json.dumps(body).encode() if body else None,
                               headers={"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"})
    with urllib.request.urlopen(r, context=TLS) as f:
        return json.load(f)


def probe_ip(i):
    return f"10.200.{i // 250}.{i % 250 + 1}"


def make_probe(i):
    name = f"probe-{i}-{time.time_ns()}"
    pods = f"/api/v1/namespaces/{PROBE_NS}/pods"
    pod = api("POST", pods, {"metadata": {"name": name, "annotations": {"prometheus.io/scrape": "true"}},
                             "spec": {"containers": [{"name": "a", "image": "x", "ports": [{"containerPort": 80}]}]}})
    pod["status"] = {"phase": "Running", "podIP": probe_ip(i), "podIPs": [{"ip": probe_ip(i)}]}
    api("PUT", f"{pods}/{name}/status", pod)
    return f"{pods}/{name}?gracePeriodSeconds=0"


def seen(a, base, i):
    return f'"{probe_ip(i)}:80"' in get(base + a.seen)


def wait_seen(a, base, i, limit):
    start = time.time()
    while not seen(a, base, i):
        if time.time() - start > limit:
            return float("inf")
        time.sleep(0.005)
    return time.time() - start


def start(a):
    base = f"http://127.0.0.1:{a.port}"
    name, want = re.fullmatch(r"(\S+)>=(\d+)", a.ready).groups()
    cmd = [c.replace("{config}", a.config).replace("{port}", str(a.port)) for c in a.cmd]
    t0 = time.time()
    p = subprocess.Popen(cmd, stdout=open(f"{a.name}.log", "w"), stderr=subprocess.STDOUT, start_new_session=True)
    while True:
        if p.poll() is not None:
            sys.exit(f"{a.name} ended with {p.returncode}: see {a.name}.log")
        if time.time() - t0 > a.limit:
            p.kill()
            sys.exit(f"{a.name}: {a.ready} not reached in {a.limit} s")
        try:
            if metric(base, name) >= int(want):
                break
        except OSError:
            pass
        time.sleep(0.05)
    report(a, "cold", p, sync_s=round(time.time() - t0, 2))
    time.sleep(a.settle)
    report(a, "settled", p)
    return base, p


def report(a, case, p, **more):
    rss, peak = memory(p.pid)
    print(json.dumps(dict(name=a.name, case=case, cpu_s=round(cpu(p.pid), 2), rss_mb=rss, peak_mb=peak,
                          connections=connections(p.pid), **more)), flush=True)


def churn(a, base, p):
    loader = None
    if a.rate:
        loader = subprocess.Popen([os.environ["LOADER"], "--kubeconfig", os.environ["KUBECONFIG"], "--mode", "churn", "--pods", str(a.pods),
                                   "--nodes", str(a.nodes), "--namespaces", str(a.namespaces), "--rate", str(a.rate), "--duration", f"{a.seconds}s"],
                                  stderr=subprocess.DEVNULL)
    c0, t0, lat = cpu(p.pid), time.time(), []
    while time.time() - t0 < a.seconds:
        path = make_probe(len(lat))
        lat.append(wait_seen(a, base, len(lat), 60))
        api("DELETE", path)
        time.sleep(0.5)
    if loader:
        loader.wait()
    cores = (cpu(p.pid) - c0) / (time.time() - t0)
    lat.sort()
    report(a, "churn", p, rate=a.rate, probes=len(lat), median_s=round(lat[len(lat) // 2], 3), worst_s=round(lat[-1], 3), cores=round(cores, 3))


def restart(a, base, p):
    pid = int(subprocess.check_output(["pgrep", "-f", f"realcluster -dir {a.realcluster} "]).split()[0])
    before, least = metric(base, a.ready.split(">=")[0]), float("inf")
    os.kill(pid, signal.SIGKILL)
    for _ in range(40):
        time.sleep(0.5)
        least = min(least, metric(base, a.ready.split(">=")[0]))
    port = API.rsplit(":", 1)[1]
    exe = os.path.join(os.path.dirname(os.environ["LOADER"]), "realcluster")
    subprocess.Popen([exe, "-dir", a.realcluster, "-port", port], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    while True:
        try:
            api("GET", "/api/v1/namespaces?limit=1")
            make_probe(240)
            break
        except OSError:
            time.sleep(0.1)
    waited = wait_seen(a, base, 240, 300)
    least = min(least, metric(base, a.ready.split(">=")[0]))
    report(a, "restart", p, new_pod_seen_s=round(waited, 2), targets_before=before, targets_least=least)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("case", choices=["cold", "churn", "restart"])
    for name, default in dict(name=None, config=None, ready=None, port=19100, limit=300, settle=15, rate=20.0, seconds=60,
                              pods=50000, nodes=500, namespaces=50, realcluster=None,
                              seen="/api/v1/targets?scrapePool=probe&state=active").items():
        ap.add_argument("--" + name, default=default, type=type(default) if default is not None else str)
    argv = sys.argv[1:]
    cut = argv.index("--")
    a = ap.parse_args(argv[:cut])
    a.cmd = argv[cut + 1:]
    try:
        api("POST", "/api/v1/namespaces", {"metadata": {"name": PROBE_NS}})
    except OSError:
        pass
    base, p = start(a)
    try:
        if a.case == "churn":
            churn(a, base, p)
        elif a.case == "restart":
            restart(a, base, p)
    finally:
        os.killpg(p.pid, signal.SIGTERM)
        p.wait()


main()
