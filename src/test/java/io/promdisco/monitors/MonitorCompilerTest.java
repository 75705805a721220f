package io.promdisco.monitors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.offline.ManifestReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MonitorCompilerTest {
  private static final String MONITOR =
      """
      apiVersion: monitoring.coreos.com/v1
      kind: ServiceMonitor
      metadata: {name: NAME, namespace: shop}
      spec: {selector: {}, endpoints: [{port: http}]}
      """;

  private static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: auth, namespace: shop}
      stringData: {token: VALUE}
      """;

  private static MonitorCompiler compiler(String more) throws InvalidSettingsException {
    return new MonitorCompiler(
        MonitorSettings.of(
            ManifestReader.object(
                "collector_namespace: monitoring\nprometheus_cr: {enabled: true,"
                    + " service_monitor_selector: {}, probe_selector: {}"
                    + more
                    + "}\n")));
  }

  private static ObjectNode monitor(String name) {
    return ManifestReader.object(MONITOR.replace("NAME", name));
  }

  private static ObjectNode withToken(String name) {
    ObjectNode monitor = monitor(name);
    ObjectNode endpoint = (ObjectNode) monitor.get("spec").get("endpoints").get(0);
    endpoint
        .putObject("authorization")
        .putObject("credentials")
        .put("name", "auth")
        .put("key", "token");
    return monitor;
  }

  private static CompiledMonitors compile(MonitorCompiler compiler, JsonNode... objects) {
    return compiler.compile(MonitorObjects.of(List.of(objects)));
  }

  @Test
  void jobsOfUnchangedResourcesStayTheSameObjects() throws Exception {
    MonitorCompiler compiler = compiler("");
    List<ScrapeConfig> before = compile(compiler, monitor("a"), monitor("b")).configs();
    ObjectNode changed = monitor("b");
    ((ObjectNode) changed.get("spec")).put("jobLabel", "app");

    List<ScrapeConfig> after = compile(compiler, monitor("a"), changed).configs();

    assertThat(after.get(0)).isSameAs(before.get(0));
    assertThat(after.get(1)).isNotEqualTo(before.get(1));
  }

  @Test
  void aChangedSecretChangesTheJobsThatNameIt() throws Exception {
    MonitorCompiler compiler = compiler("");
    ObjectNode old = ManifestReader.object(SECRET.replace("VALUE", "old"));
    CompiledMonitors before = compile(compiler, monitor("a"), withToken("b"), old);

    CompiledMonitors after =
        compile(
            compiler,
            monitor("a"),
            withToken("b"),
            ManifestReader.object(SECRET.replace("VALUE", "new")));
    CompiledMonitors missing = compile(compiler, monitor("a"), withToken("b"));

    assertThat(after.configs().get(0)).isSameAs(before.configs().get(0));
    assertThat(after.configs().get(1)).isNotEqualTo(before.configs().get(1));
    assertThat(missing.configs()).hasSize(1);
    assertThat(missing.rejected().get(0).message()).contains("secrets \"auth\" not found");
    assertThat(compile(compiler, monitor("a"), withToken("b"), old).configs()).hasSize(2);
  }

  @Test
  void aClassReadsTheSecretThatAnotherResourceNames() throws Exception {
    MonitorCompiler compiler =
        compiler(
            ", scrape_classes: [{name: c, default: true,"
                + " authorization: {credentials: {name: auth, key: token}}}]");
    ObjectNode secret = ManifestReader.object(SECRET.replace("VALUE", "x"));

    assertThat(compile(compiler, monitor("a"), secret).jobs().get(0).tree().get("authorization"))
        .hasToString("{type=Bearer}");
    assertThat(
            compile(compiler, monitor("a"), withToken("b"), secret)
                .jobs()
                .get(0)
                .tree()
                .get("authorization"))
        .hasToString("{type=Bearer, credentials=x}");
    assertThat(compile(compiler, monitor("a"), secret).jobs().get(0).tree().get("authorization"))
        .hasToString("{type=Bearer}");
  }

  @Test
  void secretsOfOtherNamespacesThanThoseAllowedAreRefused() throws Exception {
    ObjectNode secret = ManifestReader.object(SECRET.replace("VALUE", "open-sesame"));

    CompiledMonitors compiled =
        compile(compiler(", secret_namespaces: [bank]"), withToken("b"), secret);

    assertThat(compiled.jobs()).isEmpty();
    assertThat(compiled.rejected().get(0).message())
        .contains("namespace shop is not among the settings' secret_namespaces");
  }

  @Test
  void namesTheSecretsThatAreToBeReadBeforeTheyExist() throws Exception {
    CompiledMonitors compiled = compile(compiler(""), monitor("a"), withToken("b"));

    assertThat(compiled.references()).containsExactly(new DataName(true, "shop", "auth"));
  }

  @Test
  void warnsOfKeysThatTheAllocatorIgnores() throws Exception {
    MonitorSettings settings =
        MonitorSettings.of(
            ManifestReader.object(
                "collector_namespace: m\nprometheus_cr: {enabled: true,"
                    + " servicemonitor_selector: {}}\n"));

    assertThat(settings.warnings())
        .containsExactly(
            "prometheus_cr: unknown key servicemonitor_selector, which is ignored; did you mean"
                + " \"service_monitor_selector\"?");
  }

  @Test
  void noTextOfAResultHoldsASecret() throws Exception {
    ObjectNode secret = ManifestReader.object(SECRET.replace("VALUE", "open-sesame"));

    CompiledMonitors compiled = compile(compiler(""), withToken("b"), secret);

    assertThat(compiled.toString() + compiled.jobs() + compiled.configs())
        .doesNotContain("open-sesame");
    assertThat(compiled.jobs().get(0).tree().toString()).contains("open-sesame");
  }

  @Test
  void valuesOfAnotherTypeThanTheCrdSaysRefuseTheirResourceAlone() throws Exception {
    ObjectNode odd = monitor("odd");
    ((ObjectNode) odd.get("spec")).put("endpoints", "http");
    ObjectNode odder = monitor("odder");
    odder.put("spec", 5);
    ObjectNode oddest = monitor("oddest");
    ((ObjectNode) oddest.get("spec")).put("sampleLimit", "many");

    CompiledMonitors compiled = compile(compiler(""), odd, odder, oddest, monitor("good"));

    assertThat(compiled.jobs()).hasSize(1);
    assertThat(compiled.rejected())
        .extracting(Rejection::toString)
        .containsExactly(
            "servicemonitor/shop/odd: InvalidConfiguration: spec.endpoints: string (expected: a"
                + " list)",
            "servicemonitor/shop/odder: InvalidConfiguration: spec: number (expected: an object)",
            "servicemonitor/shop/oddest: InvalidConfiguration: spec.sampleLimit: string (expected:"
                + " an integer)");
  }

  @Test
  void aResourceWithTooManyEndpointsIsRefusedAndOneOfLegalSizeIsNot() throws Exception {
    ObjectNode monitor = monitor("big");
    for (int i = 0; i < MonitorCompiler.MOST_ENDPOINTS; i++) {
      monitor.withArray("/spec/endpoints").addObject().put("port", "p" + i);
    }

    CompiledMonitors compiled = compile(compiler(""), monitor, monitor("small"));

    assertThat(compiled.jobs()).hasSize(1);
    assertThat(compiled.rejected().get(0).message())
        .isEqualTo("endpoints: 1001 (expected: at most 1000)");
  }

  @Test
  void manyResourcesEachMakeTheirJob() throws Exception {
    List<JsonNode> objects = new ArrayList<>();
    IntStream.range(0, 2_000).forEach(i -> objects.add(monitor("m" + i)));

    CompiledMonitors compiled = compiler("").compile(MonitorObjects.of(objects));

    assertThat(compiled.configs()).hasSize(2_000);
  }

  @Test
  void textOfEveryKindComesThroughAsItIs() throws Exception {
    String text = "a: \"b\" 'c' #d\n\t\u0001\u007f\u0085\ufeff😀 %{x} <<";
    ObjectNode monitor = monitor("odd");
    ObjectNode endpoint = (ObjectNode) monitor.get("spec").get("endpoints").get(0);
    endpoint.putArray("relabelings").addObject().put("targetLabel", "x").put("replacement", text);

    ScrapeConfig config = compile(compiler(""), monitor).configs().get(0);

    assertThat(config.relabelRules().toString() + config.effective()).contains(text);
  }

  private static ObjectNode withEndpoints(String name, int endpoints, int terms) {
    ObjectNode monitor = monitor(name);
    ObjectNode spec = (ObjectNode) monitor.get("spec");
    ObjectNode labels = spec.putObject("selector").putObject("matchLabels");
    IntStream.range(0, terms).forEach(i -> labels.put("k" + i, "v"));
    IntStream.range(0, endpoints).forEach(i -> spec.withArray("endpoints").addObject());
    return monitor;
  }

  /** 70 kB of a resource could become four million rules. */
  @Test
  void selectorThatIsRepeatedForTooManyEndpointsIsRefused() throws Exception {
    CompiledMonitors monitors =
        compile(compiler(""), withEndpoints("large", 500, 100), monitor("usual"));

    assertThat(monitors.jobs()).hasSize(1);
    assertThat(monitors.rejected())
        .singleElement()
        .hasToString(
            "servicemonitor/shop/large: InvalidConfiguration: endpoints: 501 times the selector"
                + " and other settings of the resource (expected: fewer endpoints or a smaller"
                + " selector, so that at most 20000 settings are repeated)");
  }

  @Test
  void largestResourcesAreLeftOutWhereAllTogetherAreTooLarge() {
    List<MonitorObject> objects =
        List.copyOf(
            MonitorObjects.of(
                    List.of(withEndpoints("a", 100, 10), monitor("b"), withEndpoints("c", 50, 10)))
                .monitors(MonitorKind.SERVICE_MONITOR));

    assertThat(MonitorSize.refused(objects, 1_000_000)).isEmpty();
    assertThat(MonitorSize.refused(objects, 3_000)).containsOnlyKeys(objects.get(0).id());
    assertThat(MonitorSize.refused(objects, 100))
        .containsOnlyKeys(objects.get(0).id(), objects.get(2).id());
  }

  /** Each of these is refused before it is compiled, which takes minutes or all memory. */
  @Test
  void largeRegexesCountTowardsTheSize() {
    for (String regex : List.of("\\pL".repeat(60), "(a{1000}){1}")) {
      ObjectNode monitor = monitor("a");
      ObjectNode endpoint = (ObjectNode) monitor.get("spec").get("endpoints").get(0);
      IntStream.range(0, 10_000)
          .forEach(i -> endpoint.withArray("relabelings").addObject().put("regex", regex));
      List<MonitorObject> objects =
          List.copyOf(MonitorObjects.of(List.of(monitor)).monitors(MonitorKind.SERVICE_MONITOR));

      assertThat(MonitorSize.refused(objects, 500_000)).hasSize(1);
    }
  }
}
