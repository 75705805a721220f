package io.promdisco.cli;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.InterruptibleProcesses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which errors commands report. */
final class ErrorsTest {
  private static final String GOOD =
      """
      scrape_configs:
      - job_name: good
        static_configs: [{targets: ['127.0.0.1:9']}]
      """;

  private static final String BROKEN_FILE =
      GOOD
          + """
          - job_name: other
            file_sd_configs: [{files: [broken.json]}]
          """;

  private static final String BROKEN_SETTINGS =
      GOOD
          + """
          - job_name: other
            schema: https
            kubernetes_sd_configs: [{role: pods}]
          - job_name: third
            consul_sd_configs: [{}]
          """;

  @TempDir private Path folder = Path.of("");
  private Cli cli = new Cli(folder);

  @BeforeEach
  void useFolder() throws IOException {
    cli = new Cli(folder);
    cli.file("broken.json", "{\n");
  }

  private List<String> errors() {
    return cli.err().lines().filter(line -> line.startsWith("error: ")).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {BROKEN_FILE, BROKEN_SETTINGS})
  void otherJobsDoNotMatterToTheJobThatIsNamed(String text) throws IOException {
    String config = cli.file("p.yml", text);

    assertThat(cli.run("targets", config, "--job", "good")).isZero();
    assertThat(cli.out()).contains("http://127.0.0.1:9/metrics");
    assertThat(cli.err()).contains("1 active, 0 dropped in 1 job, ");
    assertThat(errors()).isEmpty();
    assertThat(cli.run("diff", config, config, "--job", "good")).isZero();
    assertThat(cli.out()).contains("1 unchanged");
    assertThat(errors()).isEmpty();
    assertThat(cli.run("explain", config, "127.0.0.1:9", "--job", "good")).isZero();
    assertThat(errors()).isEmpty();
    assertThat(cli.run("dump", config, "--job", "good")).isZero();
    assertThat(cli.err()).contains("0 objects");
    assertThat(errors()).isEmpty();
    assertThat(cli.run("rbac", config, "--job", "good")).isZero();
    assertThat(errors()).isEmpty();
  }

  @Test
  void mistakesInOtherJobsAreCounted() throws IOException {
    String config = cli.file("p.yml", BROKEN_SETTINGS);

    cli.run("targets", config, "--job", "good");
    assertThat(cli.err()).contains("warning: p.yml:5:3: 3 errors in jobs that are left out\n");
    assertThat(cli.run("targets", config)).isEqualTo(ExitCode.USAGE);
    assertThat(errors()).hasSize(3);
    assertThat(cli.run("targets", config, "--job", "other")).isEqualTo(ExitCode.USAGE);
    assertThat(errors()).hasSize(2);
  }

  @Test
  void sourcesOfOtherJobsAreNotAsked() throws IOException {
    try (FakeServer server = FakeServer.start(exchange -> answer(exchange, 500, "{}"))) {
      String config =
          cli.file(
              "p.yml",
              GOOD
                  + "- job_name: other\n  http_sd_configs: [{url: '"
                  + "http://127.0.0.1:"
                  + server.port()
                  + "/'}]\n");
      assertThat(cli.run("targets", config, "--job", "good")).isZero();
      assertThat(cli.run("diff", config, config, "--job", "good")).isZero();
      assertThat(server.requests).isEmpty();
    }
  }

  @Test
  void testsOfOtherJobsAreLeftOut() throws IOException {
    String tests =
        """
        config: p.yml
        tests:
        - {name: good is there, job: good, expect: [{url: 'http://127.0.0.1:9/metrics'}]}
        - {name: other is not, job: other, exact: true}
        """;
    cli.file("p.yml", BROKEN_SETTINGS);
    String file = cli.file("tests.yml", tests);

    assertThat(cli.run("test", file)).isEqualTo(ExitCode.USAGE);
    assertThat(cli.run("test", file, "--job", "good")).isZero();
    assertThat(cli.out()).contains("1 test: 1 passed, 0 failed");
    cli.file("p.yml", BROKEN_FILE);
    assertThat(cli.run("test", file, "--job", "good")).isZero();
    assertThat(cli.run("test", file, "--job", "none")).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("no test of a job \"none\"");
  }

  @Test
  void refusedConfigurationNamesErrorsAsErrorsAndWarningsAsWarnings() throws IOException {
    String config =
        cli.file(
            "p.yml",
            GOOD
                + """
                - job_name: empty
                - job_name: unknown
                  foo: 1
                """);

    for (String command : List.of("targets", "serve", "dump")) {
      assertThat(cli.run(command, config)).isEqualTo(ExitCode.USAGE);
      List<String> lines = cli.err().lines().toList();
      assertThat(lines).as(command).hasSize(3);
      assertThat(lines.get(0)).startsWith("warning: p.yml:4:3: scrape_configs[1]: no targets");
      assertThat(lines.get(1)).startsWith("warning: p.yml:5:3: scrape_configs[2]: no targets");
      assertThat(lines.get(2)).startsWith("error: p.yml:6:3: scrape_configs[2].foo: ");
    }
  }

  @Test
  void sourceThatCannotBeMadeHasNoEmptyPlace() throws IOException {
    String config =
        cli.file(
            "p.yml",
            "scrape_configs: [{job_name: pods, kubernetes_sd_configs: [{role: pod,"
                + " kubeconfig_file: none}]}]\n");

    assertThat(cli.run("targets", config)).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(errors()).singleElement().asString().startsWith("error: pods: ");
    assertThat(cli.err()).doesNotContain(": :");
  }

