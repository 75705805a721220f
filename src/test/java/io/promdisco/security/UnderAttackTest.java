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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * All attacks at once on {@code serve} in a process with 256 MB of heap. Whoever may ask is
 * answered, no target is lost and changes come through. With {@code -Dpromdisco.attack.strict} each
 * answer of {@code /-/healthy} and each change must come within a second, for which the machine
 * must be free.
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
        WebAttacks.searches(6),
        WebAttacks.unreadAnswers(62),
        WebAttacks.wrongPasswords(16),
        SourceAttacks.manyLabels(100_000),
        SourceAttacks.manyLabels(45_000),
        SourceAttacks.tinyGroups(5_000_000));
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

  /** How many targets each job has. */
  private Map<String, Integer> active() throws IOException, InterruptedException {
    Map<String, Integer> active = new HashMap<>();
    for (JsonNode job :
        new ObjectMapper().readTree(get("/api/v1/discovery").body()).at("/data/jobs")) {
      active.put(job.path("job").asText(), job.path("active").asInt());
    }
    return active;
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

  private static String summary(List<Long> times) {
    List<Long> sorted = new ArrayList<>(times);
    Collections.sort(sorted);
    return sorted.isEmpty()
        ? "none"
        : sorted.get(sorted.size() / 2)
            + " and "
            + sorted.get(sorted.size() - 1)
            + " of "
            + sorted.size();
  }

  @Test
  void usersAreAnsweredAndNoTargetIsLostUnderAttack() throws Exception {
    List<Attack> attacks = attacks();
    try (PromdiscoProcess program =
        PromdiscoProcess.start(
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
      Map<String, Integer> targets = new HashMap<>(Map.of("many", TARGETS, "shop", 1));
      attacks.forEach(attack -> targets.putAll(attack.targets()));
      eventually(() -> assertThat(active()).containsAllEntriesOf(targets));
      for (Attack attack : attacks) {
        attack.begin(new Attack.Victim(port, FRIEND));
      }

      List<Long> healthy = new ArrayList<>();
      List<Long> others = new ArrayList<>();
      List<Long> changes = new ArrayList<>();
      try {
        long end = System.nanoTime() + LASTS.toNanos();
        while (System.nanoTime() - end < 0) {
          healthy.add(millis(() -> isAnswered("/-/healthy")));
          others.add(millis(() -> isAnswered("/-/ready")));
          others.add(millis(() -> isAnswered("/metrics")));
          if (healthy.size() % 10 == 0) {
            String address = "changed-" + healthy.size() + ":80";
            shop(address);
            changes.add(
                millis(
                    () ->
                        eventually(
                            () -> assertThat(get("/http-sd/shop").body()).contains(address))));
          }
        }
      } finally {
        attacks.forEach(Attack::close);
      }
      String found =
          "milliseconds, median and most: healthy %s; ready and metrics %s; a change of a job %s"
              .formatted(summary(healthy), summary(others), summary(changes));
      System.out.println("under attack: " + found);
      if (STRICT) {
        assertThat(healthy).as(found).allMatch(millis -> millis < WITHIN_MILLIS);
        assertThat(changes).as(found).isNotEmpty().allMatch(millis -> millis < WITHIN_MILLIS);
      }
      assertThat(active()).containsAllEntriesOf(targets);
      assertThat(program.output())
          .doesNotContain("OutOfMemoryError", " ERROR ", "\tat ")
          .matches(output -> output.lines().count() < 20, "few lines");
    }
  }
}
