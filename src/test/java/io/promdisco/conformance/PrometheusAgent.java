package io.promdisco.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A real Prometheus that runs as an agent. Ends with this process. */
final class PrometheusAgent implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LISTENS =
      Pattern.compile("Listening on\" component=web address=(\\S+)");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path config;
  private final Path log;
  private final Process process;
  private final Thread atExit;
  private final String url;

  /**
   * Starts it, and returns when it is ready.
   *
   * @param program {@code prometheus}
   * @param folder for its configuration and data; must not exist
   * @param pod the pod in which it believes to run; null for none
   */
  PrometheusAgent(Path program, Path folder, String configuration, @Nullable Pod pod)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    config = Files.writeString(folder.resolve("prometheus.yml"), configuration);
    log = folder.resolve("log");
    List<String> command = new ArrayList<>(pod == null ? List.of() : pod.command());
    command.addAll(
        List.of(
            program.toString(),
            "--agent",
            "--config.file=" + config,
            "--storage.agent.path=" + folder.resolve("data"),
            "--web.listen-address=127.0.0.1:0",
            "--web.enable-lifecycle",
            "--scrape.discovery-reload-interval=100ms"));
    ProcessBuilder builder = new ProcessBuilder(command);
    if (pod != null) {
      builder.environment().putAll(pod.env());
    }
    process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    atExit = new Thread(process::destroyForcibly, "sd-prometheus-end");
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      Matcher listens = LISTENS.matcher("");
      await(() -> listens.reset(Files.readString(log)).find());
      url = "http://" + listens.group(1);
      await(() -> ask("GET", "/-/ready").statusCode() == 200);
    } catch (IOException | InterruptedException | AssertionError e) {
      close();
      throw e;
    }
  }

  /**
   * The environment of a process in a pod.
   *
   * @param serviceAccount the folder with token, namespace and certificate
   */
  record Pod(Map<String, String> env, Path serviceAccount) {
    private static final String ACCOUNTS = "/var/run/secrets/kubernetes.io";

    /**
     * Returns a command that runs another one so that it sees the folder of the service account.
     */
    List<String> command() {
      String mount =
          "mount -t tmpfs none /var/run && mkdir -p %s && ln -s \"$0\" %s/serviceaccount"
              .formatted(ACCOUNTS, ACCOUNTS);
      return List.of(
          "unshare", "-rm", "sh", "-c", mount + " && exec \"$@\"", serviceAccount.toString());
    }

    /** Whether this system allows a process to believe that it runs in a pod. */
    boolean isPossible() throws InterruptedException {
      List<String> trial = new ArrayList<>(command());
      trial.add("true");
      try {
        return new ProcessBuilder(trial)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
      } catch (IOException e) {
        return false; // There is no such program.
      }
    }
  }

  /** The condition to wait for. */
  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private void await(Condition condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      assertThat(process.isAlive() && System.nanoTime() - end < 0)
          .as("prometheus is not ready: %s", Files.readString(log))
          .isTrue();
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private HttpResponse<InputStream> ask(String method, String path)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(LIMIT)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  /** Loads another configuration. */
  void reload(String configuration) throws IOException, InterruptedException {
    Files.writeString(config, configuration);
    HttpResponse<InputStream> answer = ask("POST", "/-/reload");
    try (InputStream body = answer.body()) {
      assertThat(answer.statusCode())
          .as(new String(body.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(200);
    }
  }

  /**
   * Returns the targets of a job, including dropped ones, as its API shows them.
   *
   * @param job empty for all jobs
   */
  JsonNode targets(String job) throws IOException, InterruptedException {
    String of = job.isEmpty() ? "" : "&scrapePool=" + job;
    HttpResponse<InputStream> answer = ask("GET", "/api/v1/targets?state=any" + of);
    try (InputStream body = answer.body()) {
      assertThat(answer.statusCode()).isEqualTo(200);
      return JSON.readTree(body).get("data");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
