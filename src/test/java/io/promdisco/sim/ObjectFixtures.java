package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;

/** Objects for tests. */
public final class ObjectFixtures {
  private ObjectFixtures() {}

  public static ObjectNode pod(String namespace, String name) {
    ObjectNode pod = KubernetesJson.object();
    pod.put("apiVersion", "v1").put("kind", "Pod");
    pod.putObject("metadata").put("namespace", namespace).put("name", name);
    pod.putObject("spec").putArray("containers").addObject().put("name", "main");
    return pod;
  }

  public static ObjectNode node(String name) {
    ObjectNode node = KubernetesJson.object();
    node.put("apiVersion", "v1").put("kind", "Node");
    node.putObject("metadata").put("name", name);
    return node;
  }

  public static ObjectNode labelled(ObjectNode object, String... namesAndValues) {
    ObjectNode labels = KubernetesJson.child(KubernetesJson.child(object, "metadata"), "labels");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      labels.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }

  public static ObjectNode with(ObjectNode object, String section, String field, String value) {
    KubernetesJson.child(object, section).put(field, value);
    return object;
  }

  public static String name(JsonNode object) {
    return KubernetesJson.text(object, "metadata", "name");
  }

  public static String version(JsonNode object) {
    return KubernetesJson.text(object, "metadata", "resourceVersion");
  }
}
