package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.offline.Json;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.Optional;

/** Finds the resource that an object or a URL speaks of. */
final class Kinds {
  private Kinds() {}

  static Optional<Resource<?>> find(String apiVersion, String kind) {
    for (Resource<?> resource : Resource.ALL) {
      if (resource.kind().equals(kind) && resource.apiVersion().equals(apiVersion)) {
        return Optional.of(resource);
      }
    }
    return Optional.empty();
  }

  static Optional<Resource<?>> find(JsonNode object) {
    return find(Json.text(object, "apiVersion"), Json.text(object, "kind"));
  }

  /** The resource of {@code object}, or 404. */
  static Resource<?> of(JsonNode object) {
    return find(object)
        .orElseThrow(
            () ->
                StatusException.of(
                    404,
                    "the server could not find the requested resource (kind "
                        + Json.text(object, "kind")
                        + " of "
                        + Json.text(object, "apiVersion")
                        + ")"));
  }

  static Optional<Resource<?>> byPlural(String group, String version, String plural) {
    for (Resource<?> resource : Resource.ALL) {
      if (resource.plural().equals(plural)
          && resource.group().equals(group)
          && resource.version().equals(version)) {
        return Optional.of(resource);
      }
    }
    return Optional.empty();
  }
}
