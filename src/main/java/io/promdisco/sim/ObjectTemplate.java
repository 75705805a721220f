package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.offline.ManifestReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;

/** An object as YAML with placeholders, in the resources of the jar. */
final class ObjectTemplate {
  private String yaml;

  /** Reads {@code template/NAME.yaml}. */
  ObjectTemplate(String name) {
    String resource = "template/" + name + ".yaml";
    try (InputStream in =
        Objects.requireNonNull(ObjectTemplate.class.getResourceAsStream(resource), resource)) {
      yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces <code>${name}</code>. */
  ObjectTemplate with(String name, Object value) {
    yaml = yaml.replace("${" + name + "}", value.toString());
    return this;
  }

  /**
   * Returns the object. Its uid, and those of its owners, are computed from kind, namespace and
   * name.
   */
  ObjectNode object() {
    ObjectNode object = ManifestReader.object(yaml);
    setUids(object);
    return object;
  }

  /** Sets the uid of an object and those of its owners. */
  static void setUids(ObjectNode object) {
    ObjectNode metadata = KubernetesJson.child(object, "metadata");
    String namespace = KubernetesJson.text(metadata, "namespace");
    metadata.put(
        "uid",
        uid(KubernetesJson.text(object, "kind"), namespace, KubernetesJson.text(metadata, "name")));
    for (JsonNode owner : metadata.path("ownerReferences")) {
      ((ObjectNode) owner)
          .put(
              "uid",
              uid(
                  KubernetesJson.text(owner, "kind"),
                  namespace,
                  KubernetesJson.text(owner, "name")));
    }
  }

  private static String uid(String kind, String namespace, String name) {
    String path = kind + "/" + namespace + "/" + name;
    return UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
