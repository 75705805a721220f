package io.promdisco.offline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.providers.kubernetes.object.Resource;

/** Sets the defaults of an API server, as far as discovery or a field selector can see them. */
public final class ApiServerDefaults {
  private ApiServerDefaults() {}

  /** Sets the defaults. */
  public static void apply(Resource<?> resource, ObjectNode object) {
    ObjectNode metadata = KubernetesJson.child(object, "metadata");
    if (resource.namespaced()) {
      setIfEmpty(metadata, "namespace", "default");
    } else {
      metadata.remove("namespace");
    }
    switch (resource.kind()) {
      case "Pod" -> pod(object);
      case "Service" -> {
        ObjectNode spec = KubernetesJson.child(object, "spec");
        setIfEmpty(spec, "type", "ClusterIP");
        ports(spec.path("ports"));
      }
      case "Endpoints" -> {
        for (JsonNode subset : object.path("subsets")) {
          ports(subset.path("ports"));
        }
      }
      case "EndpointSlice" -> {
        for (JsonNode port : object.path("ports")) {
          if (port instanceof ObjectNode there && !there.hasNonNull("name")) {
            there.put("name", "");
          }
        }
        ports(object.path("ports"));
      }
      case "Namespace" ->
          KubernetesJson.child(metadata, "labels")
              .put("kubernetes.io/metadata.name", KubernetesJson.text(metadata, "name"));
      default -> {}
    }
  }

  private static void pod(ObjectNode pod) {
    ObjectNode spec = KubernetesJson.child(pod, "spec");
    setIfEmpty(spec, "restartPolicy", "Always");
    setIfEmpty(spec, "schedulerName", "default-scheduler");
    for (JsonNode container : spec.path("containers")) {
      ports(container.path("ports"));
    }
    for (JsonNode container : spec.path("initContainers")) {
      ports(container.path("ports"));
    }
    ObjectNode status = KubernetesJson.child(pod, "status");
    // The server sets it only for a new pod; a later write of the status can remove it.
    boolean isNew = KubernetesJson.text(pod, "metadata", "creationTimestamp").isEmpty();
    if (isNew && !status.hasNonNull("phase")) {
      status.put("phase", "Pending");
    }
  }

  private static void ports(JsonNode ports) {
    for (JsonNode port : ports) {
      if (port instanceof ObjectNode there) {
        setIfEmpty(there, "protocol", "TCP");
      }
    }
  }

  private static void setIfEmpty(ObjectNode object, String name, String value) {
    if (KubernetesJson.text(object, name).isEmpty()) {
      object.put(name, value);
    }
  }
}
