package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.cli.output.ExitCode;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files without end, and pipes without a writer, delay no command and no reload. */
@Timeout(120)
class HostileInputFilesTest {
  @TempDir private Path folder = Path.of("");
  private Cli cli = new Cli(folder);
  private Path pipe = Path.of("");

  @BeforeEach
  void begin() throws Exception {
    cli = new Cli(folder);
    pipe = folder.resolve("pipe.yml");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
  }

  @Test
  void aPipeAmongTargetFilesIsOneError() throws IOException {
    Files.createSymbolicLink(folder.resolve("zero.yml"), Path.of("/dev/zero"));
    cli.file("good.json", "[{\"targets\": [\"a:1\"]}]");
    String config =
        cli.file(
            "c.txt",
            "scrape_configs: [{job_name: a, file_sd_configs: [{files: ['*.yml', '*.json']}]}]");
    assertThat(cli.run("check", config)).isEqualTo(ExitCode.FINDING);
    assertThat(cli.out())
        .contains("error: pipe.yml:1:1: a named pipe (expected: a regular file)")
        .contains("error: zero.yml:1:1: a device (expected: a regular file)");
    assertThat(cli.run("targets", config)).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.out()).contains("http://a:1/metrics");
    assertThat(cli.err()).contains("pipe.yml: a named pipe (expected: a regular file)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "check PIPE",
        "targets PIPE",
        "test PIPE",
        "targets GOOD --manifests PIPE",
        "targets GOOD --kubeconfig PIPE",
        "serve --config PIPE",
        "diff PIPE GOOD"
      })
  void aPipeByNameIsRefusedByEveryCommand(String line) throws IOException {
    String good =
        cli.file(
            "good.txt", "scrape_configs: [{job_name: a, kubernetes_sd_configs: [{role: pod}]}]");
    String[] args = line.replace("PIPE", pipe.toString()).replace("GOOD", good).split(" ");
    assertThat(cli.run(args)).isNotZero();
    assertThat(cli.out() + cli.err()).contains("a named pipe (expected: a regular file)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scrape_config_files: [PIPE]",
        "scrape_configs: [{job_name: a, http_sd_configs: [{url: 'http://127.0.0.1:1', "
            + "authorization: {credentials_file: PIPE}}]}]",
        "scrape_configs: [{job_name: a, http_sd_configs: [{url: 'https://127.0.0.1:1', "
            + "tls_config: {ca_file: PIPE}}]}]",
        "scrape_configs: [{job_name: a, kubernetes_sd_configs: [{role: pod, kubeconfig_file:"
            + " PIPE}]}]"
      })
  void aPipeThatAConfigurationNamesIsRefused(String config) throws IOException {
    cli.run(
        "targets", cli.file("c.txt", config.replace("PIPE", pipe.toString())), "--timeout", "5s");
    assertThat(cli.err()).contains("a named pipe (expected: a regular file)");
  }

  @Test
  void standardInputAndProcessSubstitutionAreRead() throws Exception {
    String targets =
        Terminal.line("check", "/dev/stdin") + " < <(echo 'scrape_configs: [{job_name: a}]')";
    assertThat(bash(targets)).contains("ok: /dev/stdin: 1 job");
    String substituted = Terminal.line("check", "@@").replace("'@@'", "@@");
    assertThat(bash(substituted.replace("@@", "<(echo 'scrape_configs: [{job_name: a}]')")))
        .contains("ok: /dev/fd/", ": 1 job");
  }

  private String bash(String line) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", line);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process =
        builder.redirectErrorStream(true).redirectOutput(Redirect.to(out.toFile())).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readString(out, StandardCharsets.UTF_8);
  }
}
