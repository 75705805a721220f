package io.promdisco.cli;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.conformance.RealCluster;
import io.promdisco.offline.ManifestReader;
import io.promdisco.testing.SkipReason;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands with a real API server. The property {@code promdisco.kubeconfig} names it, with
 * full permissions, and {@code promdisco.kubeconfig.viewer} a user without any. Everything in it is
 * deleted, so use an empty one.
 */
class RealCommandsIT {
  private static final String KUBECONFIG = System.getProperty("promdisco.kubeconfig", "");
  private static final String VIEWER = System.getProperty("promdisco.kubeconfig.viewer", "");

  private static final String NAMESPACE =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: shop}
      """;

  private static final String CONFIG =
      """
      scrape_configs:
      - job_name: pods
        kubernetes_sd_configs:
        - role: pod
          namespaces: {names: [shop]}
        relabel_configs:
        - {source_labels: [__meta_kubernetes_pod_label_app], regex: web, action: keep}
        - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
      """;

  @TempDir private Path folder = Path.of("");
  private Cli cli = new Cli(Path.of(""));
  private @Nullable RealCluster open;
  private String config = "";

  @BeforeEach
  void fill() throws Exception {
    assumeFalse(KUBECONFIG.isEmpty(), SkipReason.API_SERVER);
    cli = new Cli(folder);
    config = cli.file("p.yml", CONFIG);
    open = new RealCluster(Path.of(KUBECONFIG));
    cluster().clear();
    create(NAMESPACE);
    create(pod("web-0", "web", "10.0.0.2"));
    create(pod("db-0", "db", "10.0.0.3"));
  }

  @AfterEach
  void clear() throws Exception {
    if (open != null) {
      open.clear();
    }
  }

  private RealCluster cluster() {
    return Objects.requireNonNull(open);
  }

  private static String pod(String name, String app, String ip) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %s
      namespace: shop
      labels: {app: %s}
    spec:
      nodeName: node-1
      containers:
      - name: main
        image: a:1
        env: [{name: PASSWORD, value: topsecret}]
        ports: [{name: http, containerPort: 8080}]
    status: {phase: Running, podIP: %s, podIPs: [{ip: %3$s}]}
    """
        .formatted(name, app, ip);
  }

  private void create(String yaml) throws Exception {
    for (JsonNode object : ManifestReader.documents(Path.of(cli.file("object.yaml", yaml)))) {
      cluster().create((ObjectNode) object);
    }
  }

  private String json(String... source) {
    assertThat(cli.run("targets", config, "-o", "json", "--state", "any", source[0], source[1]))
        .as(cli.err())
        .isZero();
    return cli.out();
  }

  @Test
  void targetsAndThoseOfADumpAreTheSame() {
    String live = json("--kubeconfig", KUBECONFIG);
    assertThat(live).contains("http://10.0.0.2:8080/metrics", "db-0");

    String dump = folder.resolve("dump.yaml").toString();
    assertThat(cli.run("dump", config, "--kubeconfig", KUBECONFIG, "--file", dump)).isZero();
    assertThat(Path.of(dump)).content().contains("web-0", "db-0").doesNotContain("topsecret");
    assertThat(json("--manifests", dump)).isEqualTo(live);
  }

  @Test
  void explainNamesTheRuleAndWhatIsNotThere() {
    assertThat(cli.run("explain", config, "pod/shop/web-0", "--kubeconfig", KUBECONFIG))
        .as(cli.err())
        .isZero();
    assertThat(cli.run("explain", config, "db-0", "--kubeconfig", KUBECONFIG))
        .isEqualTo(ExitCode.FINDING);
    assertThat(cli.out()).contains("p.yml:7:5", "\"db\" does not match: dropped");
    assertThat(cli.run("explain", config, "pod/shop/web-1", "--kubeconfig", KUBECONFIG))
        .isEqualTo(ExitCode.FINDING);
    assertThat(cli.out()).contains("there is no pod web-1 in namespace shop", "pod/shop/web-0");
  }

  @Test
  void diffShowsWhatComes() throws Exception {
    String wider = cli.file("wider.yml", CONFIG.replace("regex: web", "regex: web|db"));
    assertThat(cli.run("diff", config, wider, "--kubeconfig", KUBECONFIG, "--fail-on", "any"))
        .isEqualTo(ExitCode.FINDING);
    assertThat(cli.out())
        .contains("0 removed, 1 added, 0 changed, 1 unchanged")
        .contains("+ http://10.0.0.3:8080/metrics");
    assertThat(cli.run("diff", config, wider, "--kubeconfig", KUBECONFIG, "--fail-on", "lost"))
        .isZero();
  }

  @Test
  void rbacAsksTheServerWhatIsMissing() {
    assertThat(cli.run("rbac", config, "--check", "--kubeconfig", KUBECONFIG)).isZero();
    assertThat(cli.out())
        .contains("ok:      list pods in namespace shop", "ok:      watch pods in namespace shop")
        .doesNotContain("missing:");
    assumeFalse(VIEWER.isEmpty(), SkipReason.API_SERVER);
    assertThat(cli.run("rbac", config, "--check", "--kubeconfig", VIEWER))
        .isEqualTo(ExitCode.FINDING);
    assertThat(cli.out())
        .contains("missing: list pods in namespace shop", "missing: watch pods in namespace shop")
        .doesNotContain("ok:");
  }

  @Test
  void theErrorForAUserWithoutPermissionsSaysWhatToGrant() {
    assumeFalse(VIEWER.isEmpty(), SkipReason.API_SERVER);
    String[] with = {"--kubeconfig", VIEWER};
    assertThat(cli.run("targets", config, with[0], with[1], "--timeout", "2s"))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.err()).contains("grant verbs [list, watch] on resource \"pods\"");
    assertThat(cli.run("dump", config, with[0], with[1])).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.err()).contains("grant verbs [list, watch] on resource \"pods\"");
    assertThat(cli.run("explain", config, "web-0", with[0], with[1], "--timeout", "2s"))
        .isEqualTo(ExitCode.UNREACHABLE);
  }

  @Test
  void watchInAPipePrintsALineForEachChange() throws Exception {
    try (Terminal pipe =
        Terminal.piped(folder, "targets", config, "--watch", "--kubeconfig", KUBECONFIG)) {
      eventually(() -> assertThat(pipe.screen()).contains("1 active, 1 dropped in 1 job"));
      create(pod("web-1", "web", "10.0.0.4"));
      eventually(() -> assertThat(pipe.screen()).contains("+ pods  http://10.0.0.4:8080/metrics"));
      for (JsonNode object : ManifestReader.documents(folder.resolve("object.yaml"))) {
        cluster().delete((ObjectNode) object);
      }
      eventually(() -> assertThat(pipe.screen()).contains("- pods  http://10.0.0.4:8080/metrics"));
      assertThat(pipe.screen()).doesNotContain("\u001b");
    }
  }
}
