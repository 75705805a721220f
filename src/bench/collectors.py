#!/usr/bin/env python3
"""collectors.py N DIR

Makes N pods of collectors in namespace otel of API_SERVER, and DIR/ta-one.yaml, ta-many.yaml and ta-mixed.yaml:
configurations of `promdisco allocate` around DIR/one.yml, many.yml and mixed.yml, which configs.py writes. The collectors
are on the server of KUBECONFIG; the targets are where the scrape configs say, which may be another server.

    src/bench/bench.py cold --name one --config DIR/ta-one.yaml \\
        --ready 'opentelemetry_allocator_targets_per_collector>=2000' -- \\
        ./promdisco allocate --config-file {config} --listen-addr 127.0.0.1:{port}

The API server comes from API_SERVER, API_TOKEN and KUBECONFIG (see src/it/README.md).
"""
import json
import os
import pathlib
import ssl
import sys
import urllib.error
import urllib.request

ALREADY_THERE = 409
TLS = ssl._create_unverified_context()  # a server for measurements
SETTINGS = """kube_config_file_path: {kubeconfig}
collector_namespace: otel
collector_selector: {{matchlabels: {{app: collector}}}}
config:
"""
STATUS = {"phase": "Running", "podIP": "127.0.0.1", "conditions": [{"type": "Ready", "status": "True"}]}


def ask(method, path, body):
    headers = {"Authorization": "Bearer " + os.environ["API_TOKEN"], "Content-Type": "application/json"}
    request = urllib.request.Request(os.environ["API_SERVER"] + path, json.dumps(body).encode(), headers, method=method)
    try:
        with urllib.request.urlopen(request, context=TLS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as e:
        if e.code == ALREADY_THERE:
            return None
        raise


def make(name):
    pod = ask("POST", "/api/v1/namespaces/otel/pods", {
        "metadata": {"name": name, "labels": {"app": "collector"}},
        "spec": {"nodeName": "node-0", "containers": [{"name": "c", "image": "x"}]}})
    if pod:
        ask("PUT", f"/api/v1/namespaces/otel/pods/{name}/status", dict(pod, status=STATUS))


def main(count, folder):
    ask("POST", "/api/v1/namespaces", {"metadata": {"name": "otel"}})
    for i in range(int(count)):
        make(f"collector-{i}")
    for name in ("one", "many", "mixed"):
        jobs = pathlib.Path(folder, name + ".yml").read_text()
        settings = SETTINGS.format(kubeconfig=os.environ["KUBECONFIG"])
        indented = "".join("  " + line for line in jobs.splitlines(keepends=True))
        pathlib.Path(folder, f"ta-{name}.yaml").write_text(settings + indented)


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
