package io.promdisco.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Makes Kubernetes objects with unusual but valid fields. The same random numbers make the same
 * objects.
 *
 * <p>Label names that differ only in characters that Prometheus replaces by {@code _} have values
 * that begin with {@link #EITHER}: which one Prometheus shows depends on the order of a map.
 */
final class RandomObjects {
  /** The prefix of values of which Prometheus shows one at random. */
  static final String EITHER = "either.";

  /** A label of every object: the name of its cluster. */
  static final String CLUSTER = "cluster";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SAME_NAMES = List.of("a.b", "a-b", "a_b", "a/b");
  private static final List<String> LABELS =
      List.of(
          "app",
          "tier",
          "app.kubernetes.io/name",
          "topology.kubernetes.io/zone",
          "Upper",
          "9lives",
          "x.y-z/Under_score.dot-dash",
          "n".repeat(63),
          ("p".repeat(60) + ".").repeat(3) + "example/long.prefix",
          "job",
          "instance");
  private static final List<String> LABEL_VALUES =
      List.of(
          "",
          "web",
          "api",
          "db",
          "1",
          "true",
          "null",
          "0x1F",
          "with.dots_and-dashes",
          "UPPER",
          "v".repeat(63));
  private static final List<String> ANNOTATIONS =
      List.of(
          "prometheus.io/scrape",
          "Example.COM/Upper",
          "checksum/config",
          "kubectl.kubernetes.io/last-applied-configuration",
          "note",
          "app");
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "true",
          "{\"a\": [1, 2]}",
          "line\nbreak\ttab\r",
          "ünïcode ☃ 漢字",
          "\uD83D\uDE00\uD83D\uDC69\u200D\uD83D\uDC67",
          "\u0000nul\u001b[31m",
          "\u2028\u2029",
          "\uFEFFbom",
          "\u202Ertl",
          "\"quoted\" \\back $1 ${1}",
          "\uFFFD",
          "a=b, c=d} active {",
          "e\u0301 \u00a0",
          "- a: 'b' # c\n  \n\n",
          "0b1 0o7",
          "2026-01-01");

  /** Texts that kubectl cannot write as YAML, or writes as another text. */
  private static final List<String> UNPRINTABLE =
      List.of("\u007f\u0080\u009f", "\uFFFE\uFFFF", "a \u0085b");

  private static final String LONG = "long ".repeat(900);
  private static final List<String> PORT_NAMES =
      List.of("http", "https", "metrics", "dns-udp", "a1", "web");
  private static final List<Integer> PORTS = List.of(80, 443, 8080, 9090, 53, 1, 65_535);
  private static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");
  private static final List<String> IMAGES =
      List.of(
          "i",
          "registry.example:5000/team/app:1.2.3",
          "app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");

  /** The prefix of addresses that are not in the shortest form, which slices do not allow. */
  private static final String UNUSUAL = "FD00:0:0:0:0:0:00:";

  private static final List<String> CONDITION = List.of("True", "False", "Unknown");

  private final Random random;
  private final String cluster;
  private final List<String> nodes;
  private boolean unprintable;
  private int addresses;

  /**
   * Makes the objects of one cluster.
   *
   * @param nodes the names of its nodes
   */
  RandomObjects(Random random, String cluster, List<String> nodes) {
    this.random = random;
    this.cluster = cluster;
    this.nodes = nodes;
  }

  /** Allows annotations that kubectl cannot write as YAML. */
  void allowUnprintable() {
    unprintable = true;
  }

  ObjectNode namespace(String name) {
    return object("v1", "Namespace", "", name);
  }

  ObjectNode node(String name) {
    ObjectNode node = object("v1", "Node", "", name);
    ObjectNode spec = node.putObject("spec");
    if (chance(3)) {
      spec.put("unschedulable", true);
    }
    if (chance(3)) {
      spec.put("providerID", one(List.of("kind://" + name, "aws:///eu-1a/i-" + name)));
    }
    nodeStatus(node);
    return node;
  }

  /** Gives a node another status. */
  void nodeStatus(ObjectNode node) {
    ObjectNode status = node.putObject("status");
    ArrayNode list = status.putArray("addresses");
    int count = chance(12) ? 0 : 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String type =
          one(
              List.of(
                  "InternalIP",
                  "InternalIP",
                  "ExternalIP",
                  "InternalDNS",
                  "ExternalDNS",
                  "Hostname",
                  "LegacyHostIP",
                  "Rack-Name",
                  "Rack.Name"));
      list.addObject().put("type", type).put("address", nodeAddress(type));
    }
    if (!chance(4)) {
      status.putObject("daemonEndpoints").putObject("kubeletEndpoint").put("Port", one(PORTS));
    }
    if (chance(2)) {
      ArrayNode conditions = status.putArray("conditions");
      conditions(conditions);
      for (int i = random.nextInt(3); i > 0; i--) {
        String type =
            one(List.of("MemoryPressure", "Kernel.Dead-lock", "example.com/Ready", "ready"));
        conditions.addObject().put("type", type).put("status", one(CONDITION));
      }
    }
  }

  private String nodeAddress(String type) {
    if (type.startsWith("Rack")) {
      return EITHER + random.nextInt(9);
    }
    return type.endsWith("IP") ? address(chance(4)) : "host-" + random.nextInt(99) + ".example";
  }

  ObjectNode pod(String namespace, String name) {
    ObjectNode pod = object("v1", "Pod", namespace, name);
    owners((ObjectNode) pod.get("metadata"));
    ObjectNode spec = pod.putObject("spec");
    boolean hostNetwork = chance(6);
    if (hostNetwork) {
      spec.put("hostNetwork", true);
    }
    if (!chance(5)) {
      spec.put("nodeName", node());
    }
    String restart = one(List.of("Always", "Always", "OnFailure", "Never"));
    spec.put("restartPolicy", restart);
    Set<Integer> hostPorts = new HashSet<>();
    ArrayNode containers = spec.putArray("containers");
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      container(containers.addObject(), "c" + i, hostNetwork ? hostPorts : null);
    }
    if (chance(3)) {
      ArrayNode inits = spec.putArray("initContainers");
      for (int i = 0; i <= random.nextInt(2); i++) {
        ObjectNode init = inits.addObject();
        container(init, "init" + i, hostNetwork ? hostPorts : null);
        if (chance(2)) {
          init.put("restartPolicy", "Always");
        }
      }
    }
    if (chance(10)) {
      spec.putArray("ephemeralContainers").addObject().put("name", "debug").put("image", "i");
    }
    if (!chance(8)) {
      podStatus(pod);
    }
    if (spec.has("nodeName") && chance(12)) {
      delete(pod);
    }
    return pod;
  }

  /** Marks a pod as being deleted, with a grace period. */
  void delete(ObjectNode pod) {
    ((ObjectNode) pod.get("metadata")).put("deletionTimestamp", "2026-01-01T00:00:00Z");
  }

  private void owners(ObjectNode metadata) {
    if (chance(3)) {
      return;
    }
    ArrayNode owners = metadata.putArray("ownerReferences");
    if (chance(3)) {
      owner(owners, "example.com/v1", "Thing", "thing-" + random.nextInt(3));
    }
    String kind =
        one(List.of("ReplicaSet", "ReplicaSet", "Job", "Job", "StatefulSet", "Node", "Rs"));
    String name = kind.equals("Job") ? "job-" : "rs-";
    ObjectNode owner = owner(owners, "apps/v1", kind, name + random.nextInt(3));
    if (!chance(5)) {
      owner.put("controller", true);
    }
  }

  private static ObjectNode owner(ArrayNode owners, String version, String kind, String name) {
    return owners
        .addObject()
        .put("apiVersion", version)
        .put("kind", kind)
        .put("name", name)
        .put("uid", kind + "-" + name);
  }

  private void container(
      ObjectNode container, String name, @org.jspecify.annotations.Nullable Set<Integer> host) {
    container.put("name", name).put("image", one(IMAGES));
    int count = one(List.of(0, 1, 1, 2, 3));
    if (count == 0 && chance(2)) {
      return;
    }
    ArrayNode ports = container.putArray("ports");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      int number = one(PORTS);
      if (host != null && !host.add(number)) {
        continue;
      }
      ObjectNode port = ports.addObject().put("containerPort", number);
      if (chance(2)) {
        port.put("protocol", one(PROTOCOLS));
      }
      String portName = one(PORT_NAMES);
      if (!chance(3) && names.add(portName)) {
        port.put("name", portName);
      }
    }
  }

  /** Gives a pod another status. */
  void podStatus(ObjectNode pod) {
    ObjectNode status = pod.putObject("status");
    if (!chance(10)) {
      status.put(
          "phase",
          one(
              List.of(
                  "Running", "Running", "Running", "Pending", "Succeeded", "Failed", "Unknown")));
    }
    if (!chance(7)) {
      boolean six = chance(4);
      String first = address(six);
      if (chance(2)) {
        status.put("hostIP", address(chance(4)));
      }
      if (pod.at("/spec/hostNetwork").asBoolean() && status.has("hostIP")) {
        first = status.get("hostIP").asText();
        six = first.contains(":");
      }
      status.put("podIP", first);
      if (chance(2)) {
        ArrayNode ips = status.putArray("podIPs");
        ips.addObject().put("ip", first);
        if (chance(2)) {
          ips.addObject().put("ip", address(!six));
        }
      }
    }
    if (!chance(4)) {
      conditions(status.putArray("conditions"));
    }
    if (!chance(3)) {
      statuses(status, "containerStatuses", pod.at("/spec/containers"));
      statuses(status, "initContainerStatuses", pod.at("/spec/initContainers"));
    }
  }

  private void conditions(ArrayNode conditions) {
    if (chance(2)) {
      conditions.addObject().put("type", "PodScheduled").put("status", one(CONDITION));
    }
    if (!chance(5)) {
      conditions.addObject().put("type", "Ready").put("status", one(CONDITION));
    }
  }

  private void statuses(ObjectNode status, String field, JsonNode containers) {
    ArrayNode statuses = status.putArray(field);
    for (JsonNode container : containers) {
      if (!chance(5)) {
        ObjectNode one =
            statuses
                .addObject()
                .put("name", container.get("name").asText())
                .put("image", "other")
                .put("imageID", "")
                .put("ready", chance(2))
                .put("restartCount", random.nextInt(3));
        if (!chance(3)) {
          one.put("containerID", "containerd://" + random.nextInt(1000));
        }
      }
    }
  }

  ObjectNode service(String namespace, String name) {
    ObjectNode service = object("v1", "Service", namespace, name);
    ObjectNode spec = service.putObject("spec");
    String kind =
        one(
            List.of(
                "ClusterIP", "Headless", "Headless", "NodePort", "LoadBalancer", "ExternalName"));
    switch (kind) {
      case "Headless" -> {
        spec.put("clusterIP", "None");
        if (chance(2)) {
          ArrayNode families = spec.putArray("ipFamilies");
          families.add(chance(2) ? "IPv6" : "IPv4");
        }
        if (chance(3)) {
          spec.put(
              "ipFamilyPolicy", one(List.of("SingleStack", "PreferDualStack", "RequireDualStack")));
        }
      }
      case "ExternalName" ->
          spec.put("type", kind)
              .put("externalName", one(List.of("db.example", "db.example.com", "10.0.0.1")));
      default -> {
        if (!kind.equals("ClusterIP") || chance(2)) {
          spec.put("type", kind);
        }
        if (chance(3)) {
          spec.putArray("externalIPs").add(address(false));
        }
        if (chance(3)) {
          spec.put("sessionAffinity", "ClientIP");
        }
      }
    }
    if (kind.equals("LoadBalancer")) {
      if (chance(2)) {
        spec.put("loadBalancerIP", address(false));
      }
      balancer(service);
    }
    if (chance(3)) {
      spec.putObject("selector").put("app", "web");
    }
    servicePorts(service, kind.equals("Headless") || kind.equals("ExternalName"));
    return service;
  }

  /** Gives a load balancer other addresses. */
  void balancer(ObjectNode service) {
    ArrayNode ingress = service.putObject("status").putObject("loadBalancer").putArray("ingress");
    for (int i = random.nextInt(3); i > 0; i--) {
      if (chance(3)) {
        ingress.addObject().put("hostname", "lb-" + i + ".example");
      } else {
        ingress.addObject().put("ip", address(chance(3)));
      }
    }
  }

  /** Gives a service other ports. */
  void servicePorts(ObjectNode service, boolean orNone) {
    ArrayNode ports = ((ObjectNode) service.get("spec")).putArray("ports");
    int count = orNone && chance(3) ? 0 : 1 + random.nextInt(3);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < count; i++) {
      int number = one(PORTS);
      String protocol = one(PROTOCOLS);
      if (!seen.add(number + protocol)) {
        continue;
      }
      ObjectNode port = ports.addObject().put("port", number);
      if (count > 1 || chance(2)) {
        port.put("name", PORT_NAMES.get(i));
      }
      if (!protocol.equals("TCP") || chance(2)) {
        port.put("protocol", protocol);
      }
      if (chance(3)) {
        port.put("targetPort", one(PORTS));
      } else if (chance(2)) {
        port.put("targetPort", one(PORT_NAMES));
      }
      if (chance(4)) {
        port.put("appProtocol", one(List.of("http", "kubernetes.io/h2c", "example.com/x")));
      }
    }
  }

  /**
   * Endpoints.
   *
   * @param pods the pods that they may refer to
   */
  ObjectNode endpoints(String namespace, String name, List<ObjectNode> pods) {
    ObjectNode endpoints = object("v1", "Endpoints", namespace, name);
    subsets(endpoints, pods);
    return endpoints;
  }

  /** Gives endpoints other subsets. */
  void subsets(ObjectNode endpoints, List<ObjectNode> pods) {
    ArrayNode subsets = endpoints.putArray("subsets");
    for (int i = random.nextInt(4); i > 0; i--) {
      ObjectNode subset = subsets.addObject();
      boolean ready = !chance(4);
      if (ready) {
        addresses(subset.putArray("addresses"), pods);
      }
      if (!ready || chance(3)) {
        addresses(subset.putArray("notReadyAddresses"), pods);
      }
      if (!chance(6)) {
        endpointPorts(subset.putArray("ports"), false);
      }
    }
  }

  private void addresses(ArrayNode addresses, List<ObjectNode> pods) {
    for (int i = random.nextInt(3); i >= 0; i--) {
      ObjectNode address = addresses.addObject();
      ObjectNode pod = !pods.isEmpty() && chance(2) ? one(pods) : null;
      address.put("ip", ip(pod, chance(6)));
      reference(address, pod);
      if (chance(4)) {
        address.put("hostname", "host-" + i);
      }
      if (chance(2)) {
        address.put("nodeName", nodeOf(pod));
      }
    }
  }

  private String ip(@org.jspecify.annotations.Nullable ObjectNode pod, boolean six) {
    String ip = pod == null ? "" : pod.at("/status/podIP").asText();
    return ip.isEmpty() || chance(8) ? address(six) : ip;
  }

  private String nodeOf(@org.jspecify.annotations.Nullable ObjectNode pod) {
    String node = pod == null ? "" : pod.at("/spec/nodeName").asText();
    return node.isEmpty() || chance(6) ? node() : node;
  }

  private void reference(ObjectNode endpoint, @org.jspecify.annotations.Nullable ObjectNode pod) {
    if (pod != null) {
      ObjectNode reference =
          endpoint
              .putObject("targetRef")
              .put("kind", "Pod")
              .put("name", pod.at("/metadata/name").asText());
      if (!chance(10)) {
        reference.put("namespace", pod.at("/metadata/namespace").asText());
      }
      if (chance(20)) {
        reference.put("kind", "pod");
      }
    } else if (chance(3)) {
      ObjectNode reference = endpoint.putObject("targetRef");
      switch (random.nextInt(4)) {
        case 0 -> reference.put("kind", "Node").put("name", node());
        case 1 -> reference.put("kind", "Pod").put("name", "gone").put("namespace", "gone");
        case 2 -> reference.put("kind", "VirtualMachine").put("name", "vm-1");
        default -> reference.put("apiVersion", "v1");
      }
    }
  }

  private void endpointPorts(ArrayNode ports, boolean ofSlice) {
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      ObjectNode port = ports.addObject();
      if (count > 1 || chance(2)) {
        port.put("name", PORT_NAMES.get((i + random.nextInt(2) * 3) % PORT_NAMES.size()));
      } else if (ofSlice && chance(2)) {
        port.put("name", "");
      }
      if (!ofSlice || !chance(8)) {
        port.put("port", one(PORTS));
      }
      if (chance(2)) {
        port.put("protocol", one(PROTOCOLS));
      }
      if (chance(4)) {
        port.put("appProtocol", one(List.of("http", "kubernetes.io/ws", "example.com/x")));
      }
    }
  }

  /**
   * A slice of some service, or of none.
   *
   * @param pods the pods that it may refer to
   */
  ObjectNode slice(String namespace, String name, List<ObjectNode> pods) {
    ObjectNode slice = object("discovery.k8s.io/v1", "EndpointSlice", namespace, name);
    slice.put("addressType", one(List.of("IPv4", "IPv4", "IPv4", "IPv6", "IPv6", "FQDN")));
    service(slice);
    endpoints(slice, pods);
    return slice;
  }

  /** Assigns a slice to another service, or to none. */
  void service(ObjectNode slice) {
    ObjectNode labels = slice.withObject("/metadata/labels");
    if (chance(8)) {
      labels.remove("kubernetes.io/service-name");
    } else {
      String service = one(List.of("svc-0", "svc-0", "svc-1", "svc-2", "gone", ""));
      labels.put("kubernetes.io/service-name", service);
    }
    if (chance(2)) {
      labels.put("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
    }
  }

  /** Gives a slice other endpoints and ports. */
  void endpoints(ObjectNode slice, List<ObjectNode> pods) {
    String type = slice.get("addressType").asText();
    ArrayNode endpoints = slice.putArray("endpoints");
    for (int i = random.nextInt(5); i > 0; i--) {
      ObjectNode endpoint = endpoints.addObject();
      ObjectNode pod = !pods.isEmpty() && chance(2) ? one(pods) : null;
      ArrayNode addresses = endpoint.putArray("addresses");
      for (int j = chance(4) ? random.nextInt(3) : 0; j >= 0; j--) {
        String ip = type.equals("FQDN") ? "" : ip(pod, type.equals("IPv6"));
        boolean fits = type.equals("IPv6") == ip.contains(":");
        addresses.add(
            type.equals("FQDN")
                ? "host-" + i + "-" + j + ".example"
                : (fits ? ip : address(type.equals("IPv6"))).replace(UNUSUAL, "fd00::"));
      }
      reference(endpoint, pod);
      conditions(endpoint);
      if (chance(2)) {
        endpoint.put("nodeName", nodeOf(pod));
      }
      if (chance(3)) {
        endpoint.put("hostname", "host-" + i);
      }
      if (chance(2)) {
        endpoint.put("zone", one(List.of("zone-a", "zone-b", "Z.1")));
      }
      if (chance(3)) {
        ObjectNode hints = endpoint.putObject("hints");
        hints.putArray("forZones").addObject().put("name", "zone-a");
        if (chance(2)) {
          hints.putArray("forNodes").addObject().put("name", node());
        }
      }
    }
    ArrayNode ports = slice.putArray("ports");
    if (!chance(8)) {
      endpointPorts(ports, true);
    }
  }

  private void conditions(ObjectNode endpoint) {
    if (chance(4)) {
      return;
    }
    ObjectNode conditions = endpoint.putObject("conditions");
    for (String name : List.of("ready", "serving", "terminating")) {
      if (chance(2)) {
        conditions.put(name, chance(2));
      }
    }
  }

  ObjectNode ingress(String namespace, String name) {
    ObjectNode ingress = object("networking.k8s.io/v1", "Ingress", namespace, name);
    ingressSpec(ingress);
    return ingress;
  }

  /** Gives an ingress other rules, hosts and classes. */
  void ingressSpec(ObjectNode ingress) {
    ObjectNode annotations = ingress.withObject("/metadata/annotations");
    annotations.remove("kubernetes.io/ingress.class");
    ObjectNode spec = ingress.putObject("spec");
    List<String> hosts =
        List.of("a.example", "b.example", "*.example", "x.y.example", "*.y.example", "example");
    if (chance(3)) {
      spec.put("ingressClassName", one(List.of("nginx", "example.com")));
    } else if (chance(2)) {
      annotations.put("kubernetes.io/ingress.class", "nginx");
    }
    if (chance(2)) {
      ArrayNode tls = spec.putArray("tls");
      for (int i = random.nextInt(3); i >= 0; i--) {
        ObjectNode entry = tls.addObject();
        if (!chance(4)) {
          ArrayNode list = entry.putArray("hosts");
          for (int j = random.nextInt(2); j >= 0; j--) {
            list.add(one(hosts));
          }
        }
        if (chance(2)) {
          entry.put("secretName", "tls");
        }
      }
    }
    int rules = random.nextInt(4);
    if (rules == 0 || chance(4)) {
      spec.set("defaultBackend", backend());
    }
    ArrayNode list = spec.putArray("rules");
    for (int i = 0; i < rules; i++) {
      ObjectNode rule = list.addObject();
      if (!chance(5)) {
        rule.put("host", one(hosts));
      }
      if (!chance(4)) {
        ArrayNode paths = rule.putObject("http").putArray("paths");
        for (int j = random.nextInt(3); j >= 0; j--) {
          ObjectNode path = paths.addObject();
          String type = one(List.of("Exact", "Prefix", "ImplementationSpecific"));
          path.put("pathType", type);
          if (!type.startsWith("I")) {
            path.put("path", one(List.of("/", "/a", "/a/b", "/ü")));
          } else if (chance(2)) {
            path.put("path", one(List.of("/", "/x(/|$)(.*)", "/$1?q=\"x\"")));
          }
          path.set("backend", backend());
        }
      }
    }
  }

  private ObjectNode backend() {
    ObjectNode backend = JSON.createObjectNode();
    ObjectNode service = backend.putObject("service").put("name", "svc-0");
    service.putObject("port").put("number", one(PORTS));
    return backend;
  }

  ObjectNode replicaSet(String namespace, String name) {
    ObjectNode set = object("apps/v1", "ReplicaSet", namespace, name);
    ObjectNode spec = set.putObject("spec").put("replicas", 0);
    spec.putObject("selector").putObject("matchLabels").put("rs", name);
    ObjectNode template = spec.putObject("template");
    template.putObject("metadata").putObject("labels").put("rs", name);
    plainContainer(template);
    higherOwner(set, "Deployment");
    return set;
  }

  ObjectNode job(String namespace, String name) {
    ObjectNode job = object("batch/v1", "Job", namespace, name);
    ObjectNode template = job.putObject("spec").put("suspend", true).putObject("template");
    plainContainer(template).put("restartPolicy", "Never");
    higherOwner(job, "CronJob");
    return job;
  }

  private static ObjectNode plainContainer(ObjectNode template) {
    ObjectNode spec = template.putObject("spec");
    spec.putArray("containers").addObject().put("name", "c").put("image", "i");
    return spec;
  }

  /** Gives the owner of pods another owner, or none. */
  void higherOwner(ObjectNode owner, String usual) {
    ObjectNode metadata = (ObjectNode) owner.get("metadata");
    ArrayNode owners = metadata.putArray("ownerReferences");
    if (!chance(5)) {
      ObjectNode of =
          owner(
              owners,
              "apps/v1",
              chance(6) ? "Rollout" : usual,
              one(List.of("front", "back")) + random.nextInt(2));
      if (!chance(6)) {
        of.put("controller", true);
      }
    }
  }

  /** Gives an object other labels and annotations, except those with a meaning. */
  void relabel(ObjectNode object) {
    ObjectNode metadata = (ObjectNode) object.get("metadata");
    JsonNode service = metadata.at("/labels/kubernetes.io~1service-name");
    ObjectNode labels = metadata.putObject("labels").put(CLUSTER, cluster);
    if (service.isTextual()) {
      labels.set("kubernetes.io/service-name", service);
    }
    fill(labels, LABELS, () -> one(LABEL_VALUES));
    JsonNode ingressClass = metadata.at("/annotations/kubernetes.io~1ingress.class");
    ObjectNode annotations = metadata.putObject("annotations");
    if (ingressClass.isTextual()) {
      annotations.set("kubernetes.io/ingress.class", ingressClass);
    }
    fill(annotations, ANNOTATIONS, this::text);
  }

  private String text() {
    if (chance(40)) {
      return LONG;
    }
    return unprintable && chance(8) ? one(UNPRINTABLE) : one(TEXTS);
  }

  private void fill(ObjectNode map, List<String> names, Supplier<String> values) {
    for (int i = random.nextInt(4); i > 0; i--) {
      map.put(one(names), values.get());
    }
    if (chance(6)) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        map.put(one(SAME_NAMES), EITHER + random.nextInt(9));
      }
    }
  }

  private ObjectNode object(String version, String kind, String namespace, String name) {
    ObjectNode object = JSON.createObjectNode().put("apiVersion", version).put("kind", kind);
    ObjectNode metadata = object.putObject("metadata").put("name", name);
    if (!namespace.isEmpty()) {
      metadata.put("namespace", namespace);
    }
    relabel(object);
    return object;
  }

  private String node() {
    return chance(10) ? cluster + "-gone" : one(nodes);
  }

  private String address(boolean six) {
    int n = addresses++ % 200;
    if (six && chance(12)) {
      return UNUSUAL + Integer.toHexString(n + 17);
    }
    return six
        ? one(List.of("fd00::", "2001:db8:0:1::", "::")) + Integer.toHexString(n + 17)
        : "10." + random.nextInt(3) + "." + random.nextInt(3) + "." + (n + 1);
  }

  /** Returns true in one of {@code n} cases. */
  boolean chance(int n) {
    return random.nextInt(n) == 0;
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** Returns some of these, at least one, in their order. */
  <T> List<T> some(List<T> of) {
    List<T> some = new ArrayList<>(of);
    while (some.size() > 1 && chance(2)) {
      some.remove(random.nextInt(some.size()));
    }
    return some;
  }
}
