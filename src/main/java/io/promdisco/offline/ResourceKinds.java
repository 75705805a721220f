package io.promdisco.offline;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.Optional;

/** Finds the resource of an object. */
public final class ResourceKinds {
  private ResourceKinds() {}

  /** Returns the resource with the API version and kind of {@code object}. */
  public static Optional<Resource<?>> find(JsonNode object) {
    String apiVersion = KubernetesJson.text(object, "apiVersion");
    String kind = KubernetesJson.text(object, "kind");
    for (Resource<?> resource : Resource.ALL) {
      if (resource.kind().equals(kind) && resource.apiVersion().equals(apiVersion)) {
        return Optional.of(resource);
      }
    }
    return Optional.empty();
  }
}
