package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.Json;
import io.promdisco.offline.Manifests;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** The objects of the demo cluster, made from templates. */
final class DemoObjects {
  private DemoObjects() {}

  private static ObjectNode object(String yaml) {
    return Manifests.object(yaml);
  }

  /** The same uid for the same object every time. */
  static String uid(String kind, String namespace, String name) {
    String path = kind + "/" + namespace + "/" + name;
    return UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8)).toString();
  }

  static ObjectNode namespace(String name, String team) {
    return object(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: %s, uid: %s, labels: {team: %s}}
        status: {phase: Active}
        """
            .formatted(name, uid("Namespace", "", name), team));
  }

  static ObjectNode node(String name, int number) {
    return object(
        """
        apiVersion: v1
        kind: Node
        metadata:
          name: %1$s
          uid: %3$s
          labels:
            kubernetes.io/arch: amd64
            kubernetes.io/os: linux
            kubernetes.io/hostname: %1$s
            node.kubernetes.io/instance-type: m6.large
            topology.kubernetes.io/region: eu-1
            topology.kubernetes.io/zone: eu-1%4$s
        spec: {podCIDR: 10.244.%2$d.0/24, providerID: 'demo:///eu-1/%1$s'}
        status:
          addresses:
          - {type: InternalIP, address: 10.0.0.%2$d}
          - {type: Hostname, address: %1$s}
          capacity: {cpu: '4', memory: 16Gi, pods: '110'}
          conditions:
          - {type: MemoryPressure, status: 'False', reason: KubeletHasSufficientMemory}
          - {type: DiskPressure, status: 'False', reason: KubeletHasNoDiskPressure}
          - {type: Ready, status: 'True', reason: KubeletReady}
          daemonEndpoints: {kubeletEndpoint: {Port: 10250}}
          nodeInfo: {kubeletVersion: v1.36.0, osImage: Debian, containerRuntimeVersion: containerd://2.1.0}
        """
            .formatted(name, number, uid("Node", "", name), (char) ('a' + number % 3)));
  }

  static ObjectNode replicaSet(DemoWorkload workload) {
    return object(
        """
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata:
          name: %1$s
          namespace: %2$s
          uid: %3$s
          labels: {app: %4$s, pod-template-hash: %5$s}
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: %4$s, uid: %6$s, controller: true}
        spec: {replicas: %7$d, selector: {matchLabels: {app: %4$s, pod-template-hash: %5$s}}}
        status: {replicas: %7$d}
        """
            .formatted(
                workload.replicaSet(),
                workload.namespace(),
                uid("ReplicaSet", workload.namespace(), workload.replicaSet()),
                workload.app(),
                workload.hash(),
                uid("Deployment", workload.namespace(), workload.app()),
                workload.replicas()));
  }

  /** A pod that has just been made: no node and no address yet. */
  static ObjectNode pod(DemoWorkload workload, String name) {
    String annotations =
        workload.scraped()
            ? "annotations: {prometheus.io/scrape: 'true', prometheus.io/port: '%d', prometheus.io/path: %s}"
                .formatted(workload.metricsPort(), workload.metricsPath())
            : "annotations: {}";
    return object(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %1$s
          namespace: %2$s
          uid: %3$s
          generateName: %4$s-
          labels: {app: %5$s, version: v%6$d, pod-template-hash: %7$s}
          %8$s
          ownerReferences:
          - {apiVersion: apps/v1, kind: ReplicaSet, name: %4$s, uid: %9$s, controller: true}
        spec:
          serviceAccountName: %5$s
          containers:
          - name: %5$s
            image: registry.demo/%2$s/%5$s:%6$d
            ports:
            - {name: http, containerPort: %10$d, protocol: TCP}
            - {name: metrics, containerPort: %11$d, protocol: TCP}
        status: {phase: Pending, qosClass: BestEffort}
        """
            .formatted(
                name,
                workload.namespace(),
                uid("Pod", workload.namespace(), name),
                workload.replicaSet(),
                workload.app(),
                workload.version(),
                workload.hash(),
                annotations,
                uid("ReplicaSet", workload.namespace(), workload.replicaSet()),
                workload.port(),
                workload.metricsPort()));
  }

  static ObjectNode service(DemoWorkload workload, int number) {
    return object(
        """
        apiVersion: v1
        kind: Service
        metadata:
          name: %1$s
          namespace: %2$s
          uid: %3$s
          labels: {app: %1$s}
          annotations: {prometheus.io/probe: '%4$s'}
        spec:
          type: ClusterIP
          clusterIP: 10.96.0.%5$d
          clusterIPs: [10.96.0.%5$d]
          ipFamilies: [IPv4]
          selector: {app: %1$s}
          ports:
          - {name: http, port: 80, targetPort: http, protocol: TCP}
          - {name: metrics, port: %6$d, targetPort: metrics, protocol: TCP}
        status: {loadBalancer: {}}
        """
            .formatted(
                workload.app(),
                workload.namespace(),
                uid("Service", workload.namespace(), workload.app()),
                workload.scraped(),
                number,
                workload.metricsPort()));
  }

  static ObjectNode ingress(String namespace, String name, String host, String path, String app) {
    return object(
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: %2$s
          namespace: %1$s
          uid: %3$s
          labels: {app: %6$s}
        spec:
          ingressClassName: nginx
          tls: [{hosts: [%4$s], secretName: %2$s-tls}]
          rules:
          - host: %4$s
            http:
              paths:
              - path: %5$s
                pathType: Prefix
                backend: {service: {name: %6$s, port: {name: http}}}
        """
            .formatted(namespace, name, uid("Ingress", namespace, name), host, path, app));
  }

  static ObjectNode job(String namespace, String cronJob, String name) {
    return object(
        """
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: %3$s
          namespace: %1$s
          uid: %4$s
          labels: {app: %2$s}
          ownerReferences:
          - {apiVersion: batch/v1, kind: CronJob, name: %2$s, uid: %5$s, controller: true}
        spec: {completions: 1, parallelism: 1}
        status: {active: 1}
        """
            .formatted(
                namespace,
                cronJob,
                name,
                uid("Job", namespace, name),
                uid("CronJob", namespace, cronJob)));
  }

  static ObjectNode jobPod(String namespace, String cronJob, String job) {
    return object(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %3$s-pod
          namespace: %1$s
          uid: %4$s
          labels: {app: %2$s, job-name: %3$s}
          annotations: {prometheus.io/scrape: 'true', prometheus.io/port: '9102'}
          ownerReferences:
          - {apiVersion: batch/v1, kind: Job, name: %3$s, uid: %5$s, controller: true}
        spec:
          restartPolicy: Never
          containers:
          - name: %2$s
            image: registry.demo/%1$s/%2$s:1
            ports: [{name: metrics, containerPort: 9102, protocol: TCP}]
        status: {phase: Pending, qosClass: BestEffort}
        """
            .formatted(
                namespace,
                cronJob,
                job,
                uid("Pod", namespace, job + "-pod"),
                uid("Job", namespace, job)));
  }

  /** Puts a pod on a node and gives it an address; it runs but is not ready. */
  static void start(ObjectNode pod, String node, int nodeNumber, String ip) {
    Json.child(pod, "spec").put("nodeName", node);
    ObjectNode status = Json.child(pod, "status");
    status.put("phase", "Running").put("podIP", ip).put("hostIP", "10.0.0." + nodeNumber);
    status.putArray("podIPs").addObject().put("ip", ip);
    String container = pod.path("spec").path("containers").path(0).path("name").asText();
    status
        .putArray("containerStatuses")
        .addObject()
        .put("name", container)
        .put("ready", false)
        .put("containerID", "containerd://" + Json.text(pod, "metadata", "uid"));
    ready(pod, false);
  }

  static void ready(ObjectNode pod, boolean ready) {
    ObjectNode status = Json.child(pod, "status");
    ArrayNode conditions = status.putArray("conditions");
    conditions.addObject().put("type", "PodScheduled").put("status", "True");
    conditions.addObject().put("type", "Ready").put("status", ready ? "True" : "False");
    if (status.path("containerStatuses").path(0) instanceof ObjectNode container) {
      container.put("ready", ready);
    }
  }
}
