package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.Promdisco;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.discovery.JobStatus;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.scrape.Target;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HttpSdTest extends ServerTestCase {
  private static final JobStatus.Missing MISSING =
      new JobStatus.Missing("kubernetes/0", "https://c:6443 pods: no route");

  HttpSdTest() throws IOException {}

  @Test
  void whatIsKnownIsNotSentAgainUntilItChanges() throws Exception {
    backend.discover("shop", Labels.of("__meta_pod", "a"), "1.1.1.1:80");
    HttpResponse<String> first = get("/http-sd/shop");
    String tag = header(first, "ETag");
    assertThat(tag).matches("\"[0-9a-f]+\"");
    assertThat(header(first, "Cache-Control")).isEqualTo("no-cache");

    HttpResponse<String> known = get("/http-sd/shop", "If-None-Match", "\"other\", W/" + tag);
    assertThat(known.statusCode()).isEqualTo(304);
    assertThat(known.body()).isEmpty();
    assertThat(header(known, "ETag")).isEqualTo(tag);
    assertThat(header(get("/http-sd/shop?relabeled=true"), "ETag")).isNotEqualTo(tag);

    // No rule reads this discovered label: the target stays equal, but the answer changes.
    backend.discover("shop", Labels.of("__meta_pod", "a", "__meta_x", "y"), "1.1.1.1:80");
    HttpResponse<String> changed = get("/http-sd/shop", "If-None-Match", tag);
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.body()).contains("\"__meta_x\":\"y\"");
  }

  @Test
  void aLargeAnswerHoldsForAMomentAndASmallOneDoesNot() throws Exception {
    AtomicLong now =
        new AtomicLong(Long.MAX_VALUE); // the clock may overflow: its start is arbitrary
    HttpSdAnswers answers = new HttpSdAnswers(now::get);
    for (int size : new int[] {10, 300_000}) {
      backend.discover("shop", Labels.of("__meta_x", "x".repeat(size)), "1.1.1.1:80");
      now.addAndGet(HttpSdAnswers.LARGE_HOLDS.toNanos());
      byte[] first = answers.of(backend, "shop", false).plain();
      assertThat(first.length).isGreaterThan(size);

      backend.discover("shop", Labels.of("__meta_x", "y".repeat(size)), "1.1.1.1:80");
      now.addAndGet(HttpSdAnswers.LARGE_HOLDS.toNanos() - 1);
      byte[] soon = answers.of(backend, "shop", false).plain();
      now.addAndGet(1);
      byte[] later = answers.of(backend, "shop", false).plain();
      assertThat(later).isNotEqualTo(first);
      assertThat(soon).isEqualTo(size > 10 ? first : later);
    }
  }

  @Test
  void anIncompleteJobIsRefusedInEveryFormAndTheOthersAreNot() throws Exception {
    backend.discover("shop", Labels.EMPTY, "1.1.1.1:80");
    String tag = header(get("/http-sd/shop"), "ETag");
    backend.set(FakeBackend.incomplete("shop", 1, MISSING));
    for (String query : List.of("", "?relabeled=true", "?relabeled=false", "/")) {
      HttpResponse<String> answer = get("/http-sd/shop" + query);
      assertThat(answer.statusCode()).as(query).isEqualTo(503);
      assertThat(answer.body())
          .isEqualTo("incomplete: job shop: kubernetes/0: https://c:6443 pods: no route\n");
      assertThat(header(answer, "Retry-After")).isEqualTo("2");
      assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
    }
    assertThat(send("HEAD", "/http-sd/shop").statusCode()).isEqualTo(503);
    assertThat(get("/http-sd/shop", "If-None-Match", tag).statusCode()).isEqualTo(503);
    assertThat(get("/http-sd/shop", "If-None-Match", "*").statusCode()).isEqualTo(503);
    assertThat(get("/http-sd/shop", "Accept-Encoding", "gzip").statusCode()).isEqualTo(503);
    assertThat(get("/http-sd/ops%2Fnodes%2F0").statusCode()).isEqualTo(200);
    assertThat(get("/http-sd/nobody").statusCode()).isEqualTo(404);

    backend.set(FakeBackend.complete("shop", 1));
    assertThat(get("/http-sd/shop").body()).contains("1.1.1.1:80");
  }

  @Test
  void anAnswerThatIsMadeWhileTheConfigurationChangesIsNotSent() throws Exception {
    backend.discover("shop", Labels.EMPTY, "1.1.1.1:80");
    backend.beforePools = () -> backend.set(FakeBackend.incomplete("shop", 1, MISSING));
    assertThat(get("/http-sd/shop").statusCode()).isEqualTo(503);

    // The sources change once more, and have delivered by the time the answer is ready.
    backend.set(FakeBackend.complete("shop", 2));
    AtomicInteger looks = new AtomicInteger();
    backend.beforePools =
        () -> {
          if (looks.getAndIncrement() == 0) {
            backend.set(FakeBackend.complete("shop", 3));
          }
        };
    assertThat(get("/http-sd/shop").statusCode()).isEqualTo(200);
    assertThat(looks).hasValue(2);

    backend.beforePools = () -> backend.configure("ops/nodes/0"); // The job is removed.
    assertThat(get("/http-sd/shop").statusCode()).isEqualTo(404);
  }

  @Test
  void aLargeAnswerIsNotReusedAfterAChangeOfTheSources() throws Exception {
    HttpSdAnswers answers = new HttpSdAnswers(() -> 0);
    backend.discover("shop", Labels.of("__meta_x", "x".repeat(300_000)), "1.1.1.1:80");
    byte[] before = answers.of(backend, "shop", false).plain();
    backend.discover("shop", Labels.of("__meta_x", "y".repeat(300_000)), "1.1.1.1:80");
    assertThat(answers.of(backend, "shop", false).plain()).isEqualTo(before);
    backend.set(FakeBackend.complete("shop", 1));
    assertThat(answers.of(backend, "shop", false).plain()).isNotEqualTo(before);
  }

  @Test
  void aJobThatWentAndCameBackIsNotTheOneBefore() throws Exception {
    backend.discover("shop", Labels.EMPTY, "1.1.1.1:80");
    assertThat(get("/http-sd/shop").body()).contains("1.1.1.1:80");
    backend.configure("ops/nodes/0");
    assertThat(get("/http-sd/shop").statusCode()).isEqualTo(404);
    backend.configure("shop");
    backend.discover("shop", Labels.EMPTY, "2.2.2.2:80");
    assertThat(get("/http-sd/shop").body()).contains("2.2.2.2:80").doesNotContain("1.1.1.1");
  }

  @Test
  void returnsGzipWhenTheClientAcceptsIt() throws Exception {
    backend.discover("shop", Labels.of("__meta_pod", "a"), "1.1.1.1:80");
    String plain = get("/http-sd/shop").body();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + "/http-sd/shop"))
            .header("Accept-Encoding", "br, gzip;q=0.5")
            .build();
    HttpResponse<byte[]> zipped = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(zipped.headers().firstValue("Vary")).contains("Accept-Encoding");
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain);
    }
    String tag = zipped.headers().firstValue("ETag").orElseThrow();
    assertThat(get("/http-sd/shop", "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(get("/http-sd/shop", "Accept-Encoding", "gzip;q=0, br").body()).isEqualTo(plain);
  }

  @Test
  void targetsOfEqualLabelsShareAGroupEvenApart() throws Exception {
    backend.discover(
        "shop",
        new TargetGroup(
            "0",
            List.of(
                Labels.of("__address__", "a:1", "__meta_pod", "x"),
                Labels.of("__address__", "b:1", "__meta_pod", "y"),
                Labels.of("__address__", "c:1", "__meta_pod", "x")),
            Labels.EMPTY));
    assertThat(json("/http-sd/shop")).hasSize(2);
    assertThat(json("/http-sd/shop").at("/0/targets").toString()).isEqualTo("[\"a:1\",\"c:1\"]");
  }

  @Test
  void aReaderOverHttpHasTheTargetsOfADirectDiscovery() throws Exception {
    backend.discover("shop", Labels.of("__meta_pod", "a"), "1.1.1.1:80", "1.1.1.2:80");
    String config =
        """
        scrape_configs:
        - job_name: shop
          http_sd_configs: [{url: '%s/http-sd/shop', refresh_interval: 1s}]
          relabel_configs:
          - {source_labels: [__meta_drop], regex: 'yes', action: drop}
          - {source_labels: [__meta_pod], target_label: pod}
        """
            .formatted(server.url());
    try (Promdisco reader = Promdisco.builder().build()) {
      reader.apply(
          new ConfigLoader()
              .read("reader.yml", config.getBytes(StandardCharsets.UTF_8), Path.of(""))
              .configuration()
              .orElseThrow());
      assertThat(reader.awaitSynced(Duration.ofSeconds(20))).isTrue();
      assertSame(reader);
      backend.discover("shop", Labels.of("__meta_pod", "b"), "1.1.1.2:80", "1.1.1.3:80");
      eventually(() -> assertSame(reader));
    }
  }

  private void assertSame(Promdisco reader) {
    List<Target> direct = backend.pools().get(0).activeTargets();
    assertThat(direct).hasSize(2);
    assertThat(reader.pool("shop").orElseThrow().activeTargets())
        .extracting(Target::id, Target::labels, Target::scrapeUrl)
        .containsExactlyElementsOf(
            direct.stream().map(t -> Tuple.tuple(t.id(), t.labels(), t.scrapeUrl())).toList());
  }

  @Test
  void everyJobIsReachedWhateverItsName() throws Exception {
    for (String name :
        List.of("a\\b", "c/d", "e%f", "x;y?#z", "\u00e9 \u00fc", "tab\tname", "..")) {
      backend.configure(name);
      backend.set(FakeBackend.complete(name, 1));
      String path = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
      assertThat(get("/http-sd/" + path).statusCode()).as(name).isEqualTo(200);
    }
  }
}
