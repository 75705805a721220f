package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.offline.ResourceKinds;
import java.io.IOException;
import java.util.Set;

/** Handles writes and reads of single objects. */
final class WriteRequests {
  /** Kinds whose status is written only through {@code …/status}. */
  private static final Set<String> WITH_STATUS =
      Set.of("Pod", "Node", "Service", "Ingress", "Namespace", "ReplicaSet", "Job");

  private final SimCluster cluster;

  WriteRequests(SimCluster cluster) {
    this.cluster = cluster;
  }

  /** The object after the request, with the status 200 or 201. */
  record Result(int status, ObjectNode object) {}

  Result handle(Route route, HttpRequest request) {
    return switch (route.verb()) {
      case "get" -> new Result(200, get(route));
      case "create" -> new Result(201, cluster.create(created(route, body(route, request))));
      case "update" -> new Result(200, update(route, body(route, request)));
      case "delete" -> new Result(200, delete(route));
      default -> throw new IllegalStateException("verb: " + route.verb());
    };
  }

  private ObjectNode get(Route route) {
    return cluster
        .get(route.resource(), route.namespace(), route.name())
        .orElseThrow(() -> StatusException.notFound(route.resource(), route.name()));
  }

  /** Removes the status of a new object, except for nodes, which register with their status. */
  private static ObjectNode created(Route route, ObjectNode object) {
    String kind = route.resource().kind();
    if (WITH_STATUS.contains(kind) && !kind.equals("Node")) {
      object.remove("status");
      if (kind.equals("Namespace")) {
        object.putObject("status").put("phase", "Active");
      }
    }
    return object;
  }

  private ObjectNode update(Route route, ObjectNode object) {
    if (route.status()) {
      return cluster.updateStatus(object);
    }
    return WITH_STATUS.contains(route.resource().kind())
        ? cluster.updateAllButStatus(object)
        : cluster.update(object);
  }

  private ObjectNode delete(Route route) {
    ObjectNode last = cluster.delete(route.resource(), route.namespace(), route.name());
    ObjectNode status = KubernetesJson.object();
    status.put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Success");
    status
        .putObject("details")
        .put("name", route.name())
        .put("group", route.resource().group())
        .put("kind", route.resource().plural())
        .put("uid", KubernetesJson.text(last, "metadata", "uid"));
    return status;
  }

  private static ObjectNode body(Route route, HttpRequest request) {
    String type = request.header("content-type");
    if (!type.isEmpty() && !type.startsWith("application/json")) {
      throw StatusException.of(
          415, "the body of the request was in an unknown format: " + type + ", not JSON");
    }
    ObjectNode object = parsed(request.body());
    String kind = KubernetesJson.text(object, "kind");
    if (kind.isEmpty()) {
      object.put("kind", route.resource().kind()).put("apiVersion", route.resource().apiVersion());
    } else if (ResourceKinds.find(object).filter(route.resource()::equals).isEmpty()) {
      throw StatusException.badRequest(
          "the object is of kind " + kind + " (expected: " + route.resource().kind() + ")");
    }
    ObjectNode metadata = KubernetesJson.child(object, "metadata");
    if (route.resource().namespaced()) {
      agree(metadata, "namespace", route.namespace());
    }
    if (!route.name().isEmpty()) {
      agree(metadata, "name", route.name());
    }
    return object;
  }

  private static void agree(ObjectNode metadata, String field, String ofUrl) {
    String given = KubernetesJson.text(metadata, field);
    if (given.isEmpty()) {
      metadata.put(field, ofUrl);
    } else if (!given.equals(ofUrl)) {
      throw StatusException.badRequest(
          "metadata." + field + ": " + given + " (expected: " + ofUrl + ", as in the URL)");
    }
  }

  private static ObjectNode parsed(String body) {
    try {
      if (KubernetesJson.read(body) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      throw StatusException.badRequest("the body is not JSON: " + e.getMessage());
    }
    throw StatusException.badRequest("the body is not a JSON object");
  }
}