  /** An API server that is busy at first, and sends nothing on a watch. */
  @Test
  void errorThatWasOvercomeIsNotReported() throws Exception {
    AtomicInteger lists = new AtomicInteger();
    try (FakeServer server =
        FakeServer.start(
            exchange -> {
              String uri = exchange.getRequestURI().toString();
              if (uri.contains("sendInitialEvents")) {
                answer(exchange, 422, status(422, "Invalid"));
              } else if (uri.contains("watch=true")) {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().flush();
                exchange.getRequestBody().readAllBytes();
                awaitClosed(exchange);
              } else if (lists.incrementAndGet() == 1) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                answer(exchange, 429, status(429, "TooManyRequests"));
              } else {
                answer(
                    exchange,
                    200,
                    "{\"kind\":\"PodList\",\"apiVersion\":\"v1\","
                        + "\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]}");
              }
            })) {
      String config =
          cli.file(
              "p.yml",
              "scrape_configs: [{job_name: pods, kubernetes_sd_configs: [{role: pod,"
                  + " api_server: 'http://127.0.0.1:"
                  + server.port()
                  + "'}]}]\n");
      Child child = Child.start(folder, "targets", config);
      assertThat(child.exitCode()).as(child.err()).isZero();
      assertThat(child.err()).doesNotContain("429", " WARN ", "error");
      assertThat(lists.get()).isEqualTo(2);
    }
  }

  private static void awaitClosed(HttpExchange exchange) {
    try {
      while (true) {
        exchange.getResponseBody().write('\n');
        exchange.getResponseBody().flush();
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    } catch (IOException e) {
      return; // The client has disconnected.
    }
  }

  private static String status(int code, String reason) {
    return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\""
        + reason
        + "\",\"message\":\"m\",\"code\":"
        + code
        + "}";
  }

  private static void answer(HttpExchange exchange, int code, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Test
  void brokenFileOfTargetsIsOneLine() throws Exception {
    Child child = Child.start(folder, "targets", cli.file("p.yml", BROKEN_FILE));
    assertThat(child.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(child.err().lines().filter(line -> line.contains("broken.json")))
        .singleElement()
        .asString()
        .startsWith("error: other: " + folder)
        .contains("broken.json:1:1: ", "(since ");
  }

  @Test
  void logHasTheFailuresOfSourcesWhenTheUserAsksForIt() throws Exception {
    Child child =
        Child.start(folder, "targets", cli.file("p.yml", BROKEN_FILE), "--log.level", "warn");
    assertThat(child.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(child.err()).contains(" WARN FileDiscoverer - ");
  }

  @Test
  void interruptedCommandEndsWith130() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      String config =
          cli.file(
              "p.yml",
              "scrape_configs: [{job_name: h, http_sd_configs: [{url: 'http://127.0.0.1:"
                  + silent.getLocalPort()
                  + "/'}]}]\n");
      Child child = Child.start(folder, "targets", config);
      silent.accept().close(); // It has sent a request.
      new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor();
      assertThat(child.exitCode()).isEqualTo(130);
    }
  }

  @Test
  void watchEndsWhenItsOutputIsClosed() throws Exception {
    Path targets = Files.writeString(folder.resolve("t.json"), "[{\"targets\":[\"127.0.0.1:1\"]}]");
    String config =
        cli.file(
            "p.yml",
            "scrape_configs: [{job_name: f, file_sd_configs: [{files: ['" + targets + "']}]}]\n");
    Child child = Child.startInto("head -1", folder, "targets", config, "--watch");
    eventually(() -> assertThat(child.out()).startsWith("JOB"));
    AtomicInteger round = new AtomicInteger();
    eventually(
        () -> {
          Path next = folder.resolve("next");
          Files.writeString(
              next, "[{\"targets\":[\"127.0.0.1:" + round.incrementAndGet() + "\"]}]");
          Files.move(next, targets, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
          assertThat(child.hasEnded()).isTrue();
        });
    assertThat(child.exitCode()).isEqualTo(1);
  }

  /** The program in a separate process. */
  private static final class Child {
    private final Process process;
    private final Path out;
    private final Path err;

    private Child(Process process, Path out, Path err) {
      this.process = process;
      this.out = out;
      this.err = err;
    }

    static Child start(Path folder, String... arguments) throws IOException {
      return start(folder, command(arguments));
    }

    /** The exit code is that of the program. */
    static Child startInto(String reader, Path folder, String... arguments) throws IOException {
      List<String> shell = new java.util.ArrayList<>(List.of("bash", "-c"));
      shell.add("\"$@\" | " + reader + "; exit ${PIPESTATUS[0]}");
      shell.add("bash");
      shell.addAll(command(arguments));
      return start(folder, shell);
    }

    private static List<String> command(String... arguments) {
      List<String> command =
          new java.util.ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Main.class.getName()));
      command.addAll(List.of(arguments));
      return command;
    }

    private static Child start(Path folder, List<String> command) throws IOException {
      Path out = Files.createTempFile(folder, "out", ".txt");
      Path err = Files.createTempFile(folder, "err", ".txt");
      Process process =
          new ProcessBuilder(InterruptibleProcesses.command(command))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      return new Child(process, out, err);
    }

    long pid() {
      return process.pid();
    }

    boolean hasEnded() {
      return !process.isAlive();
    }

    int exitCode() throws InterruptedException {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("the program does not end");
      }
      return process.exitValue();
    }

    String out() throws IOException {
      return Files.readString(out, StandardCharsets.UTF_8);
    }

    String err() throws IOException {
      return Files.readString(err, StandardCharsets.UTF_8);
    }
  }
}
