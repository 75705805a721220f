package io.promdisco.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real Prometheus in agent mode, which decides what the targets of a configuration are.
 *
 * <p>The system property {@code promdisco.realclients} names the folder of the programs {@code
 * prometheus} and {@code promtool}.
 */
public final class PrometheusJudge implements AutoCloseable {
  private static final String PROGRAMS = System.getProperty("promdisco.realclients", "");
  private static final Pattern LISTENS =
      Pattern.compile("Listening on\" component=web address=(\\S+)");
  private static final Pattern COUNTER =
      Pattern.compile("^(\\w+)\\{scrape_job=\"([^\"]*)\"} (\\S+)$", Pattern.MULTILINE);
  private static final Pattern REFUSED =
      Pattern.compile("FAILED: (?:parsing YAML file )?(/\\S+?\\.yml): ");
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final Path log;
  private final Process process;
  private final Thread atExit;
  private final String url;

  private PrometheusJudge(Path folder, Path config) throws IOException {
    log = folder.resolve("prometheus.log");
    process =
        new ProcessBuilder(
                Path.of(PROGRAMS, "prometheus").toString(),
                "--agent",
                "--web.enable-lifecycle",
                "--config.file=" + config,
                "--storage.agent.path=" + folder.resolve("prometheus"),
                "--web.listen-address=127.0.0.1:0")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    atExit = new Thread(process::destroyForcibly, "prometheus-end");
    Runtime.getRuntime().addShutdownHook(atExit);
    url = "http://" + address();
  }

  /** Whether the programs are installed. */
  public static boolean isAvailable() {
    return !PROGRAMS.isEmpty();
  }

  /**
   * Starts Prometheus; returns when it listens.
   *
   * @param folder for its log and its data
   */
  public static PrometheusJudge start(Path folder, Path config) throws IOException {
    return new PrometheusJudge(folder, config);
  }

  private String address() throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() - end < 0) {
      Matcher listens = LISTENS.matcher(Files.readString(log));
      if (listens.find()) {
        return listens.group(1);
      }
      requireAlive();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    close();
    throw new IllegalStateException("prometheus does not listen: " + Files.readString(log));
  }

  private void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException("prometheus ended: " + Files.readString(log));
    }
  }

  /**
   * The files that promtool refuses, each with its message.
   *
   * @param files configurations whose paths have no blanks and end in {@code .yml}
   */
  public static Map<Path, String> refused(Path folder, List<Path> files) throws IOException {
    Path out = folder.resolve("promtool.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(PROGRAMS, "promtool").toString());
    command.addAll(List.of("check", "config", "--syntax-only", "--lint=none"));
    files.forEach(file -> command.add(file.toString()));
    Process promtool =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      if (!promtool.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("promtool does not end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while promtool ran", e);
    } finally {
      promtool.destroyForcibly();
    }
    String text = Files.readString(out);
    Map<Path, String> refused = new TreeMap<>();
    Matcher matcher = REFUSED.matcher(text);
    while (matcher.find()) {
      int end = text.indexOf("\nChecking ", matcher.end());
      String message = text.substring(matcher.end(), end < 0 ? text.length() : end).strip();
      refused.put(Path.of(matcher.group(1)), message);
    }
    if (refused.isEmpty() != (promtool.exitValue() == 0)) {
      throw new IllegalStateException("cannot read the answer of promtool: " + text);
    }
    return refused;
  }

  /** Makes Prometheus reload its configuration; returns why it refuses it, or empty. */
  public Optional<String> reload() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/-/reload"))
            .timeout(LIMIT)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    return response.statusCode() == 200 ? Optional.empty() : Optional.of(response.body());
  }

  /** Waits until each of these jobs has received its targets, possibly none. */
  public void awaitSynced(Set<String> jobs) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    Set<String> missing = new HashSet<>(jobs);
    while (true) {
      missing.removeAll(syncs().keySet());
      if (missing.isEmpty()) {
        return;
      }
      if (System.nanoTime() - end >= 0) {
        throw new IllegalStateException("prometheus does not sync " + missing);
      }
      requireAlive();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** How often each job has received targets; jobs without any are missing. */
  private Map<String, Integer> syncs() throws IOException, InterruptedException {
    return counters("prometheus_target_scrape_pool_sync_total");
  }

  /** The jobs that have a failed target. */
  public Set<String> failing() throws IOException, InterruptedException {
    return counters("prometheus_target_sync_failed_total").keySet();
  }

  private Map<String, Integer> counters(String name) throws IOException, InterruptedException {
    Map<String, Integer> counters = new HashMap<>();
    Matcher matcher = COUNTER.matcher(get("/metrics"));
    while (matcher.find()) {
      if (matcher.group(1).equals(name) && !matcher.group(3).equals("0")) {
        counters.put(matcher.group(2), (int) Double.parseDouble(matcher.group(3)));
      }
    }
    return counters;
  }

  /** Its targets: the field {@code data} of {@code /api/v1/targets}. */
  public JsonNode targets() throws IOException, InterruptedException {
    return json.readTree(get("/api/v1/targets")).get("data");
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).timeout(LIMIT).build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IllegalStateException(path + ": " + response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  /** What Prometheus has logged. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
