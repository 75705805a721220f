package io.promdisco.offline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.Optional;

/** Converts objects of API versions older than {@code v1} in place, as an API server does. */
final class OldApiVersions {
  private static final String ZONE = "topology.kubernetes.io/zone";

  /** The API group of most resources before they were moved. */
  private static final String MOVED = "extensions";

  private static final String HOST_NAME = "kubernetes.io/hostname";

  private OldApiVersions() {}

  /** Returns the resource with the kind and API group of {@code object}, in any version. */
  static Optional<Resource<?>> resource(JsonNode object) {
    String kind = KubernetesJson.text(object, "kind");
    String group = group(object);
    for (Resource<?> resource : Resource.ALL) {
      if (resource.kind().equals(kind) && isIn(group, resource)) {
        return Optional.of(resource);
      }
    }
    return Optional.empty();
  }

  private static String group(JsonNode object) {
    String apiVersion = KubernetesJson.text(object, "apiVersion");
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  private static boolean isIn(String group, Resource<?> resource) {
    boolean moved = group.equals(MOVED) && !resource.group().isEmpty();
    return resource.group().equals(group) || moved;
  }

  /**
   * A mistake in the kind or API group of an object.
   *
   * @param right the intended kind
   * @param problem for example {@code kind: pods (expected: Pod)}
   */
  record Misspelling(String right, String problem) {
    private static Misspelling ofKind(String kind, String right) {
      return new Misspelling(right, "kind: " + kind + " (expected: " + right + ")");
    }
  }

  /**
   * Returns what is wrong with the kind or API group of an object without {@link #resource}; empty
   * if it is of another kind. API groups that Kubernetes does not define may have a kind of the
   * same name.
   */
  static Optional<Misspelling> misspelling(JsonNode object) {
    String kind = KubernetesJson.text(object, "kind");
    String group = group(object);
    if (group.isEmpty() && kind.equalsIgnoreCase("List") && !kind.equals("List")) {
      return Optional.of(Misspelling.ofKind(kind, "List"));
    }
    for (Resource<?> resource : Resource.ALL) {
      boolean list = kind.equalsIgnoreCase(resource.kind() + "List");
      if (list || isNear(kind, resource)) {
        String right = resource.kind() + (list ? "List" : "");
        if (isIn(group, resource)) {
          return kind.equals(right)
              ? Optional.empty()
              : Optional.of(Misspelling.ofKind(kind, right));
        }
        if (group.equals(MOVED)
            || Resource.ALL.stream().anyMatch(any -> any.group().equals(group))) {
          return Optional.of(
              new Misspelling(
                  right,
                  "apiVersion: "
                      + KubernetesJson.text(object, "apiVersion")
                      + " (expected: "
                      + resource.apiVersion()
                      + ")"));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a kind differs only in case or number. */
  private static boolean isNear(String kind, Resource<?> resource) {
    return kind.equalsIgnoreCase(resource.kind())
        || kind.equalsIgnoreCase(resource.plural())
        || (kind + "s").equalsIgnoreCase(resource.plural());
  }

  /** Converts an object of {@link #resource}; returns whether its version is known. */
  static boolean convert(Resource<?> resource, ObjectNode object) {
    switch (resource.kind() + " " + KubernetesJson.text(object, "apiVersion")) {
      case "Ingress extensions/v1beta1", "Ingress networking.k8s.io/v1beta1" -> ingress(object);
      case "EndpointSlice discovery.k8s.io/v1beta1" -> {
        for (JsonNode endpoint : object.path("endpoints")) {
          if (endpoint instanceof ObjectNode fields) {
            endpoint(fields);
          }
        }
      }
      default -> {
        // Only the metadata of these is read, which is the same in every version.
        if (!resource.view().equals(MetadataView.class)) {
          return false;
        }
      }
    }
    object.put("apiVersion", resource.apiVersion());
    return true;
  }

  private static void ingress(ObjectNode ingress) {
    if (!(ingress.get("spec") instanceof ObjectNode spec)) {
      return;
    }
    JsonNode backend = spec.remove("backend");
    if (backend instanceof ObjectNode fields) {
      backend(fields);
      spec.set("defaultBackend", fields);
    }
    for (JsonNode rule : spec.path("rules")) {
      for (JsonNode path : rule.path("http").path("paths")) {
        if (path instanceof ObjectNode fields) {
          if (!fields.hasNonNull("pathType")) {
            fields.put("pathType", "ImplementationSpecific");
          }
          if (fields.get("backend") instanceof ObjectNode target) {
            backend(target);
          }
        }
      }
    }
  }

  private static void backend(ObjectNode backend) {
    JsonNode name = backend.remove("serviceName");
    JsonNode port = backend.remove("servicePort");
    if (name != null || port != null) {
      ObjectNode service = backend.putObject("service");
      service.put("name", name == null ? "" : name.asText());
      if (port != null) {
        service.putObject("port").set(port.isTextual() ? "name" : "number", port);
      }
    }
  }

  private static void endpoint(ObjectNode endpoint) {
    if (!(endpoint.remove("topology") instanceof ObjectNode topology)) {
      return;
    }
    JsonNode zone = topology.remove(ZONE);
    if (zone != null) {
      endpoint.set("zone", zone);
    }
    String node = KubernetesJson.text(endpoint, "nodeName");
    if (!node.isEmpty() && node.equals(KubernetesJson.text(topology, HOST_NAME))) {
      topology.remove(HOST_NAME);
    }
    if (!topology.isEmpty()) {
      endpoint.set("deprecatedTopology", topology);
    }
  }
}
