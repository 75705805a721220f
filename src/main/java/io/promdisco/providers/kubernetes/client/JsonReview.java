package io.promdisco.providers.kubernetes.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;
import java.net.URI;

/** A {@code SelfSubjectAccessReview} and the server's answer to it. */
final class JsonReview {
  private JsonReview() {}

  static String question(String verb, Resource<?> resource, String namespace) {
    ObjectNode review = JsonNodeFactory.instance.objectNode();
    review.put("apiVersion", "authorization.k8s.io/v1").put("kind", "SelfSubjectAccessReview");
    ObjectNode attributes = review.putObject("spec").putObject("resourceAttributes");
    attributes.put("verb", verb).put("group", resource.group()).put("resource", resource.plural());
    if (!namespace.isEmpty()) {
      attributes.put("namespace", namespace);
    }
    return review.toString();
  }

  static boolean allowed(byte[] answer, URI uri) throws IOException {
    JsonNode allowed = new ObjectMapper().readTree(answer).path("status").path("allowed");
    if (!allowed.isBoolean()) {
      throw new IOException(uri + ": no answer (expected: status.allowed of an access review)");
    }
    return allowed.booleanValue();
  }
}
