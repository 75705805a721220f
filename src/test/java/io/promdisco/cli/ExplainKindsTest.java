package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainKindsTest {
  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: Node
      metadata: {name: node-1, labels: {zone: a}}
      status:
        addresses: [{type: InternalIP, address: 10.2.0.1}]
        daemonEndpoints: {kubeletEndpoint: {Port: 10250}}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: front, namespace: shop}
      spec: {rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix}]}}]}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: bare, namespace: shop}
      spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: shop}
      spec: {type: ClusterIP, clusterIP: 10.1.0.1, ports: [{name: http, port: 80}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: portless, namespace: shop}
      spec: {type: ExternalName, externalName: web.example}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web-0, namespace: shop, labels: {app: web}}
      spec: {containers: [{name: web, ports: [{containerPort: 8080}]}]}
      status: {phase: Running, podIP: 10.0.0.2}
      """;

  @TempDir private Path folder = Path.of("");
  private Cli cli = new Cli(Path.of(""));

  @BeforeEach
  void files() {
    cli = new Cli(folder);
  }

  /** Queries a job with one role; returns the last line. */
  private String ask(String role, String query) throws IOException {
    String config =
        """
        scrape_configs:
        - job_name: job
          kubernetes_sd_configs: [%s]
          relabel_configs: [{source_labels: [__meta_kubernetes_namespace], target_label: ns}]
        """
            .formatted(role);
    cli.run(
        "explain",
        cli.file("p.yml", config),
        query,
        "--manifests",
        cli.file("cluster.yaml", OBJECTS));
    List<String> lines = cli.out().lines().toList();
    assertThat(lines).as(cli.err()).isNotEmpty();
    return lines.get(lines.size() - 1);
  }

  @Test
  void nodesServicesAndIngressesAreFoundByName() throws IOException {
    assertThat(ask("{role: node}", "node/node-1"))
        .isEqualTo("node/node-1 is scraped by job job at http://10.2.0.1:10250/metrics");
    assertThat(ask("{role: ingress}", "ingress/shop/front"))
        .isEqualTo("ingress/shop/front is scraped by job job at http://shop.example/metrics");
    assertThat(ask("{role: service}", "service/shop/web"))
        .isEqualTo("service/shop/web is scraped by job job at http://web.shop.svc:80/metrics");
  }

  @Test
  void aSelectorThatLeavesANodeOutIsTheReason() throws IOException {
    assertThat(ask("{role: node, selectors: [{role: node, label: zone=b}]}", "node-1"))
        .contains("node node-1 is left out by the selector of role node (label: zone=b)");
  }

  @Test
  void objectsThatGiveNoTargetSayWhatTheyLack() throws IOException {
    assertThat(ask("{role: ingress}", "ingress/shop/bare"))
        .startsWith("ingress/shop/bare is not scraped: job job does not discover it: ingress")
        .contains("shop/bare has no rule");
    assertThat(ask("{role: service}", "service/shop/portless"))
        .startsWith("service/shop/portless is not scraped: job job does not discover it: ")
        .contains("shop/portless has no ports");
  }

  @Test
  void aNodesOtherPortsAreNotDiscovered() throws IOException {
    assertThat(ask("{role: node}", "10.2.0.1:9100"))
        .contains("node node-1 has this address, but its only target is the kubelet's port 10250");
  }

  @Test
  void nearNamesAreOfTheKindThatWasAskedFor() throws IOException {
    assertThat(ask("{role: node}", "node/nod-1")).endsWith("the nearest names: node/node-1");
    assertThat(ask("{role: ingress}", "ingress/shop/frnt"))
        .endsWith("the nearest names: ingress/shop/front");
    assertThat(ask("{role: pod}", "10.0.0.22:8080")).contains("10.0.0.2:8080");
    assertThat(ask("{role: pod}", "ns=shpo")).endsWith("the nearest names: ns=shop");
    assertThat(ask("{role: pod}", "nss=shop")).contains("the nearest names: ns=shop");
  }

  @Test
  void aQueryUnlikeAnythingNamesNothing() throws IOException {
    assertThat(ask("{role: pod}", "pod/nowhere/qqqqqqqqqqqq"))
        .isEqualTo(
            "pod/nowhere/qqqqqqqqqqqq is not scraped: no job discovers it and no object has this name or address");
  }
}
