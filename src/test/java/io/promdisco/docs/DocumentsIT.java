package io.promdisco.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.promdisco.testing.Promtool;
import io.promdisco.testing.SkipReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of the documents for other programs are accepted by these programs. */
class DocumentsIT {
  private static final String CLIENTS = System.getProperty(Promtool.CLIENTS, "");
  private static final String KUBECONFIG = System.getProperty("promdisco.kubeconfig", "");

  @TempDir private Path folder = Path.of("");

  @Test
  void prometheusAcceptsTheConfigurations() throws Exception {
    assumeFalse(CLIENTS.isEmpty(), SkipReason.CLIENTS);
    List<Path> files = new ArrayList<>();
    for (Path path : Page.all()) {
      for (Page.Block block : Page.read(path).blocks()) {
        if (block.language().equals("yaml") && block.text().startsWith("scrape_configs:")) {
          Path file = folder.resolve(path.getFileName() + "-" + block.line() + ".yml");
          files.add(Files.writeString(file, block.text()).toAbsolutePath());
        }
      }
    }

    assertThat(files).hasSizeGreaterThan(3);
    assertThat(new Promtool(Path.of(CLIENTS), folder).check(files))
        .allSatisfy((file, verdict) -> assertThat(verdict.valid()).as(verdict.output()).isTrue());
  }

  @Test
  void prometheusAcceptsTheAlerts() throws Exception {
    assumeFalse(CLIENTS.isEmpty(), SkipReason.CLIENTS);
    Path rules = write("docs/monitoring.md", "alerts.yml");

    run(CLIENTS + "/promtool", "check", "rules", rules.toString());
  }

  @Test
  void theApiServerAcceptsTheDeployment() throws Exception {
    assumeFalse(KUBECONFIG.isEmpty(), SkipReason.API_SERVER);
    assumeFalse(kubectl().isEmpty(), SkipReason.KUBECTL);
    Path manifests = write("docs/getting-started.md", "promdisco.yaml");

    run(kubectl(), "--kubeconfig", KUBECONFIG, "create", "namespace", "monitoring");
    try {
      run(
          kubectl(),
          "--kubeconfig",
          KUBECONFIG,
          "apply",
          "--dry-run=server",
          "--validate=strict",
          "-f",
          manifests.toString());
    } finally {
      run(
          kubectl(),
          "--kubeconfig",
          KUBECONFIG,
          "delete",
          "namespace",
          "monitoring",
          "--wait=false");
    }
  }

  /** Writes a file of a page into the folder. */
  private Path write(String page, String name) throws IOException {
    String text =
        Page.read(Path.of(page)).blocks().stream()
            .filter(block -> block.marked("file").equals(name))
            .findFirst()
            .orElseThrow()
            .text();
    return Files.writeString(folder.resolve(name), text);
  }

  /** The path of the program; empty if there is none. */
  private static String kubectl() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .map(each -> Path.of(each, "kubectl"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse("");
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }
}
