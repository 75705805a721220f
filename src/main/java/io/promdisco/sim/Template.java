package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.Json;
import io.promdisco.offline.Manifests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;

/** An object in YAML with placeholders, among the resources. */
final class Template {
  private String yaml;

  /** Reads {@code template/NAME.yaml}. */
  Template(String name) {
    String resource = "template/" + name + ".yaml";
    try (InputStream in =
        Objects.requireNonNull(Template.class.getResourceAsStream(resource), resource)) {
      yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces <code>${name}</code>. */
  Template with(String name, Object value) {
    yaml = yaml.replace("${" + name + "}", value.toString());
    return this;
  }

  /** Returns the object; its uid, and those of its owners, follow from kind, namespace and name. */
  ObjectNode object() {
    ObjectNode object = Manifests.object(yaml);
    setUids(object);
    return object;
  }

  /** Sets the uid of an object and those of its owners. */
  static void setUids(ObjectNode object) {
    ObjectNode metadata = Json.child(object, "metadata");
    String namespace = Json.text(metadata, "namespace");
    metadata.put("uid", uid(Json.text(object, "kind"), namespace, Json.text(metadata, "name")));
    for (JsonNode owner : metadata.path("ownerReferences")) {
      ((ObjectNode) owner)
          .put("uid", uid(Json.text(owner, "kind"), namespace, Json.text(owner, "name")));
    }
  }

  private static String uid(String kind, String namespace, String name) {
    String path = kind + "/" + namespace + "/" + name;
    return UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
