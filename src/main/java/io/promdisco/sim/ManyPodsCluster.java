package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.List;
import java.util.Map;

/**
 * A cluster with any number of pods, for benchmarks. A pod takes 9 kB as protobuf and has two
 * containers with one port each. In every namespace, every second pod is annotated for scraping
 * ({@code prometheus.io/scrape: 'true'}). Pods are distributed over namespaces ({@code ns-000} …),
 * nodes, and applications with twenty pods. Pods share most of their data, so that 50,000 need
 * little memory.
 *
 * <p>For one thread at a time.
 */
public final class ManyPodsCluster {
  /** The number of namespaces: pod {@code i} is in namespace {@code i % 50}. */
  public static final int NAMESPACES = 50;

  /** The namespace of {@link #putProbe}. */
  public static final String PROBES = "ns-0-probe";

  private static final int PODS_PER_NODE = 100;
  private static final int PODS_PER_APP = 20;
  private static final String HASH = "-7d9c5b8f6d";

  private final SimCluster cluster;
  private final int pods;
  private final ObjectNode template = template();
  private final int[] generation;
  private int replaced;

  private ManyPodsCluster(SimCluster cluster, int pods) {
    this.cluster = cluster;
    this.pods = pods;
    generation = new int[pods];
  }

  /**
   * Fills {@code cluster}.
   *
   * @param pods at least 1
   */
  public static ManyPodsCluster create(SimCluster cluster, int pods) {
    ManyPodsCluster many = new ManyPodsCluster(cluster, pods);
    for (int i = 0; i < Math.min(NAMESPACES, pods); i++) {
      cluster.apply(DemoObjects.namespace(namespace(i), "team-" + i % 7));
    }
    cluster.apply(DemoObjects.namespace(PROBES, "benchmark"));
    for (int i = 0; i < pods; i++) {
      cluster.load(List.of(many.pod(i)));
    }
    return many;
  }

  /** Returns the name of namespace {@code number}. */
  public static String namespace(int number) {
    return "ns-%03d".formatted(number);
  }

  /**
   * Returns how many of {@code pods} are in the first {@code namespaces} and annotated for
   * scraping.
   */
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

  /** Replaces the next pod in turn by one with another name and address. */
  public void replaceNext() {
    int index = replaced++ % pods;
    cluster.delete(Resource.PODS, namespace(index % NAMESPACES), name(index));
    generation[index]++;
    cluster.load(List.of(pod(index)));
  }

  /** Creates a running pod at {@code ip} with one port, 80. */
  public void putProbe(String name, String ip) {
    cluster.apply(
        new ObjectTemplate("probe")
            .with("name", name)
            .with("namespace", PROBES)
            .with("ip", ip)
            .object());
  }

  /** Removes the pod of {@link #putProbe}. */
  public void removeProbe(String name) {
    cluster.delete(Resource.PODS, PROBES, name);
  }

  private static int app(int index) {
    return index % NAMESPACES + NAMESPACES * (index / NAMESPACES / PODS_PER_APP);
  }

  private String name(int index) {
    return "app-%04d%s-%05d-%d".formatted(app(index), HASH, index, generation[index]);
  }

  private ObjectNode pod(int index) {
    String app = "app-%04d".formatted(app(index));
    int node = index / PODS_PER_NODE;
    ObjectNode pod = copy(template, "metadata", "spec", "status");
    ObjectNode metadata = copy(KubernetesJson.child(pod, "metadata"), "labels", "annotations");
    pod.set("metadata", metadata);
    metadata.put("name", name(index)).put("namespace", namespace(index % NAMESPACES));
    KubernetesJson.child(metadata, "labels")
        .put("app", app)
        .put("app.kubernetes.io/name", app)
        .put("tier", "t" + app(index) % 4)
        .put("topology.kubernetes.io/zone", "zone-" + (char) ('a' + index % 3));
    ObjectNode annotations = KubernetesJson.child(metadata, "annotations");
    annotations.put("checksum/config", "%064x".formatted(app(index)));
    if (!scraped(index)) {
      annotations.remove(List.of("prometheus.io/port", "prometheus.io/scrape"));
    }
    ObjectNode owner = ((ObjectNode) template.at("/metadata/ownerReferences/0")).deepCopy();
    metadata.putArray("ownerReferences").add(owner.put("name", app + HASH));
    ObjectTemplate.setUids(pod);
    KubernetesJson.child(pod, "spec").put("nodeName", "node-%04d".formatted(node));
    int address = index + pods * generation[index];
    String ip = "10.%d.%d.%d".formatted(address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff);
    ObjectNode status = KubernetesJson.child(pod, "status").put("podIP", ip);
    status.put("hostIP", "192.168.%d.%d".formatted(node / 250, node % 250 + 1));
    status.putArray("podIPs").addObject().put("ip", ip);
    return pod;
  }

  /** Copies an object. Only the fields in {@code own} are copied deeply. */
  private static ObjectNode copy(ObjectNode object, String... own) {
    ObjectNode copy = KubernetesJson.object().setAll(object);
    for (String field : own) {
      copy.set(field, KubernetesJson.object().setAll(KubernetesJson.child(object, field)));
    }
    return copy;
  }

  /** Returns a pod whose lists of objects are shared, also in encoded form. */
  private static ObjectNode template() {
    ObjectNode pod = new ObjectTemplate("many-pods").object();
    addManagedFields(pod);
    for (String section : List.of("metadata", "spec", "status")) {
      for (JsonNode list : pod.path(section)) {
        for (int i = 0; list instanceof ArrayNode array && i < array.size(); i++) {
          array.set(i, new SharedObject((ObjectNode) array.get(i)));
        }
      }
    }
    return pod;
  }

  /** Adds the managed fields, which are the largest part of a pod. */
  private static void addManagedFields(ObjectNode pod) {
    ObjectNode written = KubernetesJson.object();
    written.set("f:metadata", fields(pod.path("metadata")));
    written.set("f:spec", fields(pod.path("spec")));
    ObjectNode reported = KubernetesJson.object();
    reported.set("f:status", fields(pod.path("status")));
    ArrayNode entries = KubernetesJson.child(pod, "metadata").putArray("managedFields");
    for (ObjectNode fields : List.of(written, reported)) {
      ObjectNode entry = entries.addObject();
      entry.put("manager", "kubelet").put("operation", "Update").put("apiVersion", "v1");
      entry.put("time", "2026-01-02T03:04:05Z").put("fieldsType", "FieldsV1");
      entry.set("fieldsV1", fields);
    }
    ((ObjectNode) entries.get(1)).put("subresource", "status");
  }

  private static ObjectNode fields(JsonNode value) {
    ObjectNode out = KubernetesJson.object();
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      out.set("f:" + field.getKey(), fields(field.getValue()));
    }
    if (value.isArray()) {
      for (JsonNode item : value) {
        String key = item.has("name") ? "name" : "type";
        if (item.has(key)) {
          ObjectNode below = fields(item);
          below.putObject(".");
          out.set("k:{\"" + key + "\":\"" + KubernetesJson.text(item, key) + "\"}", below);
        }
      }
    }
    return out;
  }
}
