package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import java.io.IOException;

/** Answers {@code SelfSubjectAccessReview} requests. */
final class AccessReviews {
  private static final String PATH = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

  private AccessReviews() {}

  static boolean isReview(HttpRequest request) {
    return request.method().equals("POST") && request.path().equals(PATH);
  }

  /**
   * Returns the review with its answer.
   *
   * @throws StatusException with code 400 if the request has no attributes
   */
  static ObjectNode answer(SimUsers users, String user, HttpRequest request) {
    JsonNode review;
    try {
      review = KubernetesJson.read(request.body());
    } catch (IOException e) {
      throw StatusException.badRequest("the body is not JSON: " + e.getMessage());
    }
    JsonNode asked = review.path("spec").path("resourceAttributes");
    if (!(review instanceof ObjectNode answer) || asked.path("resource").asText().isEmpty()) {
      throw StatusException.badRequest("spec.resourceAttributes.resource: Required value");
    }
    boolean allowed =
        users.allows(
            user,
            asked.path("verb").asText(),
            asked.path("resource").asText(),
            asked.path("namespace").asText());
    answer.putObject("status").put("allowed", allowed);
    return answer;
  }
}
