package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.Json;
import io.promdisco.offline.Manifests;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A cluster of as many pods as one wants, for benchmarks. A pod takes 9 kB as protobuf, as it does
 * with the usual settings, probes and managed fields; it has two containers with one port each. In
 * every namespace each second pod asks to be scraped ({@code prometheus.io/scrape: 'true'}). Pods
 * are spread over namespaces ({@code ns-000} …), nodes and applications of twenty pods. Most of a
 * pod is held once for all, so that 50,000 take little memory.
 *
 * <p>For one thread at a time.
 */
public final class ManyPods {
  /** Over how many namespaces pods are spread: pod {@code i} is in namespace {@code i % 50}. */
  public static final int NAMESPACES = 50;

  /** The namespace of {@link #putProbe}. */
  public static final String PROBES = "ns-0-probe";

  private static final int PODS_PER_NODE = 100;
  private static final int PODS_PER_APP = 20;
  private static final int SETTINGS = 12;

  private final SimCluster cluster;
  private final int pods;
  private final List<Part> containers;
  private final List<Part> volumes;
  private final List<Part> tolerations;
  private final List<Part> statuses;
  private final List<Part> conditions;
  private final List<Part> managed;
  private final int[] generation;
  private int replaced;

  private ManyPods(SimCluster cluster, int pods) {
    this.cluster = cluster;
    this.pods = pods;
    ObjectNode pod = template();
    JsonNode spec = pod.path("spec");
    JsonNode status = pod.path("status");
    managed = parts(managedFields(pod));
    containers = parts(spec.path("containers"));
    volumes = parts(spec.path("volumes"));
    tolerations = parts(spec.path("tolerations"));
    statuses = parts(status.path("containerStatuses"));
    conditions = parts(status.path("conditions"));
    generation = new int[pods];
  }

  /**
   * Fills {@code cluster}.
   *
   * @param pods at least 1
   */
  public static ManyPods create(SimCluster cluster, int pods) {
    ManyPods made = new ManyPods(cluster, pods);
    for (int i = 0; i < Math.min(NAMESPACES, pods); i++) {
      cluster.apply(DemoObjects.namespace(namespace(i), "team-" + i % 7));
    }
    cluster.apply(DemoObjects.namespace(PROBES, "benchmark"));
    for (int i = 0; i < pods; i++) {
      cluster.load(List.of(made.pod(i)));
    }
    return made;
  }

  /** The name of namespace {@code number}. */
  public static String namespace(int number) {
    return "ns-%03d".formatted(number);
  }

  /** How many of {@code pods} are in the first {@code namespaces} and ask to be scraped. */
  public static int scrapedIn(int pods, int namespaces) {
    int scraped = 0;
    for (int i = 0; i < Math.min(namespaces, NAMESPACES); i++) {
      int all = (pods - i + NAMESPACES - 1) / NAMESPACES;
      scraped += (all + 1) / 2;
    }
    return scraped;
  }

  private static boolean scraped(int index) {
    return index / NAMESPACES % 2 == 0;
  }

  /** Removes the pod whose turn it is, and makes another with another name and address. */
  public void replaceNext() {
    int index = replaced++ % pods;
    cluster.delete(Resource.PODS, namespace(index % NAMESPACES), name(index));
    generation[index]++;
    cluster.load(List.of(pod(index)));
  }

