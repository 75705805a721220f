package io.promdisco.providers.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;

class WatchErrorMessageTest {
  private static final WatchScope GOOD = new WatchScope("good", "", "");

  private static String reason(int code, String message, Resource<?> resource, WatchScope scope) {
    return WatchErrorMessage.of(new ApiException(code, "Why", message, null), resource, scope)
        .reason();
  }

  @Test
  void aForbiddenWatchNamesTheMissingRuleOfTheNamespace() {
    assertThat(reason(403, "pods is forbidden: User \"x\" cannot", Resource.PODS, GOOD))
        .isEqualTo(
            "403 Forbidden to list and watch pods in namespace \"good\": grant verbs [list, watch]"
                + " on resource \"pods\" in apiGroup \"\" (ClusterRole, or Role in namespace"
                + " \"good\"); the server says: pods is forbidden: User \"x\" cannot");
  }

  @Test
  void aForbiddenWatchOfTheWholeClusterNeedsAClusterRole() {
    assertThat(reason(403, "", Resource.ENDPOINT_SLICES, WatchScope.ALL))
        .isEqualTo(
            "403 Forbidden to list and watch endpointslices: grant verbs [list, watch] on resource"
                + " \"endpointslices\" in apiGroup \"discovery.k8s.io\" (ClusterRole)");
    assertThat(reason(403, "", Resource.NODES, GOOD)).endsWith("(ClusterRole)");
  }

  @Test
  void onlyAnAnswerByWhichTheServerWillStayIsARefusal() {
    for (int code : new int[] {400, 403, 404, 422}) {
      assertThat(WatchErrorMessage.isRefusal(reason(code, "", Resource.PODS, GOOD))).isTrue();
    }
    for (int code : new int[] {401, 408, 410, 429, 500, 503}) {
      assertThat(WatchErrorMessage.isRefusal(reason(code, "", Resource.PODS, GOOD))).isFalse();
    }
    assertThat(WatchErrorMessage.isRefusal("connection refused")).isFalse();
    assertThat(WatchErrorMessage.isRefusal("")).isFalse();
  }

  @Test
  void otherRefusalsSayWhatIsExpected() {
    assertThat(reason(401, "Unauthorized", Resource.PODS, WatchScope.ALL))
        .isEqualTo(
            "401 Unauthorized for pods: the token or client certificate is missing, wrong or"
                + " expired (expected: credentials that the API server knows); the server says:"
                + " Unauthorized");
    assertThat(reason(404, "", Resource.ENDPOINT_SLICES, WatchScope.ALL))
        .isEqualTo(
            "404 Not Found: the API server has no endpointslices in discovery.k8s.io/v1 (expected:"
                + " an API server that serves /apis/discovery.k8s.io/v1/endpointslices)");
    assertThat(reason(429, "slow down", Resource.PODS, WatchScope.ALL))
        .isEqualTo(
            "429 Too Many Requests for pods: the API server asks to wait; the server says: slow"
                + " down");
    assertThat(
            reason(500, "etcd", Resource.PODS, new WatchScope("", "app=web", "spec.nodeName=n1")))
        .isEqualTo(
            "500 Why for pods with labels app=web with fields spec.nodeName=n1; the server says:"
                + " etcd");
  }

  @Test
  void reasonIsOneLineOfLimitedLength() {
    String reason = reason(500, "first\n\tsecond " + "x".repeat(2_000), Resource.PODS, GOOD);
    assertThat(reason).contains("first second xxx").doesNotContain("\n").hasSizeLessThan(700);
  }

  @Test
  void otherFailuresKeepTheirMessages() {
    IOException refused =
        new IOException(
            "cannot connect to https://api:6443: connection refused", new ConnectException("x"));
    WatchErrorMessage problem = WatchErrorMessage.of(refused, Resource.PODS, GOOD);
    assertThat(problem)
        .isEqualTo(
            new WatchErrorMessage(
                "refused", "cannot connect to https://api:6443: connection refused"));
    assertThat(WatchErrorMessage.of(new IOException(), Resource.PODS, GOOD).reason())
        .isEqualTo("java.io.IOException");
    assertThat(WatchErrorMessage.of(new IllegalStateException("odd"), Resource.PODS, GOOD).reason())
        .isEqualTo("cannot process the response: java.lang.IllegalStateException: odd");
  }
}
