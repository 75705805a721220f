package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Inputs that users reported, in {@code src/test/conformance/reports}, through commands. */
class ReportedCasesTest {
  private static final Path REPORTS = Path.of("src/test/conformance/reports");

  @TempDir private Path folder = Path.of("");
  private Cli cli = new Cli(Path.of(""));

  @BeforeEach
  void makeCli() {
    cli = new Cli(folder);
  }

  @Test
  void textThatLooksLikeANumberStaysTheTextThatItIs() throws IOException {
    assertThat(labels("yaml-scalars", cluster("yaml-scalars")))
        .containsExactly(
            Map.of(
                "build", "12e4567",
                "git_sha", "81e1119",
                "instance", "10.0.0.1:80",
                "job", "pods",
                "wallet", "0x52908400098527886E0F7030069857D2E4169EE7"));
  }

  @Test
  void aDumpWithControlCharactersGivesTheSameTargets() throws IOException {
    String dump = folder.resolve("dump.yaml").toString();
    List<Map<String, String>> before = labels("dump-control-chars", cluster("dump-control-chars"));
    int status =
        cli.run(
            "dump",
            config("dump-control-chars"),
            "--manifests",
            cluster("dump-control-chars"),
            "--file",
            dump);

    assertThat(status).isZero();
    assertThat(before)
        .singleElement()
        .satisfies(
            target ->
                assertThat(target)
                    .containsEntry("last_error", "\u001b[31mfailed\u001b[0m")
                    .containsEntry("nel", "a\u0085b"));
    assertThat(labels("dump-control-chars", dump)).isEqualTo(before);
  }

  @Test
  void objectsOfOldApiVersionsGiveTheTargetsOfTheNewOnes() throws IOException {
    assertThat(labels("old-api-versions", cluster("old-api-versions")))
        .extracting(target -> target.get("instance"))
        .containsExactlyInAnyOrder("foo.example.com", "foo2.example.com", "10.0.0.9:80");
  }

  @Test
  void aMalformedObjectIsNamedWithItsFieldAndTheOthersAreUsed() {
    int status =
        cli.run("targets", config("malformed-object"), "--manifests", cluster("malformed-object"));

    assertThat(status).isNotZero();
    assertThat(cli.err())
        .contains(
            "cluster.yaml:5: Pod p: spec.containers[0].ports[0].containerPort: \"80\""
                + " (expected a whole number)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kubelet-x | is of address family IPv4, and service kube-system/kubelet is dual-stack with IPv6 first
          Node/odd  | node odd has no address of a usable type
          """)
  void explainSaysWhyAnObjectHasNoTarget(String query, String reason) {
    String name = "explain-second-family";
    cli.run("explain", config(name), query, "--manifests", cluster(name));

    assertThat(cli.out()).contains(reason);
  }

  @Test
  void aBrokenJobDoesNotKeepAnotherFromBeingShownOrCompared() {
    String config = REPORTS.resolve("cli/job/p.yml").toString();

    assertThat(cli.run("targets", config, "--job", "good")).isZero();
    assertThat(cli.out()).contains("http://127.0.0.1:9/metrics");
    assertThat(cli.run("diff", config, config, "--job", "good")).isZero();
    assertThat(cli.out()).contains("1 unchanged");
  }

  @Test
  void errorsAreNamedAsErrorsAndWarningsAsWarnings() {
    String config = REPORTS.resolve("cli/warnings-among-errors.yml").toString();

    assertThat(cli.run("targets", config)).isNotZero();
    assertThat(cli.err())
        .containsPattern("warning: \\S+:4:3: scrape_configs\\[1]: no targets")
        .containsPattern("warning: \\S+:5:3: scrape_configs\\[2]: no targets")
        .containsPattern("error: \\S+:6:3: scrape_configs\\[2].foo: field foo not found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dup        | k
          insecureca | insecure-skip-tls-verify
          """)
  void aKubeconfigThatClientGoRefusesIsRefused(String name, String reason) throws IOException {
    Files.copy(
        REPORTS.resolve("kubernetes/kubeconfig").resolve(name), folder.resolve("kubeconfig"));
    Files.writeString(folder.resolve("ca.crt"), "");
    String config =
        cli.file(
            "p.yml",
            """
            scrape_configs:
            - job_name: pods
              kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
            """);

    assertThat(cli.run("targets", config, "--timeout", "5s")).isNotZero();
    assertThat(cli.err()).contains("kubeconfig").contains(reason);
  }

  private static String config(String name) {
    return REPORTS.resolve("kubernetes").resolve(name).resolve("config.yml").toString();
  }

  private static String cluster(String name) {
    return REPORTS.resolve("kubernetes").resolve(name).resolve("cluster.yaml").toString();
  }

  private List<Map<String, String>> labels(String name, String manifests) throws IOException {
    assertThat(cli.run("targets", config(name), "--manifests", manifests, "--output", "json"))
        .as(cli.err())
        .isZero();
    List<Map<String, String>> all = new ArrayList<>();
    for (JsonNode target : new ObjectMapper().readTree(cli.out())) {
      Map<String, String> labels = new TreeMap<>();
      target
          .get("labels")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
      all.add(labels);
    }
    return all;
  }
}