  /** Makes a pod with one port, 80, that is at {@code ip} at once. */
  public void putProbe(String name, String ip) {
    cluster.apply(
        Manifests.object(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: %1$s
              namespace: %2$s
              annotations: {prometheus.io/scrape: 'true'}
            spec: {containers: [{name: a, image: x, ports: [{containerPort: 80}]}]}
            status: {phase: Running, podIP: %3$s, podIPs: [{ip: %3$s}]}
            """
                .formatted(name, PROBES, ip)));
  }

  /** Removes what {@link #putProbe} made. */
  public void removeProbe(String name) {
    cluster.delete(Resource.PODS, PROBES, name);
  }

  private String name(int index) {
    return "app-%04d-7d9c5b8f6d-%05d-%d".formatted(app(index), index, generation[index]);
  }

  private static int app(int index) {
    return index % NAMESPACES + NAMESPACES * (index / NAMESPACES / PODS_PER_APP);
  }

  private ObjectNode pod(int index) {
    int address = index + pods * generation[index];
    String ip = "10.%d.%d.%d".formatted(address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff);
    String name = name(index);
    String app = "app-%04d".formatted(app(index));
    int node = index / PODS_PER_NODE;
    ObjectNode pod = Json.object().put("apiVersion", "v1").put("kind", "Pod");
    ObjectNode metadata = pod.putObject("metadata");
    metadata.put("name", name).put("namespace", namespace(index % NAMESPACES));
    metadata.put("uid", DemoObjects.uid("Pod", namespace(index % NAMESPACES), name));
    metadata.put("generation", 1);
    labels(metadata.putObject("labels"), app, index);
    ObjectNode annotations = metadata.putObject("annotations");
    annotations.put("checksum/config", "%064x".formatted(app(index)));
    if (scraped(index)) {
      annotations.put("prometheus.io/port", "8080").put("prometheus.io/scrape", "true");
    }
    ObjectNode owner = metadata.putArray("ownerReferences").addObject();
    owner.put("apiVersion", "apps/v1").put("kind", "ReplicaSet").put("name", app + "-7d9c5b8f6d");
    owner.put("uid", "11111111-1111-1111-1111-111111111111").put("controller", true);
    metadata.putArray("managedFields").addAll(managed);
    spec(pod.putObject("spec"), "node-%04d".formatted(node));
    status(pod.putObject("status"), ip, "192.168.%d.%d".formatted(node / 250, node % 250 + 1));
    return pod;
  }

  private static void labels(ObjectNode labels, String app, int index) {
    labels.put("app", app).put("app.kubernetes.io/name", app);
    labels.put("app.kubernetes.io/version", "1.2.3").put("pod-template-hash", "7d9c5b8f6d");
    labels.put("tier", "t" + app(index) % 4);
    labels.put("topology.kubernetes.io/region", "region-1");
    labels.put("topology.kubernetes.io/zone", "zone-" + (char) ('a' + index % 3));
  }

  private void spec(ObjectNode spec, String node) {
    spec.putArray("volumes").addAll(volumes);
    spec.putArray("containers").addAll(containers);
    spec.put("restartPolicy", "Always").put("terminationGracePeriodSeconds", 30);
    spec.put("dnsPolicy", "ClusterFirst").put("nodeName", node);
    spec.putObject("securityContext");
    spec.put("schedulerName", "default-scheduler");
    spec.putArray("tolerations").addAll(tolerations);
    spec.put("priority", 0).put("enableServiceLinks", true);
    spec.put("preemptionPolicy", "PreemptLowerPriority");
  }

  private void status(ObjectNode status, String ip, String hostIp) {
    status.put("phase", "Running");
    status.putArray("conditions").addAll(conditions);
    status.put("hostIP", hostIp).put("podIP", ip);
    status.putArray("podIPs").addObject().put("ip", ip);
    status.putArray("containerStatuses").addAll(statuses);
    status.put("qosClass", "Burstable");
  }

  private static List<Part> parts(JsonNode objects) {
    List<Part> parts = new ArrayList<>();
    for (JsonNode object : objects) {
      parts.add(new Part((ObjectNode) object));
    }
    return parts;
  }

  private static ObjectNode template() {
    ObjectNode pod =
        Manifests.object(
            """
            spec:
              volumes:
              - {name: config, emptyDir: {}}
              - {name: data, emptyDir: {}}
              tolerations:
              - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
              - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
            status:
              conditions:
              - {type: PodScheduled, status: 'True'}
              - {type: Initialized, status: 'True'}
              - {type: ContainersReady, status: 'True'}
              - {type: Ready, status: 'True'}
            """);
    addContainer(pod, "app", "http-metrics", 8080);
    addContainer(pod, "sidecar", "admin", 9090);
    return pod;
  }

  private static void addContainer(ObjectNode pod, String name, String portName, int port) {
    ObjectNode container =
        Manifests.object(
            """
            name: %1$s
            image: registry.example/team/%1$s:v1.2.3
            args: ['--listen=:%3$d', --log.level=info, --config=/etc/app/config.yaml]
            ports: [{name: %2$s, containerPort: %3$d, protocol: TCP}]
            env: []
            resources: {requests: {cpu: 100m, memory: 256Mi}}
            volumeMounts:
            - {name: config, mountPath: /etc/app}
            - {name: data, mountPath: /var/lib/app}
            livenessProbe: &probe
              httpGet: {path: /healthz, port: %3$d, scheme: HTTP}
              timeoutSeconds: 1
              periodSeconds: 10
              successThreshold: 1
              failureThreshold: 3
            readinessProbe: *probe
            terminationMessagePath: /dev/termination-log
            terminationMessagePolicy: File
            imagePullPolicy: IfNotPresent
            """
                .formatted(name, portName, port));
    for (int i = 0; i < SETTINGS; i++) {
      container
          .withArray("env")
          .addObject()
          .put("name", "SETTING_%s_%02d".formatted(name, i))
          .put("value", "value-" + i + "-of-some-usual-length-for-an-environment-variable");
    }
    ((ObjectNode) pod.path("spec")).withArray("containers").add(container);
    ObjectNode status =
        ((ObjectNode) pod.path("status")).withArray("containerStatuses").addObject();
    status.put("name", name);
    status.putObject("state").putObject("running").put("startedAt", "2026-01-02T03:04:05Z");
    status.putObject("lastState");
    status.put("ready", true).put("restartCount", 0);
    status.put("image", "registry.example/team/" + name + ":v1.2.3");
    status.put("imageID", "registry.example/team/%s@sha256:%064x".formatted(name, name.hashCode()));
    status.put("containerID", "containerd://%064x".formatted(port));
  }

  /** Who wrote which fields, as a server notes it: the most of a pod's bytes. */
  private static ArrayNode managedFields(ObjectNode pod) {
    ArrayNode entries = Json.NODES.arrayNode();
    ObjectNode written = Json.object();
    ObjectNode metadata = Json.object();
    labels(metadata.putObject("labels"), "", 0);
    metadata
        .putObject("annotations")
        .put("checksum/config", "")
        .put("prometheus.io/port", "")
        .put("prometheus.io/scrape", "");
    metadata.putArray("ownerReferences").addObject().put("name", "11111111-1111-1111-1111");
    written.set("f:metadata", fields(metadata));
    written.set("f:spec", fields(pod.path("spec")));
    entry(entries, written);
    ObjectNode reported = Json.object();
    reported.set("f:status", fields(pod.path("status")));
    entry(entries, reported).put("subresource", "status");
    return entries;
  }

  private static ObjectNode entry(ArrayNode entries, ObjectNode fields) {
    ObjectNode entry = entries.addObject();
    entry.put("manager", "kubelet").put("operation", "Update").put("apiVersion", "v1");
    entry.put("time", "2026-01-02T03:04:05Z").put("fieldsType", "FieldsV1");
    entry.set("fieldsV1", fields);
    return entry;
  }

  private static ObjectNode fields(JsonNode value) {
    ObjectNode out = Json.object();
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      out.set("f:" + field.getKey(), fields(field.getValue()));
    }
    for (JsonNode item : value.isArray() ? value : Json.NODES.arrayNode()) {
      String key = item.has("name") ? "name" : "type";
      if (item.has(key)) {
        ObjectNode below = fields(item);
        below.putObject(".");
        out.set("k:{\"" + key + "\":\"" + Json.text(item, key) + "\"}", below);
      }
    }
    return out;
  }
}
