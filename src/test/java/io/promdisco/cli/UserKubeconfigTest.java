package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.cli.output.ExitCode;
import io.promdisco.offline.ManifestReader;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import java.io.BufferedReader;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands in processes with a separate environment, for a configuration that names no server. */
class UserKubeconfigTest {
  private static final String CONFIG =
      """
      scrape_configs:
      - job_name: nodes
        kubernetes_sd_configs: [{role: node}]
      """;
  private static final String NODE =
      """
      apiVersion: v1
      kind: Node
      metadata: {name: n-1}
      status: {addresses: [{type: InternalIP, address: 127.0.0.9}]}
      """;

  @TempDir Path folder;
  private SimApiServer server;
  private Path home = Path.of("");

  @BeforeEach
  void start() throws Exception {
    SimCluster cluster = new SimCluster();
    Path objects = Files.writeString(folder.resolve("objects.yaml"), NODE);
    cluster.load(ManifestReader.read(List.of(objects)));
    server = SimApiServer.start(cluster);
    Files.writeString(folder.resolve("p.yml"), CONFIG);
    home = folder.resolve("home");
    Files.createDirectories(home.resolve(".kube"));
    server.writeKubeconfig(home.resolve(".kube/config"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private record Result(int code, String out, String err) {}

  private ProcessBuilder program(Map<String, String> env, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(),
                "io.promdisco.cli.Main"));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("KUBECONFIG");
    builder.environment().remove("KUBERNETES_SERVICE_HOST");
    builder.environment().put("HOME", home.toString());
    builder.environment().putAll(env);
    return builder;
  }

  private static String classPath() {
    return String.join(
        File.pathSeparator,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }

  private Result run(Map<String, String> env, String... arguments) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        program(env, arguments).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "targets p.yml",
        "dump p.yml",
        "rbac p.yml --check",
        "explain p.yml node/n-1",
        "diff p.yml p.yml"
      })
  void everyCommandUsesTheUsersKubeconfigAndSaysSoOnce(String line) throws Exception {
    Result result = run(Map.of(), line.split(" "));
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err().lines().filter(text -> text.startsWith("using ")))
        .containsExactly("using context simulated of ~/.kube/config");
  }

  @Test
  void serveUsesTheUsersKubeconfigAndSaysSo() throws Exception {
    Process process =
        program(Map.of(), "serve", "p.yml", "--listen", "127.0.0.1:0")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = new ArrayList<>();
      String line = reader.readLine();
      while (line != null && !line.contains("listens on")) {
        lines.add(line);
        line = reader.readLine();
      }
      assertThat(line).isNotNull();
      assertThat(lines).contains("using context simulated of ~/.kube/config");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theVariableAndTheOptionWin() throws Exception {
    Path other = server.writeKubeconfig(folder.resolve("other"));
    Result variable = run(Map.of("KUBECONFIG", other.toString()), "targets", "p.yml");
    assertThat(variable.err()).contains("using context simulated of " + other);
    assertThat(variable.out()).contains("127.0.0.9");
    Result option =
        run(Map.of("KUBECONFIG", "/no/such"), "targets", "p.yml", "--kubeconfig", "other");
    assertThat(option.err()).contains("using context simulated of other");
    assertThat(option.code()).isZero();
  }

  @Test
  void aContextWithoutAFileIsOneOfTheUsersKubeconfig() throws Exception {
    assertThat(run(Map.of(), "targets", "p.yml", "--context", "simulated").code()).isZero();
    Result unknown = run(Map.of(), "targets", "p.yml", "--context", "none", "--timeout", "5s");
    assertThat(unknown.code()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(unknown.err()).contains("context \"none\": not found (expected: one of simulated)");
  }

  @Test
  void withoutAnyClusterTheErrorSaysWhatToDo() throws Exception {
    Files.delete(home.resolve(".kube/config"));
    Result result = run(Map.of(), "targets", "p.yml", "--timeout", "5s");
    assertThat(result.code()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(result.err())
        .contains("KUBECONFIG is not set, " + home.resolve(".kube/config") + " does not exist")
        .contains("--kubeconfig FILE");
  }
}
