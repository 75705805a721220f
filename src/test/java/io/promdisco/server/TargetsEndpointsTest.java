package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.discovery.JobStatus;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TargetsEndpointsTest extends ServerTestCase {
  TargetsEndpointsTest() throws IOException {}

  @BeforeEach
  void discover() {
    backend.discover("shop", Labels.of("__meta_pod", "web"), "10.0.0.1:80", "10.0.0.2:80");
    backend.discover("ops/nodes/0", Labels.of("__meta_drop", "yes"), "10.0.0.9:9100");
  }

  @Test
  void targetsAreThoseOfPrometheusDocument() throws Exception {
    HttpResponse<String> answer = get("/api/v1/targets");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    JsonNode document = parse(answer.body());
    assertThat(document.at("/status").asText()).isEqualTo("success");
    assertThat(document.at("/data/activeTargets")).hasSize(2);
    assertThat(document.at("/data/activeTargets/0/scrapeUrl").asText())
        .isEqualTo("http://10.0.0.1:80/metrics");
    assertThat(document.at("/data/activeTargets/0/labels/pod").asText()).isEqualTo("web");
    assertThat(document.at("/data/droppedTargets")).hasSize(1);
    assertThat(document.at("/data/droppedTargetCounts/ops~1nodes~10").asInt()).isEqualTo(1);
  }

  @Test
  void aSourceThatFailsIsAWarning() throws Exception {
    assertThat(json("/api/v1/targets").has("warnings")).isFalse();
    backend.providers.add(
        FakeBackend.provider(
            "kubernetes/0",
            true,
            true,
            new ProviderStatus.Failure(
                "https://10.0.0.1:6443 pods",
                "connection refused",
                Instant.parse("2026-11-21T12:00:00.5Z"),
                Instant.parse("2026-11-21T12:00:03.2Z"))));
    JsonNode document = json("/api/v1/targets");
    assertThat(document.at("/status").asText()).isEqualTo("success");
    assertThat(document.at("/data/activeTargets")).hasSize(2);
    assertThat(document.at("/warnings"))
        .singleElement()
        .extracting(JsonNode::asText)
        .isEqualTo(
            "https://10.0.0.1:6443 pods: connection refused"
                + " (since 2026-11-21T12:00:00Z, next try 2026-11-21T12:00:03Z)");
  }

  @Test
  void anIncompleteJobIsAWarningAlsoIfItBecomesCompleteWhileItIsRead() throws Exception {
    backend.set(
        FakeBackend.incomplete("shop", 1, new JobStatus.Missing("kubernetes/0", "pods: no route")));
    String warning = "incomplete: job shop: kubernetes/0: pods: no route";
    for (Runnable meanwhile :
        List.<Runnable>of(
            () -> {},
            () -> backend.set(FakeBackend.complete("shop", 1)),
            () ->
                backend.set(
                    FakeBackend.incomplete(
                        "shop", 2, new JobStatus.Missing("kubernetes/0", "pods: no route"))))) {
      backend.beforePools = meanwhile;
      HttpResponse<String> answer = get("/api/v1/targets");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(parse(answer.body()).at("/warnings"))
          .extracting(JsonNode::asText)
          .containsExactly(warning);
    }
    backend.beforePools = () -> {};
    backend.set(FakeBackend.complete("shop", 3));
    assertThat(json("/api/v1/targets").has("warnings")).isFalse();
  }

  @Test
  void stateAndPoolSelectTargets() throws Exception {
    assertThat(json("/api/v1/targets?state=active").at("/data/droppedTargets")).isEmpty();
    assertThat(json("/api/v1/targets?state=dropped").at("/data/activeTargets")).isEmpty();
    assertThat(json("/api/v1/targets?state=dropped").at("/data/droppedTargets")).hasSize(1);
    assertThat(json("/api/v1/targets?scrapePool=ops%2Fnodes%2F0").at("/data/activeTargets"))
        .isEmpty();
    assertThat(json("/api/v1/targets?scrapePool=shop").at("/data/activeTargets")).hasSize(2);
  }

  @Test
  void scrapePoolsAreTheJobsInTheirOrder() throws Exception {
    assertThat(get("/api/v1/scrape_pools").body())
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"scrapePools\":[\"shop\",\"ops/nodes/0\"]}}");
    assertThat(get("/http-sd").body()).isEqualTo("[\"shop\",\"ops/nodes/0\"]");
  }

  @Test
  void httpSdGivesDiscoveredLabelsWithTheAddressAsTarget() throws Exception {
    HttpResponse<String> answer = get("/http-sd/shop");
    assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    JsonNode groups = parse(answer.body());
    assertThat(groups).hasSize(1);
    assertThat(groups.at("/0/targets").toString()).isEqualTo("[\"10.0.0.1:80\",\"10.0.0.2:80\"]");
    assertThat(groups.at("/0/labels/__meta_pod").asText()).isEqualTo("web");
    assertThat(groups.at("/0/labels/job").asText()).isEqualTo("shop");
    assertThat(groups.at("/0/labels").has("__address__")).isFalse();
    assertThat(groups.at("/0/labels").has("pod")).isFalse();
  }

  @Test
  void httpSdGivesFinalLabelsWhenAsked() throws Exception {
    JsonNode groups = json("/http-sd/shop?relabeled=true");
    assertThat(groups.at("/0/targets")).hasSize(2);
    assertThat(groups.at("/0/labels/pod").asText()).isEqualTo("web");
    assertThat(groups.at("/0/labels").has("__meta_pod")).isFalse();
  }

  @Test
  void targetsOfUnequalLabelsAreGroupsOfTheirOwn() throws Exception {
    backend.discover(
        "shop",
        new TargetGroup(
            "0",
            List.of(
                Labels.of("__address__", "a:1", "__meta_pod", "a"),
                Labels.of("__address__", "b:1", "__meta_pod", "b")),
            Labels.EMPTY));
    JsonNode groups = json("/http-sd/shop");
    assertThat(groups).hasSize(2);
    assertThat(groups.at("/0/targets/0").asText()).isEqualTo("a:1");
    assertThat(groups.at("/0/labels/__meta_pod").asText()).isEqualTo("a");
    assertThat(groups.at("/1/targets/0").asText()).isEqualTo("b:1");
    assertThat(groups.at("/1/labels/__meta_pod").asText()).isEqualTo("b");
  }

  @Test
  void jobNamesWithSlashesAreFoundPlainAndEscaped() throws Exception {
    backend.configure("a/b/0", "c//d", "100% é");
    for (String path : new String[] {"a/b/0", "a%2Fb%2F0", "c//d", "c%2F%2Fd", "100%25%20%C3%A9"}) {
      assertThat(get("/http-sd/" + path).statusCode()).as(path).isEqualTo(200);
    }
  }

  @Test
  void unknownJobAndBadFlagAreRefused() throws Exception {
    HttpResponse<String> unknown = get("/http-sd/shpo");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("job: shpo (expected one that /http-sd lists)\n");
    HttpResponse<String> flag = get("/http-sd/shop?relabeled=1");
    assertThat(flag.statusCode()).isEqualTo(400);
    assertThat(flag.body()).isEqualTo("relabeled: 1 (expected true or false)\n");
  }

  @Test
  void everyWordOfASearchMustOccur() throws Exception {
    assertThat(json("/api/v1/discovery/targets").at("/data/total").asInt()).isEqualTo(2);
    JsonNode found = json("/api/v1/discovery/targets?q=POD%3Dweb+10.0.0.2&scrapePool=shop");
    assertThat(found.at("/data/total").asInt()).isEqualTo(1);
    assertThat(found.at("/data/targets/0/labels/instance").asText()).isEqualTo("10.0.0.2:80");
    assertThat(found.at("/data/targets/0/scrapePool").asText()).isEqualTo("shop");
    assertThat(json("/api/v1/discovery/targets?q=web+absent").at("/data/total").asInt()).isZero();
    assertThat(json("/api/v1/discovery/targets?scrapePool=other").at("/data/total").asInt())
        .isZero();
  }

  @Test
  void searchCountsAllButShowsAtMostTheLimit() throws Exception {
    JsonNode found = json("/api/v1/discovery/targets?limit=1").at("/data");
    assertThat(found.at("/total").asInt()).isEqualTo(2);
    assertThat(found.at("/targets")).hasSize(1);
    for (String limit : new String[] {"0", "1001", "many"}) {
      HttpResponse<String> answer = get("/api/v1/discovery/targets?limit=" + limit);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(parse(answer.body()).at("/error").asText())
          .isEqualTo("limit: " + limit + " (expected 1 to 1000)");
    }
  }

  @Test
  void searchReadsEveryStateByPages() throws Exception {
    backend.discover(
        "shop",
        new TargetGroup(
            "0",
            List.of(
                Labels.of("__address__", "a:1", "__meta_pod", "Web-1"),
                Labels.of("__address__", "b:1", "__meta_pod", "web-2", "__meta_drop", "yes"),
                Labels.of("__address__", "c/d", "__meta_pod", "web-3"),
                Labels.of("__address__", "e:1", "__meta_pod", "web-4")),
            Labels.of("__meta_zone", "north")));
    assertThat(search("state=any&q=ZONE%3Dno").at("/total").asInt()).isEqualTo(4);
    assertThat(search("state=any&q=ZONE%3Dorth").at("/total").asInt()).isZero();
    assertThat(search("state=any&q=web+pod").at("/total").asInt()).isEqualTo(4);

    JsonNode page = search("state=any&q=web&offset=1&limit=2");
    assertThat(page.at("/total").asInt()).isEqualTo(4);
    assertThat(page.at("/targets")).hasSize(2);
    assertThat(page.at("/targets/0/state").asText()).isEqualTo("active");
    assertThat(page.at("/targets/0/labels/pod").asText()).isEqualTo("web-4");
    assertThat(page.at("/targets/1/state").asText()).isEqualTo("dropped");
    assertThat(page.at("/targets/1/discoveredLabels/__meta_pod").asText()).isEqualTo("web-2");

    JsonNode failed = search("state=failed").at("/targets/0");
    assertThat(failed.at("/error").asText())
        .isEqualTo("instance 2 in group 0: \"c/d\" is not a valid hostname");
    assertThat(search("state=dropped&offset=5").at("/targets")).isEmpty();
    assertThat(search("offset=1&limit=5").at("/targets")).hasSize(1);
    for (String wrong : new String[] {"state=up", "offset=-1", "offset=x"}) {
      assertThat(get("/api/v1/discovery/targets?" + wrong).statusCode()).isEqualTo(400);
    }
  }

  private JsonNode search(String parameters) throws Exception {
    return json("/api/v1/discovery/targets?" + parameters).at("/data");
  }

  @Test
  void searchShowsAChangeImmediatelyOrAMomentLater() throws Exception {
    assertThat(search("q=10.0.0.9").at("/total").asInt()).isZero();
    backend.discover("shop", Labels.EMPTY, "10.0.0.9:80");
    eventually(() -> assertThat(search("q=10.0.0.9").at("/total").asInt()).isEqualTo(1));
  }

  @Test
  void relabelStepsFollowLabelsThroughTheRules() throws Exception {
    String kept = "/api/v1/targets/relabel_steps?scrapePool=shop&labels=";
    JsonNode steps =
        json(kept + encoded("{\"__address__\":\"a:1\",\"__meta_pod\":\"web\"}")).at("/data/steps");
    assertThat(steps).hasSize(2);
    assertThat(steps.at("/0/rule/action").asText()).isEqualTo("drop");
    assertThat(steps.at("/0/rule/source_labels/0").asText()).isEqualTo("__meta_drop");
    assertThat(steps.at("/0/keep").asBoolean()).isTrue();
    assertThat(steps.at("/1/rule/target_label").asText()).isEqualTo("pod");
    assertThat(steps.at("/1/output/pod").asText()).isEqualTo("web");

    JsonNode dropped = json(kept + encoded("{\"__meta_drop\":\"yes\"}")).at("/data/steps");
    assertThat(dropped).hasSize(1);
    assertThat(dropped.at("/0/keep").asBoolean()).isFalse();
    assertThat(dropped.at("/0/output")).isEmpty();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void relabelStepsOfNothingAreRefused() throws Exception {
    String path = "/api/v1/targets/relabel_steps";
    assertThat(json(path).at("/error").asText()).isEqualTo("no scrapePool parameter provided");
    assertThat(json(path + "?scrapePool=shop").at("/error").asText())
        .isEqualTo("no labels parameter provided");
    assertThat(json(path + "?scrapePool=none&labels=%7B%7D").at("/error").asText())
        .isEqualTo("scrape pool none not found");
    for (String wrong : new String[] {"[]", "{\"a\":1}", "{\"a\":\"b\"", "x", "{} {}"}) {
      HttpResponse<String> answer = get(path + "?scrapePool=shop&labels=" + encoded(wrong));
      assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
      assertThat(answer.body()).as(wrong).contains("\"error\":\"labels: ");
    }
  }

  @Test
  void oddLabelValuesArriveWhole() throws Exception {
    String odd = "<script>alert(\"1\")</script>\u2028é\uD83D\uDE00";
    backend.discover("shop", Labels.of("__meta_pod", odd), "10.0.0.1:80");
    assertThat(json("/http-sd/shop").at("/0/labels/__meta_pod").asText()).isEqualTo(odd);
    assertThat(json("/api/v1/discovery/targets").at("/data/targets/0/labels/pod").asText())
        .isEqualTo(odd);
  }
}
