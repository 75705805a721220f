package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class TestCommandTest {
  private static final String CONFIG =
      """
      scrape_configs:
      - job_name: web
        static_configs:
        - targets: ["10.0.0.1:80", "10.0.0.2:80"]
          labels: {team: blue}
        - targets: ["10.0.0.3:80"]
        relabel_configs:
        - source_labels: [team]
          regex: ""
          action: drop
        - source_labels: [__address__]
          regex: (.+):80
          target_label: host
      """;

  @TempDir private Path folder = Path.of("");
  private Cli cli = new Cli(Path.of(""));

  @BeforeEach
  void makeCli() throws IOException {
    cli = new Cli(folder);
    cli.file("p.yml", CONFIG);
  }

  private String tests(String tests) throws IOException {
    return cli.file("t.yml", "config: p.yml\ntests:\n" + tests);
  }

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("config-examples/tests"))) {
      List<Path> examples =
          files.filter(file -> file.toString().endsWith(".yml")).sorted().toList();
      assertThat(examples).hasSizeGreaterThanOrEqualTo(3);
      return examples;
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void examplesPass(Path example) throws IOException {
    assertThat(cli.run("test", example.toString())).as(cli.out()).isZero();
    assertThat(cli.out()).doesNotContain("warning").endsWith(" passed, 0 failed\n");
    assertThat(Files.readString(example)).startsWith("# ");
  }

  @Test
  void aLabelThatIsOtherwiseIsShownWithBothValues() throws IOException {
    String file =
        tests(
            """
            - name: hosts
              job: web
              expect:
              - discovered: {__address__: "10.0.0.2:80"}
                labels: {host: 10.0.0.9, team: blue, zone: a}
            """);

    assertThat(cli.run("test", file)).isEqualTo(ExitCode.FINDING);
    assertThat(cli.out())
        .isEqualTo(
            """
            FAIL t.yml:3: hosts
              line 6: expect[0]: http://10.0.0.2:80/metrics is different
                label host  expected "10.0.0.9", found "10.0.0.2"
                label zone  expected "a", found nothing
            1 test: 0 passed, 1 failed
            """);
  }

  @Test
  void aMissingTargetSaysWhichRuleDropsIt() throws IOException {
    String file =
        tests(
            """
            - name: all
              job: web
              expect:
              - discovered: {__address__: "10.0.0.3:80"}
            """);

    assertThat(cli.run("test", file)).isEqualTo(ExitCode.FINDING);
    assertThat(cli.out())
        .contains(
            "  line 6: expect[0]: \"10.0.0.3:80\" is dropped by rule 0 (p.yml:8:5), action drop on"
                + " \"\"\n");
  }

  @Test
  void exactRefusesUnexpectedTargetsAndLabels() throws IOException {
    String file =
        tests(
            """
            - name: one
              job: web
              exact: true
              expect:
              - labels: {host: 10.0.0.1}
                exact: true
            """);

    assertThat(cli.run("test", file)).isEqualTo(ExitCode.FINDING);
    assertThat(cli.out())
        .contains("label instance  expected nothing, found \"10.0.0.1:80\"")
        .contains("exact: http://10.0.0.2:80/metrics is not expected: host=\"10.0.0.2\"");
  }

  @Test
  void aGeneralExpectationLeavesTheOnlyTargetToTheSpecialOne() throws IOException {
    String file =
        tests(
            """
            - name: both
              job: web
              exact: true
              expect:
              - labels: {team: blue}
              - labels: {host: 10.0.0.1}
            - name: three of them
              job: web
              expect:
              - labels: {team: blue}
              - labels: {team: blue}
              - labels: {team: blue}
            """);

    assertThat(cli.run("test", file)).isEqualTo(ExitCode.FINDING);
    assertThat(cli.out())
        .contains("ok   t.yml:3: both\n", "expect[2]: no active target of job \"web\" matches\n");
  }

  @Test
  void droppedIsByTheRuleOrTheLineThatIsNamed() throws IOException {
    String file =
        tests(
            """
            - name: right
              job: web
              dropped:
              - {discovered: {__address__: "10.0.0.3:80"}, rule: 0, line: 8}
            - name: another rule
              job: web
              dropped:
              - {discovered: {__address__: "10.0.0.3:80"}, rule: 1}
            - name: another line
              job: web
              dropped:
              - {discovered: {__address__: "10.0.0.3:80"}, line: 11}
            - name: active
              job: web
              dropped:
              - {discovered: {__address__: "10.0.0.1:80"}}
            - name: nowhere
              job: web
              dropped:
              - {discovered: {__address__: "10.0.0.7:80"}}
            """);

    assertThat(cli.run("test", file)).isEqualTo(ExitCode.FINDING);
    assertThat(cli.out())
        .contains("ok   t.yml:3: right")
        .contains("(expected: dropped by rule 1)")
        .contains("(expected: dropped by rule in line 11)")
        .contains("http://10.0.0.1:80/metrics is active: host=\"10.0.0.1\"")
        .contains("no such target was discovered")
        .endsWith("5 tests: 1 passed, 4 failed\n");
  }

  @Test
  void mistakesHaveTheirPlacesAndTheNearestName() throws IOException {
    String file =
        tests(
            """
            - name: a
              job: wob
              expects: []
            - name: a
              job: web
              dropped:
              - rule: -1
            """);

    assertThat(cli.run("test", file)).isEqualTo(ExitCode.USAGE);
    assertThat(cli.out())
        .contains("t.yml:4:8: tests[0].job: no job \"wob\"")
        .contains("did you mean \"web\"?")
        .contains("t.yml:5:3: tests[0].expects: field expects not found; did you mean \"expect\"?")
        .contains("t.yml:6:9: tests[1].name: \"a\" is the name of another test")
        .contains("t.yml:9:5: tests[1].dropped[0].discovered: missing")
        .contains(
            "t.yml:9:11: tests[1].dropped[0].rule: -1 is not a valid rule (expected: 0 or more)")
        .endsWith("0 tests: 0 passed, 0 failed; 1 file cannot be used\n");
  }

  @Test
  void aBadConfigurationOrDumpIsNotAFailedTest() throws IOException {
    cli.file("p.yml", "scrape_configs:\n- job_nam: x\n");
    assertThat(cli.run("test", tests("- {name: a, job: x, exact: true}\n")))
        .isEqualTo(ExitCode.USAGE);
    assertThat(cli.out()).contains("p.yml:2:3: scrape_configs[0].job_nam: field job_nam not found");

    cli.file("p.yml", CONFIG);
    cli.file("broken.yaml", "kind: [\n");
    String file =
        cli.file(
            "t.yml",
            """
            config: p.yml
            manifests: [broken.yaml]
            tests:
            - {name: a, job: web, exact: true}
            """);
    assertThat(cli.run("test", file)).isEqualTo(ExitCode.USAGE);
    assertThat(cli.out()).contains("error: t.yml: broken.yaml:2: document 1");
    assertThat(cli.run("test", folder.resolve("none.yml").toString())).isEqualTo(ExitCode.USAGE);
    assertThat(cli.out()).contains("none.yml:1:1: no such file (expected: a test file)");
  }

  @Test
  void theOwnNamespaceOfManifestsIsNamedAndAMalformedObjectIsAnError() throws IOException {
    String pod =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: p, namespace: %s}
        spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}
        status: {podIP: %s}
        ---
        """;
    cli.file("pods.yaml", pod.formatted("mine", "10.0.0.1") + pod.formatted("other", "10.0.0.2"));
    String file =
        cli.file(
            "t.yml",
            """
            scrape_configs:
            - job_name: own
              kubernetes_sd_configs: [{role: pod, namespaces: {own_namespace: true}}]
            manifests: [pods.yaml]
            namespace: mine
            tests:
            - {name: a, job: own, exact: true, expect: [{url: "http://10.0.0.1:80/metrics"}]}
            """);
    assertThat(cli.run("test", file)).as(cli.out()).isZero();

    cli.file("pods.yaml", pod.replace("80", "'80'").formatted("mine", "10.0.0.1"));
    assertThat(cli.run("test", file)).isEqualTo(ExitCode.USAGE);
    assertThat(cli.out())
        .contains("pods.yaml:1: Pod mine/p: spec.containers[0].ports[0].containerPort: \"80\"");
  }

  @Test
  void jsonHoldsEveryFinding() throws IOException {
    String file = tests("- {name: a, job: web, expect: [{labels: {team: red, host: 10.0.0.1}}]}\n");

    assertThat(cli.run("test", file, "-o", "json")).isEqualTo(ExitCode.FINDING);
    JsonNode test = new ObjectMapper().readTree(cli.out()).at("/0/tests/0");
    assertThat(test.get("passed").asBoolean()).isFalse();
    assertThat(test.at("/findings/0/kind").asText()).isEqualTo("missing");
    assertThat(test.at("/findings/0/differences/0/what").asText()).isEqualTo("label team");
    assertThat(test.at("/findings/0/differences/0/found").asText()).isEqualTo("blue");
  }

  @Test
  void theReportForBuildServersIsWellFormedWhateverTheNames() throws Exception {
    String file =
        tests(
            """
            - {name: "<&\\">\\u0001 ok", job: web, expect: [{labels: {team: blue}}]}
            - {name: bad, job: web, expect: [{labels: {team: "]]>"}}]}
            """);
    String broken = cli.file("u.yml", "tests: []\n");
    Path report = folder.resolve("out/report.xml");

    assertThat(cli.run("test", file, broken, "--junit", report.toString()))
        .isEqualTo(ExitCode.USAGE);
    Document xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
    assertThat(xml.getElementsByTagName("testsuite").getLength()).isEqualTo(2);
    Element suite = (Element) xml.getElementsByTagName("testsuite").item(0);
    assertThat(suite.getAttribute("tests")).isEqualTo("2");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    Element ok = (Element) xml.getElementsByTagName("testcase").item(0);
    assertThat(ok.getAttribute("name")).isEqualTo("<&\">\uFFFD ok");
    assertThat(xml.getElementsByTagName("failure").item(0).getTextContent())
        .contains("no active target");
    assertThat(xml.getElementsByTagName("error").getLength()).isEqualTo(1);
  }

  @Test
  void updateShowsTheChangeWritesItAndThenEverythingPasses() throws IOException {
    String file =
        tests(
            """
            # kept
            - name: hosts   # kept too
              job: web
              exact: true
              expect: # of today
              - discovered: {__address__: "10.0.0.2:80"}
                labels: {host: "1", zone: a}
              # before the next

            - job: web
              name: drops
              expect:
                - labels: {host: 10.0.0.1} # untouched
              dropped:
                - discovered: {__address__: "10.0.0.3:80"}
                  rule: 1
                - discovered: {__address__: "10.0.0.7:80"}
            - name: all of them
              job: web
              exact: true
            """);

    assertThat(cli.run("test", file, "--update")).isZero();
    assertThat(cli.err())
        .contains("@@ t.yml:7 @@", "-  expect: # of today", "+        host: 10.0.0.2");
    assertThat(Files.readString(folder.resolve("t.yml")))
        .isEqualTo(
            """
            config: p.yml
            tests:
            # kept
            - name: hosts   # kept too
              job: web
              exact: true
              expect: # of today
                - discovered:
                    __address__: "10.0.0.2:80"
                  labels:
                    host: 10.0.0.2
                    zone: ""
                - url: http://10.0.0.1:80/metrics
                  labels:
                    host: 10.0.0.1
                    instance: "10.0.0.1:80"
                    job: web
                    team: blue
              # before the next

            - job: web
              name: drops
              expect:
                - labels: {host: 10.0.0.1} # untouched
              dropped:
                - discovered:
                    __address__: "10.0.0.3:80"
                  rule: 0
            - name: all of them
              job: web
              expect:
                - url: http://10.0.0.1:80/metrics
                  labels:
                    host: 10.0.0.1
                    instance: "10.0.0.1:80"
                    job: web
                    team: blue
                - url: http://10.0.0.2:80/metrics
                  labels:
                    host: 10.0.0.2
                    instance: "10.0.0.2:80"
                    job: web
                    team: blue
              exact: true
            """);
    assertThat(cli.run("test", file)).as(cli.out()).isZero();
  }

  @Test
  void whatIsWrittenInBracesIsNotRewritten() throws IOException {
    String file = tests("- {name: a, job: web, expect: [{labels: {team: red}}]}\n");
    String before = Files.readString(Path.of(file));

    assertThat(cli.run("test", file, "--update")).isEqualTo(ExitCode.FINDING);
    assertThat(cli.err()).contains("t.yml:3:3: --update cannot rewrite");
    assertThat(Files.readString(Path.of(file))).isEqualTo(before);
  }

  @Test
  void serversAreNotAsked() throws IOException {
    String file =
        cli.file(
            "t.yml",
            """
            scrape_configs:
            - job_name: inventory
              http_sd_configs: [{url: "http://127.0.0.1:1/targets"}]
              kubernetes_sd_configs: [{role: pod}]
            tests:
            - {name: none, job: inventory, exact: true}
            - {name: some, job: inventory, expect: [{labels: {job: inventory}}]}
            """);

    assertThat(cli.run("test", file)).isEqualTo(ExitCode.FINDING);
    assertThat(cli.out())
        .contains("ok   t.yml:6: none", "nothing was discovered for job \"inventory\"");
  }

  private static final String MONITORS =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: web-0, namespace: shop, labels: {app: web}}
      spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
      status: {phase: Running, podIP: 10.1.0.4}
      ---
      apiVersion: monitoring.coreos.com/v1
      kind: PodMonitor
      metadata: {name: web, namespace: shop}
      spec: {selector: {}, podMetricsEndpoints: [{port: http}, {port: admin}]}
      ---
      apiVersion: monitoring.coreos.com/v1
      kind: PodMonitor
      metadata: {name: bad, namespace: shop}
      spec: {selector: {}, podMetricsEndpoints: [{interval: x}]}
      """;

  private static final String SETTINGS =
      "collector_namespace: m\nprometheus_cr: {enabled: true, pod_monitor_selector: {}}\n";

  private static final String OF_MONITORS =
      """
      tests:
      - name: the web pod is scraped
        job: podMonitor/shop/web/0
        exact: true
        expect:
        - {url: 'http://10.1.0.4:8080/metrics', labels: {job: shop/web, container: web}}
      - name: it has no such port
        job: podMonitor/shop/web/1
        dropped:
        - {discovered: {__meta_kubernetes_pod_name: web-0}, rule: 2}
      """;

  @Test
  void monitorsAreTestedByTheNamesOfTheirJobs() throws IOException {
    String dump = cli.file("monitors.yaml", MONITORS);
    String settings = cli.file("settings.yaml", SETTINGS);
    String named =
        cli.file(
            "named.yml",
            "prometheus_cr: settings.yaml\nmanifests: [monitors.yaml]\n" + OF_MONITORS);
    String bare = cli.file("bare.yml", OF_MONITORS);

    assertThat(cli.run("test", named)).isZero();
    assertThat(cli.run("test", bare, "--prometheus-cr", settings, "--manifests", dump)).isZero();

    assertThat(cli.out()).contains("2 passed");
    assertThat(cli.out() + cli.err()).contains("podmonitor/shop/bad: InvalidConfiguration: ");
  }

  @Test
  void aTestOfAMonitorThatFailsNamesTheRule() throws IOException {
    cli.file("monitors.yaml", MONITORS);
    cli.file("settings.yaml", SETTINGS);
    String file =
        cli.file(
            "t.yml",
            """
            prometheus_cr: settings.yaml
            manifests: [monitors.yaml]
            tests:
            - name: admin is scraped
              job: podMonitor/shop/web/1
              expect: [{discovered: {__meta_kubernetes_pod_name: web-0}}]
            """);

    assertThat(cli.run("test", file)).isEqualTo(ExitCode.FINDING);
    assertThat(cli.out()).contains("is dropped by rule 2, action keep on \"http\"");
  }

  @Test
  void settingsAndMonitorsThatCannotBeUsedAreNoFailedTest() throws IOException {
    cli.file("monitors.yaml", MONITORS);
    cli.file("p.yml", "scrape_configs: [{job_name: podMonitor/shop/web/0}]\n");
    cli.file("bad.yaml", "prometheus_cr: {enabled: true}\n");
    cli.file("settings.yaml", SETTINGS);
    String inputs = "manifests: [monitors.yaml]\n" + OF_MONITORS;

    assertThat(cli.run("test", cli.file("1.yml", "prometheus_cr: bad.yaml\n" + inputs)))
        .isEqualTo(ExitCode.USAGE);
    assertThat(cli.out() + cli.err()).contains("collector namespace must be set");
    assertThat(cli.run("test", cli.file("2.yml", "prometheus_cr: none.yaml\n" + inputs)))
        .isEqualTo(ExitCode.USAGE);
    assertThat(cli.out() + cli.err()).contains("none.yaml");
    assertThat(
            cli.run(
                "test",
                cli.file("3.yml", "config: p.yml\nprometheus_cr: settings.yaml\n" + inputs)))
        .isEqualTo(ExitCode.USAGE);
    assertThat(cli.out() + cli.err())
        .contains("job \"podMonitor/shop/web/0\" is in the configuration too");
    assertThat(cli.run("test", "1.yml", "--manifests", "-")).isEqualTo(ExitCode.USAGE);
  }
}
