package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.allocator.AllocatorConfigReader;
import io.promdisco.config.load.ConfigLoader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line of the target allocator: what it refuses, and with which words. */
class AllocateTest {
  private static final String CONFIG =
      "collectors: [a]\nconfig: {scrape_configs: [{job_name: j, static_configs: [{targets:"
          + " ['h:1']}]}]}\n";

  @TempDir private Path folder = Path.of("");

  private String refused(String config, String... options) throws IOException {
    Cli cli = new Cli(folder);
    String[] arguments = new String[options.length + 3];
    arguments[0] = "allocate";
    arguments[1] = "--config-file";
    arguments[2] = cli.file("ta.yaml", config);
    System.arraycopy(options, 0, arguments, 3, options.length);
    assertThat(cli.run(arguments)).as(cli.err()).isEqualTo(2);
    return cli.err();
  }

  @Test
  void mistakesOfTheFileAreNamedWithTheirPlaces() throws IOException {
    assertThat(refused("colectors: [a]\n" + CONFIG))
        .contains("ta.yaml:1:1: colectors: field colectors not found")
        .contains("collectors");
  }

  @Test
  void settingsOfMonitorsAreChecked() throws IOException {
    assertThat(refused("prometheus_cr: {enabled: true, scrape_interval: 1d}\n" + CONFIG))
        .contains("ta.yaml: prometheus_cr: ", "scrape_interval");
    assertThat(
            refused(
                "prometheus_cr: {allow_namespaces: [a], deny_namespaces: [b]}\n" + CONFIG,
                "--enable-prometheus-cr-watcher"))
        .contains("only one of allowNamespaces or denyNamespaces can be set");
    assertThat(
            refused(
                "prometheus_cr: {enabled: true, probe_selector: {matchLabels: {'-': a}}}\n"
                    + CONFIG))
        .contains("SelectionError");
  }

  @Test
  void unknownOptionsAreRefusedAndThoseOfTheLoggerIgnored() throws IOException {
    assertThat(refused(CONFIG, "--zap-log-level", "debug", "--zap-devel=true", "--colour"))
        .contains("Unknown option: '--colour'")
        .doesNotContain("zap");
  }

  @Test
  void addressesAreChecked() throws IOException {
    for (String address : new String[] {"8080", ":", ":99999", "host:http"}) {
      assertThat(refused(CONFIG, "--listen-addr", address))
          .contains("--listen-addr: " + address + " (expected: HOST:PORT or :PORT, as :8080)");
    }
  }

  @Test
  void httpsNeedsItsFiles() throws IOException {
    assertThat(refused(CONFIG, "--enable-https-server", "--https-ca-file", "ca.crt"))
        .contains("tls_cert_file_path");
    assertThat(
            refused(
                CONFIG,
                "--listen-addr=127.0.0.1:0",
                "--enable-https-server=true",
                "--listen-addr-https=127.0.0.1:0",
                "--https-ca-file=/none/ca",
                "--https-tls-cert-file=/none/crt",
                "--https-tls-key-file=/none/key"))
        .contains("https: tls_server_config.cert_file: /none/crt");
  }

  @Test
  void aMissingFileIsNamed() {
    Cli cli = new Cli(folder);
    assertThat(cli.run("allocate", "--config-file", "/none/ta.yaml")).isEqualTo(2);
    assertThat(cli.err()).contains("/none/ta.yaml").contains("no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"allocate-kubernetes.yaml", "allocate-fixed.yaml"})
  void theExamplesAreGood(String example) {
    AllocatorConfigReader.Result result =
        new AllocatorConfigReader(new ConfigLoader(), name -> null)
            .read(Path.of("config-examples", example));
    assertThat(result.scraping().problems()).isEmpty();
    assertThat(result.settings()).isPresent();
  }
}
