package io.promdisco.security;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * All attacks at once on {@code serve} in a process with 256 MB of heap. Whoever may ask is
 * answered, no target is lost and a change comes through. With {@code -Dpromdisco.attack.strict}
 * each answer and the change must come within a second, for which the machine must be free; without
 * it, half of the answers must.
 */
@Timeout(180)
final class UnderAttackTest {
  private static final boolean STRICT = System.getProperty("promdisco.attack.strict") != null;
  private static final Duration LASTS =
      Duration.ofSeconds(Integer.getInteger("promdisco.attack.seconds", 12));
  private static final long WITHIN_MILLIS = 1000;
  private static final int TARGETS = 20_000;
  private static final Pattern LISTENS =
      Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");
  private static final String FRIEND = basic("anna:secret");

  @TempDir private Path folder = Path.of("");
  private final HttpClient client = HttpClient.newHttpClient();
  private int port;

  private static List<Attack> attacks() {
    return List.of(
        WebAttacks.searches(6), WebAttacks.unreadAnswers(62), WebAttacks.wrongPasswords(16));
  }

  private static String basic(String credentials) {
    return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
  }

  private static String hash(String password) {
    return BCrypt.withDefaults().hashToString(10, password.toCharArray());
  }

  private String configuration(List<Attack> attacks) throws IOException {
    String groups =
        IntStream.range(0, TARGETS / 100)
            .mapToObj(
                group ->
                    "{\"targets\":["
                        + IntStream.range(0, 100)
                            .mapToObj(i -> "\"h" + group + "-" + i + ":80\"")
                            .collect(Collectors.joining(","))
                        + "],\"labels\":{\"a\":\"b"
                        + group
                        + "\",\"c\":\""
                        + "d".repeat(200)
                        + "\"}}")
            .collect(Collectors.joining(","));
    Files.writeString(folder.resolve("many.json"), "[" + groups + "]");
    shop("one:80");
    StringBuilder jobs =
        new StringBuilder(
            """
            scrape_configs:
            - job_name: many
              file_sd_configs: [{files: [many.json]}]
            - job_name: shop
              file_sd_configs: [{files: [shop.json]}]
            """);
    for (Attack attack : attacks) {
      jobs.append(attack.jobs(folder));
    }
    Files.writeString(
        folder.resolve("web.yml"), "basic_auth_users: {anna: '" + hash("secret") + "'}\n");
    return Files.writeString(folder.resolve("p.yml"), jobs).toString();
  }

  private void shop(String address) throws IOException {
    Path written =
        Files.writeString(folder.resolve("new"), "[{\"targets\":[\"" + address + "\"]}]");
    Files.move(written, folder.resolve("shop.json"), StandardCopyOption.REPLACE_EXISTING);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", FRIEND)
            .timeout(Duration.ofSeconds(20))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private int active(String job) throws IOException, InterruptedException {
    for (JsonNode one :
        new ObjectMapper().readTree(get("/api/v1/discovery").body()).at("/data/jobs")) {
      if (one.path("job").asText().equals(job)) {
        return one.path("active").asInt();
      }
    }
    return -1;
  }

  /** How long something takes, in milliseconds. */
  private static long millis(Action action) throws Exception {
    long begin = System.nanoTime();
    action.run();
    return Duration.ofNanos(System.nanoTime() - begin).toMillis();
  }

  private interface Action {
    void run() throws Exception;
  }

  private void isAnswered(String path) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
  }

  private static long median(List<Long> times) {
    List<Long> sorted = new ArrayList<>(times);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  @Test
  void usersAreAnsweredAndNoTargetIsLostUnderAttack() throws Exception {
    List<Attack> attacks = attacks();
    try (Program program =
        Program.start(
            folder,
            List.of("-Xmx256m", "-Dpromdisco.log.level=warn"),
            "serve",
            configuration(attacks),
            "--web.config.file",
            "web.yml",
            "--listen",
            "127.0.0.1:0")) {
      eventually(
          () -> {
            Matcher listens = LISTENS.matcher(program.output());
            assertThat(listens.find()).as(program.output()).isTrue();
            port = Integer.parseInt(listens.group(1));
          });
      eventually(() -> assertThat(active("many")).isEqualTo(TARGETS));
      eventually(() -> assertThat(active("shop")).isEqualTo(1));
      for (Attack attack : attacks) {
        attack.begin(new Attack.Victim(port, FRIEND));
      }

      List<Long> healthy = new ArrayList<>();
      List<Long> others = new ArrayList<>();
      long changed = -1;
      try {
        long end = System.nanoTime() + LASTS.toNanos();
        while (System.nanoTime() - end < 0) {
          healthy.add(millis(() -> isAnswered("/-/healthy")));
          others.add(millis(() -> isAnswered("/-/ready")));
          others.add(millis(() -> isAnswered("/metrics")));
          if (changed < 0 && healthy.size() > 10) {
            shop("two:80");
            changed =
                millis(
                    () ->
                        eventually(
                            () -> assertThat(get("/http-sd/shop").body()).contains("two:80")));
          }
        }
      } finally {
        attacks.forEach(Attack::close);
      }
      String found =
          "healthy in milliseconds, median %d, most %d, of %d; ready and metrics %d, %d; a change %d"
              .formatted(
                  median(healthy),
                  Collections.max(healthy),
                  healthy.size(),
                  median(others),
                  Collections.max(others),
                  changed);
      System.out.println("under attack: " + found);
      assertThat(median(healthy)).as(found).isLessThan(WITHIN_MILLIS);
      if (STRICT) {
        assertThat(Collections.max(healthy)).as(found).isLessThan(WITHIN_MILLIS);
        assertThat(changed).as(found).isLessThan(WITHIN_MILLIS);
      }
      assertThat(active("many")).isEqualTo(TARGETS);
      assertThat(active("shop")).isEqualTo(1);
      assertThat(program.output())
          .doesNotContain("OutOfMemoryError", " ERROR ", "\tat ")
          .matches(output -> output.lines().count() < 20, "few lines");
    }
  }
}
