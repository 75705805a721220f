package io.promdisco.security;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.promdisco.Promdisco;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.scrape.PoolView;
import io.promdisco.testing.FakeServer;
import io.promdisco.util.PrintableText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** API servers that do what none does; each is well at first, so that there is a target to lose. */
@Timeout(120)
class HostileApiServerTest {
  private static final String GOOD = "http://10.0.0.1:80/metrics";
  private static final String JSON = "application/json";
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf;stream=watch";

  private final CountDownLatch attack = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger requests = new AtomicInteger();

  /** What the server sends when the attack begins, and to every later request. */
  private interface Attack {
    void send(OutputStream out) throws IOException;
  }

  @AfterEach
  void letGo() {
    attack.countDown();
    end.countDown();
  }

  private static String pod(String name, String version, String ip, String extra) {
    return ("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"n\","
            + "\"uid\":\"u-%s\",\"resourceVersion\":\"%s\"%s},\"spec\":{\"containers\":[{\"name\":\"c\","
            + "\"image\":\"i\",\"ports\":[{\"containerPort\":80}]}]},\"status\":{\"phase\":\"Running\","
            + "\"podIP\":\"%s\"}}")
        .formatted(name, name, version, extra, ip);
  }

  private static String event(String type, String object) {
    return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  private void serve(HttpExchange exchange, String type, Attack what) throws Exception {
    int number = requests.incrementAndGet();
    exchange.getResponseHeaders().set("Content-Type", number == 1 ? JSON : type);
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    if (number == 1) {
      write(out, event("ADDED", pod("good", "10", "10.0.0.1", "")));
      write(
          out,
          event(
              "BOOKMARK",
              "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"10\","
                  + "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}"));
      attack.await();
      if (!type.equals(JSON)) {
        return; // The next request gets the other type.
      }
    }
    what.send(out);
    out.flush();
    end.await();
  }

  private interface Check {
    void run(Promdisco promdisco) throws Exception;
  }

  private void attacked(String type, Attack what, Check check) throws Exception {
    try (FakeServer server = FakeServer.start(exchange -> serve(exchange, type, what));
        Promdisco promdisco = Promdisco.builder().sourceMemory(1 << 20).build()) {
      String config =
          "scrape_configs: [{job_name: a, kubernetes_sd_configs: [{role: pod, api_server: '%s'}]}]"
              .formatted(server.url());
      promdisco.apply(
          new ConfigLoader()
              .read("p.yml", config.getBytes(UTF_8), Path.of(""))
              .configuration()
              .get());
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(20))).isTrue();
      assertThat(urls(promdisco)).containsExactly(GOOD);
      attack.countDown();
      check.run(promdisco);
      assertThat(urls(promdisco)).contains(GOOD);
      end.countDown();
    }
  }

  private void failsWith(String type, Attack what, String message) throws Exception {
    attacked(
        type,
        what,
        promdisco ->
            eventually(
                () ->
                    assertThat(failures(promdisco))
                        .singleElement()
                        .asString()
                        .contains(message)
                        .matches(text -> text.length() < 1000)
                        .matches(text -> text.codePoints().noneMatch(PrintableText::isHidden))));
  }

  private static List<String> urls(Promdisco promdisco) {
    return promdisco.pools().stream()
        .map(PoolView::activeTargets)
        .flatMap(List::stream)
        .map(target -> target.scrapeUrl().toString())
        .sorted()
        .toList();
  }

  private static List<String> failures(Promdisco promdisco) {
    return promdisco.providers().stream()
        .map(ProviderStatus::failures)
        .flatMap(List::stream)
        .map(ProviderStatus.Failure::describe)
        .toList();
  }

  private static Attack endless(String begin, String repeated) {
    return out -> {
      write(out, begin);
      byte[] bytes = repeated.repeat(1000).getBytes(UTF_8);
      for (long sent = 0; sent < 200L << 20; sent += bytes.length) {
        out.write(bytes);
      }
    };
  }

  @Test
  void anObjectWithoutAnEndIsRefused() throws Exception {
    failsWith(
        JSON,
        endless("{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"name\":\"", "x"),
        "more than 16777216 bytes");
  }

  @Test
  void labelsWithoutAnEndAreRefused() throws Exception {
    failsWith(
        JSON,
        endless(
            "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"labels\":{",
            "\"k\":\"v\","),
        "more than 16777216 bytes");
  }

  @Test
  void aFrameThatClaimsGigabytesIsRefusedWithoutAllocatingThem() throws Exception {
    failsWith(
        PROTOBUF,
        out -> {
          out.write(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array());
          out.write(new byte[1000]);
        },
        "expected at most 16777216");
  }

  @Test
  void aListOfNewObjectsWithoutAnEndIsRefused() throws Exception {
    failsWith(
        JSON,
        out -> {
          for (int i = 0; i < 20_000; i++) {
            out.write(event("ADDED", pod("p" + i, "11", "10.0.0.2", "")).getBytes(UTF_8));
          }
        },
        "this source would take more than about 1 MiB of memory");
  }

  @Test
  void millionsOfLabelsOfOneObjectAreRefused() throws Exception {
    StringBuilder labels = new StringBuilder(",\"labels\":{");
    for (int i = 0; i < 500_000; i++) {
      labels.append("\"label_").append(i ^ 0x2aaaa).append("\":\"v\",");
    }
    String pod = pod("p", "11", "10.0.0.2", labels.append("\"z\":\"\"}").toString());
    failsWith(
        JSON,
        out -> write(out, event("ADDED", pod)),
        "this source would take more than about 1 MiB of memory");
  }

  @Test
  void eventsOfUnknownTypesAreNamed() throws Exception {
    String pod = pod("p", "11", "10.0.0.2", "");
    failsWith(JSON, out -> write(out, event("WEIRD\\u001b[31m\\n", pod)), "WEIRD\\x1b[31m");
  }

  @Test
  void aStatusWithHostileTextIsShownEscaped() throws Exception {
    String status =
        "{\"kind\":\"Status\",\"code\":500,\"reason\":\"\\u001b[31m\\nforged\",\"message\":\""
            + "x".repeat(100_000)
            + "\\u001b\"}";
    failsWith(JSON, out -> write(out, event("ERROR", status)), "500 \\x1b[31m\\nforged");
  }

  @Test
  void anOlderVersionOfAnObjectIsIgnored() throws Exception {
    attacked(
        JSON,
        out -> {
          write(
              out, event("MODIFIED", pod("good", "20", "10.0.0.1", ",\"labels\":{\"a\":\"20\"}")));
          write(out, event("MODIFIED", pod("good", "5", "10.9.9.9", "")));
          write(out, event("DELETED", pod("other", "4", "10.9.9.9", "")));
          write(out, event("ADDED", pod("new", "21", "10.0.0.3", "")));
        },
        promdisco ->
            eventually(
                () ->
                    assertThat(urls(promdisco))
                        .containsExactly(GOOD, "http://10.0.0.3:80/metrics")));
  }
}
