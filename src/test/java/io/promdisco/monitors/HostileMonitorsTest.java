package io.promdisco.monitors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.FileSdConfig;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.offline.ManifestReader;
import io.promdisco.relabel.RelabelTrace;
import io.promdisco.scrape.TargetBuilder;
import io.promdisco.scrape.TargetOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Resources that are made to read what they may not, or to take all memory or all time. */
@Timeout(600)
class HostileMonitorsTest {
  private static final String ALL =
      "service_monitor_selector: {}, pod_monitor_selector: {}, probe_selector: {},"
          + " scrape_config_selector: {}";

  private static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: vault, namespace: shop}
      stringData: {key: open-sesame}
      """;

  private static MonitorCompiler compiler(String more) throws InvalidSettingsException {
    return new MonitorCompiler(
        MonitorSettings.of(
            ManifestReader.object(
                "collector_namespace: m\nprometheus_cr: {enabled: true, " + ALL + more + "}\n")));
  }

  private static ObjectNode object(String kind, String name, String spec) {
    String version = kind.equals("ScrapeConfig") ? "v1alpha1" : "v1";
    return ManifestReader.object(
        """
        apiVersion: monitoring.coreos.com/VERSION
        kind: KIND
        metadata: {name: NAME, namespace: shop}
        spec: SPEC
        """
            .replace("VERSION", version)
            .replace("KIND", kind)
            .replace("NAME", "'" + name + "'")
            .replace("SPEC", spec));
  }

  private static ObjectNode serviceMonitor(String endpoint) {
    return object("ServiceMonitor", "web", "{selector: {}, endpoints: [" + endpoint + "]}");
  }

  private static CompiledMonitors compile(MonitorCompiler compiler, JsonNode... objects) {
    return compiler.compile(MonitorObjects.of(List.of(objects)));
  }

  private static CompiledMonitors compile(JsonNode... objects) throws InvalidSettingsException {
    return compile(compiler(""), objects);
  }

  /** What becomes of one target of the only job. */
  private static TargetOutcome outcome(CompiledMonitors compiled, Labels discovered) {
    ScrapeConfig job = compiled.configs().get(0);
    TargetGroup group = new TargetGroup("", List.of(discovered), Labels.EMPTY);
    return new TargetBuilder(job).build("", group, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{bearerTokenFile: /secret}",
        "{tlsConfig: {caFile: /secret}}",
        "{tlsConfig: {certFile: /secret, keyFile: /key}}",
      })
  void filesThatConnectionsNameAreDeniedJobByJob(String endpoint) throws Exception {
    CompiledMonitors compiled =
        compile(
            compiler(", deny_fs_access_through_sms: true"),
            serviceMonitor(endpoint + ", {port: b}"));

    assertThat(compiled.jobs())
        .extracting(MonitorJob::jobName)
        .containsExactly("serviceMonitor/shop/web/1");
    assertThat(compiled.rejected()).hasSize(1);
    assertThat(compiled.rejected().get(0).reason()).isEqualTo(Rejection.Reason.DENIED_FS_ACCESS);
    assertThat(compiled.rejected().get(0).job()).isEqualTo("serviceMonitor/shop/web/0");
  }

  @Test
  void filesOfAScrapeClassAreDeniedToo() throws Exception {
    CompiledMonitors compiled =
        compile(
            compiler(
                ", deny_fs_access_through_sms: true, scrape_classes: [{name: c, default: true,"
                    + " tlsConfig: {caFile: /secret}}]"),
            serviceMonitor("{port: a}"));

    assertThat(compiled.jobs()).isEmpty();
    assertThat(compiled.rejected().get(0).message()).isEqualTo("tls_config.ca_file: /secret");
  }

  @Test
  void podMonitorsCannotNameFiles() throws Exception {
    CompiledMonitors compiled =
        compile(
            object(
                "PodMonitor",
                "web",
                "{selector: {}, podMetricsEndpoints: [{bearerTokenFile: /secret, tlsConfig:"
                    + " {caFile: /secret, insecureSkipVerify: true}}]}"));

    assertThat(compiled.jobs().get(0).tree().toString()).doesNotContain("/secret");
  }

  /** As with the operator: the setting is about what connects to targets. */
  @Test
  void filesOfTargetsAreNotDeniedAndNotReadByTheCompilation(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("targets.json"), "not JSON");

    CompiledMonitors compiled =
        compile(
            compiler(", deny_fs_access_through_sms: true"),
            object("ScrapeConfig", "own", "{fileSDConfigs: [{files: ['" + file + "']}]}"));

    assertThat(compiled.configs().get(0).sdConfigs().get(0)).isInstanceOf(FileSdConfig.class);
    assertThat(compiled.rejected()).isEmpty();
  }

  @Test
  void noFileThatAResourceNamesIsReadByTheCompilation(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("missing");

    assertThat(
            compileQuietly(
                serviceMonitor(
                    "{bearerTokenFile: '"
                        + missing
                        + "', tlsConfig: {caFile: '"
                        + missing
                        + "'}}")))
        .isEmpty();
  }

  private static List<Rejection> compileQuietly(JsonNode object) {
    try {
      return compile(object).rejected();
    } catch (InvalidSettingsException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bearerTokenSecret: REF",
        "basicAuth: {username: REF, password: REF}",
        "authorization: {credentials: REF}",
        "tlsConfig: {ca: {secret: REF}}",
        "tlsConfig: {cert: {secret: REF}, keySecret: REF}",
        "oauth2: {clientId: {secret: REF}, clientSecret: REF, tokenUrl: 'http://a'}",
        "oauth2: {clientId: {configMap: {name: id, key: id}}, clientSecret: REF, tokenUrl:"
            + " 'http://a'}",
        "proxyUrl: 'http://a', proxyConnectHeader: {a: [REF]}",
      })
  void secretsOutsideTheAllowedNamespacesAreRefusedWhereverTheyAreNamed(String field)
      throws Exception {
    ObjectNode monitor =
        serviceMonitor("{" + field.replace("REF", "{name: vault, key: key}") + "}");
    ObjectNode secret = ManifestReader.object(SECRET);
    ObjectNode map =
        ManifestReader.object(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: id, namespace: shop}
            data: {id: x}
            """);

    assertThat(compile(monitor, secret, map).references()).anyMatch(DataName::isSecret);
    CompiledMonitors compiled =
        compile(compiler(", secret_namespaces: [bank]"), monitor, secret, map);

    assertThat(compiled.jobs()).isEmpty();
    assertThat(compiled.rejected().get(0).message()).contains("secret_namespaces");
    assertThat(compiled.toString()).doesNotContain("open-sesame");
    assertThat(compiled.references()).noneMatch(DataName::isSecret);
  }

  @Test
  void secretsOfServiceDiscoveryAndOfProbesAreRefusedToo() throws Exception {
    ObjectNode secret = ManifestReader.object(SECRET);
    String ref = "{name: vault, key: key}";

    CompiledMonitors compiled =
        compile(
            compiler(", secret_namespaces: [bank]"),
            secret,
            object(
                "ScrapeConfig",
                "sd",
                "{httpSDConfigs: [{url: 'http://a', authorization: {credentials: " + ref + "}}]}"),
            object("ScrapeConfig", "own", "{authorization: {credentials: " + ref + "}}"),
            object(
                "Probe",
                "probe",
                "{prober: {url: a}, targets: {staticConfig: {static: [a]}}, basicAuth: {password: "
                    + ref
                    + "}}"),
            object(
                "PodMonitor",
                "pods",
                "{selector: {}, podMetricsEndpoints: [{bearerTokenSecret: " + ref + "}]}"));

    assertThat(compiled.jobs()).isEmpty();
    assertThat(compiled.rejected())
        .hasSize(4)
        .allMatch(rejection -> rejection.message().contains("secret_namespaces"));
  }

  /** A resource cannot name the namespace of a Secret. */
  @Test
  void secretsOfOtherNamespacesCannotBeNamed() throws Exception {
    ObjectNode secret = ManifestReader.object(SECRET.replace("shop", "bank"));

    CompiledMonitors compiled =
        compile(
            secret,
            serviceMonitor("{authorization: {credentials: {name: '../bank/vault', key: key}}}"),
            object(
                "PodMonitor",
                "web",
                "{selector: {}, podMetricsEndpoints: [{authorization: {credentials: {name: vault,"
                    + " key: key, namespace: bank}}}]}"));

    assertThat(compiled.jobs()).isEmpty();
    assertThat(compiled.rejected())
        .hasSize(2)
        .allMatch(rejection -> rejection.message().contains("not found"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(((((a{30}){30}){30}){30}){30}){30}",
        "(x+x+)+y{1001}",
        "((a{1000}){1000}){1000}",
      })
  void aRegexThatWouldTakeAllMemoryIsRefusedWithItsResourceAlone(String regex) throws Exception {
    CompiledMonitors compiled =
        compile(
            serviceMonitor("{relabelings: [{sourceLabels: [a], regex: '" + regex + "'}]}"),
            object("PodMonitor", "good", "{selector: {}, podMetricsEndpoints: [{}]}"));

    assertThat(compiled.jobs()).hasSize(1);
    assertThat(compiled.rejected().get(0).message()).contains("invalid regex");
  }

  @Test
  void aRegexThatBacktracksElsewhereTakesTimeInProportionHere() throws Exception {
    CompiledMonitors compiled =
        compile(
            serviceMonitor(
                "{relabelings: [{sourceLabels: [a], regex: '(a*)*(a|aa)+b', action: keep}]}"));

    assertThat(outcome(compiled, Labels.of("__address__", "h:1", "a", "a".repeat(100_000))))
        .isEqualTo(TargetOutcome.Dropped.DROPPED);
  }

  @Test
  void relabelingsThatDoubleAValueFailTheirTargetsAlone() throws Exception {
    String twice = "{sourceLabels: [a], targetLabel: a, replacement: '$1$1'}";
    CompiledMonitors compiled =
        compile(
            serviceMonitor(
                "{relabelings: ["
                    + String.join(", ", Collections.nCopies(60, twice))
                    + ", {action: drop, sourceLabels: [good], regex: '.+'}]}"));

    assertThat(outcome(compiled, Labels.of("__address__", "h:1", "a", "x")))
        .isInstanceOf(TargetOutcome.Failed.class);
    assertThat(outcome(compiled, Labels.of("__address__", "h:1", "good", "x")))
        .isEqualTo(TargetOutcome.Dropped.DROPPED);
  }

  @Test
  void aSelectorThatIsNoRegexIsRefusedWithItsResourceAlone() throws Exception {
    CompiledMonitors compiled =
        compile(
            object(
                "Probe",
                "evil",
                "{prober: {url: a}, targets: {ingress: {selector: {matchLabels: {a: '('}}}}}"),
            serviceMonitor("{port: a}"));

    assertThat(compiled.jobs()).hasSize(1);
    assertThat(compiled.rejected().get(0).name()).isEqualTo("evil");
  }

  @Test
  void aPortNameThatIsARegexMatchesPortsAsWithTheOperator() throws Exception {
    CompiledMonitors compiled = compile(serviceMonitor("{port: '.*'}"));

    RelabelTrace trace =
        RelabelTrace.of(compiled.configs().get(0).relabelRules(), Labels.of("__address__", "h:1"));
    assertThat(trace.dropped()).isEmpty();
    assertThat(compile(serviceMonitor("{port: '('}")).jobs()).isEmpty();
  }

  /** Counts how often fields are read: time would depend on the machine. */
  @SuppressWarnings("unchecked") // deepCopy of ObjectNode narrows a type variable
  private static final class CountingSpec extends ObjectNode {
    private static final long serialVersionUID = 1L;
    private final transient AtomicLong reads;

    CountingSpec(ObjectNode fields, AtomicLong reads) {
      super(JsonNodeFactory.instance);
      this.reads = reads;
      setAll(fields);
    }

    @Override
    public JsonNode get(String name) {
      reads.incrementAndGet();
      return super.get(name);
    }
  }

  private static List<JsonNode> many(int count, AtomicLong reads) {
    ObjectNode template = object("ServiceMonitor", "m", "{selector: {}, endpoints: [{}]}");
    List<JsonNode> objects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ObjectNode monitor = template.deepCopy();
      ((ObjectNode) monitor.get("metadata")).put("name", "m" + i);
      monitor.set("spec", new CountingSpec((ObjectNode) monitor.get("spec"), reads));
      objects.add(monitor);
    }
    return objects;
  }

  @Test
  void tenThousandMonitorsAreReadInProportionAndAChangedOneAlone() throws Exception {
    AtomicLong few = new AtomicLong();
    compiler("").compile(MonitorObjects.of(many(100, few)));
    AtomicLong reads = new AtomicLong();
    List<JsonNode> objects = many(10_000, reads);
    MonitorCompiler compiler = compiler("");

    CompiledMonitors compiled = compiler.compile(MonitorObjects.of(objects));

    assertThat(compiled.configs()).hasSize(10_000);
    assertThat(reads.get()).isEqualTo(100 * few.get());

    reads.set(0);
    objects.set(1, many(2, reads).get(1));
    compiler.compile(MonitorObjects.of(objects));
    assertThat(reads.get()).isLessThanOrEqualTo(2 * few.get() / 100);
  }

  @Test
  void aMonitorOfAllServicesHasOneWatchAndNoRuleForEach() throws Exception {
    CompiledMonitors compiled =
        compile(
            object(
                "ServiceMonitor",
                "all",
                "{selector: {}, namespaceSelector: {any: true}, endpoints: [{}]}"));

    Map<String, Object> tree = compiled.jobs().get(0).tree();
    assertThat(tree.get("kubernetes_sd_configs")).hasToString("[{role=endpointslice}]");
    assertThat(compiled.configs().get(0).relabelRules()).hasSizeLessThan(20);
    assertThat(outcome(compiled, Labels.of("__address__", "h:1")))
        .isInstanceOf(TargetOutcome.Kept.class);
  }

  @Test
  void namesOfAllLegalCharactersStayDifferentJobs() throws Exception {
    Set<String> names = new HashSet<>();
    List<JsonNode> objects = new ArrayList<>();
    for (String name :
        List.of("a", "a-b", "a.b", "0", "0.9-z", "yes", "1e3", "null", "z".repeat(253))) {
      objects.add(object("ServiceMonitor", name, "{selector: {}, endpoints: [{}]}"));
      objects.add(object("PodMonitor", name, "{selector: {}, podMetricsEndpoints: [{}]}"));
      names.add("serviceMonitor/shop/" + name + "/0");
      names.add("podMonitor/shop/" + name + "/0");
    }

    CompiledMonitors compiled = compiler("").compile(MonitorObjects.of(objects));

    assertThat(compiled.rejected()).isEmpty();
    assertThat(compiled.configs())
        .extracting(ScrapeConfig::jobName)
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void keysAndValuesOfAllLegalCharactersSelect() throws Exception {
    CompiledMonitors compiled =
        compile(
            object(
                "ServiceMonitor",
                "web",
                "{selector: {matchLabels: {'a.b-c.example/K_e.y-9': 'V_a.l-9'}}, endpoints: [{}],"
                    + " targetLabels: ['a.b-c.example/K_e.y-9'], jobLabel: 'x-y.z/_'}"));

    assertThat(compiled.rejected()).isEmpty();
    String label = "__meta_kubernetes_service_label_a_b_c_example_K_e_y_9";
    Labels selected =
        Labels.of(
            "__address__", "h:1", label, "V_a.l-9", label.replace("label", "labelpresent"), "true");
    assertThat(outcome(compiled, selected))
        .isInstanceOfSatisfying(
            TargetOutcome.Kept.class,
            kept -> assertThat(kept.target().label("a_b_c_example_K_e_y_9")).isEqualTo("V_a.l-9"));
    assertThat(outcome(compiled, Labels.of("__address__", "h:1")))
        .isEqualTo(TargetOutcome.Dropped.DROPPED);
  }

  @Test
  void namesThatNoApiServerAcceptsHarmTheirResourceAlone() throws Exception {
    CompiledMonitors compiled =
        compile(
            object("ServiceMonitor", "a/b", "{selector: {}, endpoints: [{}]}"),
            object("ServiceMonitor", "a", "{selector: {}, endpoints: [{}]}"),
            object("PodMonitor", " ", "{selector: {}, podMetricsEndpoints: [{}]}"));

    assertThat(compiled.configs()).extracting(ScrapeConfig::jobName).doesNotHaveDuplicates();
    assertThat(compiled.configs()).hasSizeGreaterThanOrEqualTo(2);
  }
}
