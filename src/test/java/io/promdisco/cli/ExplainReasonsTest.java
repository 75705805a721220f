package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.offline.ManifestReader;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which objects a query matches, and every reason for which an object has no target. */
class ExplainReasonsTest {
  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: web-6d4b75cb6d-abcde
        namespace: shop
        labels: {app: web, pod-template-hash: 6d4b75cb6d}
        ownerReferences: [{kind: ReplicaSet, name: web-6d4b75cb6d, controller: true}]
      spec: {containers: [{name: web, ports: [{containerPort: 8080}]}]}
      status: {phase: Running, podIP: 10.0.0.2, podIPs: [{ip: 10.0.0.2}, {ip: 'fd00:0:0:0::2'}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata:
        name: web-6d4b75cb6d-fghij
        namespace: shop
        labels: {app: web, pod-template-hash: 6d4b75cb6d}
        ownerReferences: [{kind: ReplicaSet, name: web-6d4b75cb6d, controller: true}]
      spec: {containers: [{name: web, ports: [{containerPort: 8080}]}]}
      status: {phase: Pending}
      ---
      apiVersion: v1
      kind: Pod
      metadata:
        name: backup-28390000-x
        namespace: shop
        ownerReferences: [{kind: Job, name: backup-28390000, controller: true}]
      spec: {nodeName: node-1, containers: [{name: backup}]}
      status: {phase: Failed}
      ---
      apiVersion: v1
      kind: Pod
      metadata:
        name: db-0
        namespace: shop
        ownerReferences: [{kind: StatefulSet, name: db, controller: true}]
      spec: {containers: [{name: db, ports: [{containerPort: 5432}]}]}
      status: {phase: Succeeded, podIP: 10.0.0.3}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: db-0, namespace: test}
      spec: {containers: [{name: db, ports: [{containerPort: 5432}]}]}
      status: {phase: Running, podIP: 10.0.1.3}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: six-0, namespace: shop}
      spec: {containers: [{name: six}]}
      status: {phase: Running, podIP: 'fd00::9'}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: bad, namespace: shop}
      spec: {containers: [{name: c, ports: [{containerPort: http}]}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: shop}
      spec:
        type: LoadBalancer
        clusterIP: 10.1.0.1
        clusterIPs: [10.1.0.1, 'fd01::1']
        externalIPs: [192.0.2.7]
        ipFamilyPolicy: PreferDualStack
        ipFamilies: [IPv4, IPv6]
        ports: [{name: http, port: 80}]
      status: {loadBalancer: {ingress: [{ip: 192.0.2.8}, {hostname: Lb.Example.com}]}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: away, namespace: shop}
      spec: {type: ExternalName, externalName: away.example.com}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: web-4, namespace: shop, labels: {kubernetes.io/service-name: web}}
      addressType: IPv4
      ports: [{name: http, port: 8080}]
      endpoints:
      - addresses: [10.0.0.2]
        targetRef: {kind: Pod, name: web-6d4b75cb6d-abcde, namespace: shop}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: web-6, namespace: shop, labels: {kubernetes.io/service-name: web}}
      addressType: IPv6
      ports: [{name: http, port: 8080}]
      endpoints:
      - addresses: ['fd00::9']
        targetRef: {kind: Pod, name: six-0, namespace: shop}
      ---
      apiVersion: v1
      kind: Endpoints
      metadata: {name: split, namespace: shop}
      subsets:
      - addresses: [{ip: 10.0.0.3, targetRef: {kind: Pod, name: db-0, namespace: shop}}]
      - ports: [{port: 1}]
      ---
      apiVersion: v1
      kind: Node
      metadata: {name: node-1}
      status:
        addresses:
        - {type: InternalIP, address: 10.2.0.1}
        - {type: ExternalIP, address: 192.0.2.1}
        daemonEndpoints: {kubeletEndpoint: {Port: 10250}}
      ---
      apiVersion: v1
      kind: Node
      metadata: {name: odd}
      status: {addresses: [{type: CloudIP, address: 192.0.2.2}]}
      ---
      apiVersion: networking.k8s.io/v1beta1
      kind: Ingress
      metadata: {name: front, namespace: shop}
      spec: {rules: [{host: '*.Shop.example', http: {paths: [{path: /}]}}]}
      """;

  @TempDir private Path folder = Path.of("");
  private Cli cli = new Cli(Path.of(""));

  @BeforeEach
  void files() {
    cli = new Cli(folder);
  }

  /** Queries jobs with these roles, one for each; returns the last line. */
  private String ask(String roles, String query, String... more) throws IOException {
    StringBuilder config = new StringBuilder("scrape_configs:\n");
    for (String role : roles.split(" ")) {
      config.append("- job_name: ").append(role).append('\n');
      config.append("  kubernetes_sd_configs: [{role: ").append(role).append("}]\n");
    }
    List<String> args = new ArrayList<>();
    args.addAll(List.of("explain", cli.file("p.yml", config.toString()), query));
    args.addAll(List.of("--manifests", cli.file("cluster.yaml", OBJECTS)));
    args.addAll(List.of(more));
    cli.run(args.toArray(String[]::new));
    List<String> lines = cli.out().lines().toList();
    assertThat(lines).as(cli.err()).isNotEmpty();
    return lines.get(lines.size() - 1);
  }

  @Test
  void aSliceOfTheSecondFamilyIsTheReason() throws IOException {
    String reason =
        "endpointslice shop/web-6 is of address family IPv6, and service shop/web is dual-stack with IPv4"
            + " first: Prometheus leaves out slices of the second family";
    for (String query :
        List.of(
            "endpointslice/shop/web-6", "web-6", "pod/shop/six-0", "fd00::9", "[FD00::9]:8080")) {
      assertThat(ask("endpointslice", query))
          .as(query)
          .isEqualTo(query + " is not scraped: job endpointslice does not discover it: " + reason);
    }
    assertThat(ask("endpointslice", "svc/shop/web")).contains("is scraped by");
  }

  @Test
  void aNodeWithoutAnAddressOfAUsedTypeSaysWhichTypesItHas() throws IOException {
    for (String query : List.of("node/odd", "192.0.2.2")) {
      assertThat(ask("node", query))
          .contains("node odd has no address of a usable type (it has: CloudIP; usable are")
          .contains("InternalIP");
    }
  }

  @Test
  void namesEndedPodsAndSubsetsWithoutPorts() throws IOException {
    assertThat(ask("pod", "pod/shop/backup-28390000-x"))
        .contains(
            "has no address (phase Failed, on node node-1; it has ended and will not get one)");
    assertThat(ask("endpointslice", "pod/shop/db-0"))
        .contains("no endpointslice object lists pod shop/db-0: it has ended (phase Succeeded)");
    assertThat(ask("endpoints", "pod/shop/db-0"))
        .contains("endpoints shop/split lists pod shop/db-0 without a port");
    assertThat(ask("endpoints", "ep/shop/split"))
        .contains("endpoints shop/split lists no port for any of its addresses");
    assertThat(ask("service", "svc/shop/away"))
        .contains("has no ports (it is of type ExternalName)");
  }

  @Test
  void aMalformedObjectOfADumpIsTheReason() throws IOException {
    assertThat(ask("pod endpoints", "Pod/shop/bad"))
        .contains("it cannot be used: cluster.yaml:")
        .contains("Pod shop/bad: spec.containers[0].ports[0].containerPort: \"http\"");
    assertThat(cli.err()).contains("error: cluster.yaml:");
  }

  @Test
  void kindsAreThoseOfKubectlInAnyCase() throws IOException {
    for (String query :
        List.of(
            "Pod/test/db-0",
            "PODS/test/db-0",
            "po/test/db-0",
            "pod./test/db-0",
            "pods/test/db-0")) {
      assertThat(ask("pod", query)).as(query).contains("at http://10.0.1.3:5432/metrics");
    }
    for (String query :
        List.of(
            "endpointslices/web-4",
            "EndpointSlice/shop/web-4",
            "endpointslice.discovery.k8s.io/web-4",
            "Service/shop/web",
            "svc/web",
            "services/web")) {
      assertThat(ask("endpointslice", query)).as(query).contains("http://10.0.0.2:8080/metrics");
    }
    assertThat(ask("ingress", "ingress.networking.k8s.io/front")).contains("is scraped by");
    assertThat(ask("node", "no/node-1")).contains("is scraped by");
  }

  @Test
  void anOwnerMeansItsPods() throws IOException {
    for (String query :
        List.of(
            "deploy/web",
            "Deployment/shop/web",
            "deployments.apps/web",
            "rs/web-6d4b75cb6d",
            "ReplicaSet/shop/web-6d4b75cb6d")) {
      assertThat(ask("pod endpointslice", query))
          .as(query)
          .isEqualTo(
              query
                  + " is scraped by job pod at http://10.0.0.2:8080/metrics and by job"
                  + " endpointslice at http://10.0.0.2:8080/metrics");
    }
    ask("pod", "deploy/shop/web");
    assertThat(cli.out())
        .contains("10.0.0.2:8080")
        .contains(
            "not discovered: kubernetes_sd_configs[0] (role pod): pod shop/web-6d4b75cb6d-fghij has"
                + " no address yet (phase Pending, not scheduled)");
    ask("pod", "sts/shop/db");
    assertThat(cli.out()).doesNotContain("not discovered");
    assertThat(ask("pod", "sts/db")).contains("http://10.0.0.3:5432/metrics");
    for (String query : List.of("cronjob/backup", "cj/shop/backup", "job/backup-28390000")) {
      assertThat(ask("pod", query))
          .as(query)
          .contains("pod shop/backup-28390000-x has no address (phase Failed");
    }
    assertThat(ask("pod", "deploy/webb")).endsWith("the nearest names: deployment/shop/web");
    assertThat(ask("pod", "ds/shop/none")).contains("no job discovers it");
    assertThat(cli.out()).contains("no pod belongs to daemonset none in namespace shop");
    assertThat(ask("node", "deploy/web")).contains("no job discovers it");
  }

  @Test
  void anyAddressOfAServiceMeansTheService() throws IOException {
    for (String address :
        List.of(
            "10.1.0.1",
            "10.1.0.1:80",
            "fd01::1",
            "[fd01:0:0::1]:80",
            "192.0.2.7",
            "192.0.2.8",
            "lb.example.com",
            "http://LB.example.com/metrics",
            "web.shop.svc.cluster.local:80")) {
      assertThat(ask("service endpointslice", address))
          .as(address)
          .isEqualTo(
              address
                  + " is scraped by job service at http://web.shop.svc:80/metrics and by job"
                  + " endpointslice at http://10.0.0.2:8080/metrics");
      assertThat(cli.out()).contains(" of service shop/web");
    }
    ask("endpointslice", "10.1.0.1:81");
    assertThat(cli.out())
        .contains(
            "10.1.0.1:81 is the cluster IP of service shop/web, which has no port 81 (its ports:"
                + " 80)");
    assertThat(ask("pod", "10.1.0.1"))
        .isEqualTo("10.1.0.1 is not scraped: no job discovers the owner of this address");
    assertThat(cli.out()).contains("10.1.0.1 is the cluster IP of service shop/web");
    assertThat(ask("service", "away.example.com")).contains("has no ports");
  }

  @Test
  void furtherAddressesOfPodsAndNodesAndHostsOfIngressesAreFound() throws IOException {
    for (String address : List.of("fd00::2", "[fd00::2]:8080", "FD00:0::2")) {
      assertThat(ask("pod", address)).as(address).contains("http://10.0.0.2:8080/metrics");
      assertThat(cli.out())
          .contains(
              "is a further IP of pod shop/web-6d4b75cb6d-abcde, whose targets use its first IP,"
                  + " 10.0.0.2");
    }
    assertThat(ask("pod", "[fd00::2]:9")).contains("none of its containers declares port 9");
    assertThat(ask("node", "192.0.2.1")).contains("http://10.2.0.1:10250/metrics");
    assertThat(ask("node", "192.0.2.1:9100")).contains("its only target is the kubelet's port");
    assertThat(ask("ingress", "https://a.shop.example/x")).contains("is scraped by job ingress");
    assertThat(ask("ingress", "b.a.shop.example")).contains("no job discovers it");
  }

  @Test
  void aQueryThatMeansSeveralObjectsListsThem() throws IOException {
    ask("pod", "db-0");
    assertThat(cli.out())
        .contains("2 objects match: pod/shop/db-0, pod/test/db-0 (KIND/NAMESPACE/NAME means one)");
    ask("pod", "pod/shop/db-0");
    assertThat(cli.out()).doesNotContain("objects match");
    ask("service endpointslice endpoints", "shop/web");
    assertThat(cli.out()).doesNotContain("objects match");

    ask("pod", "db-0", "-o", "json");
    assertThat(new ObjectMapper().readTree(cli.out()).get("choices")).hasSize(2);
  }

  @Test
  void aServersObjectsAreFoundByTheirFurtherAddressesToo() throws Exception {
    SimCluster cluster = new SimCluster();
    cluster.load(
        ManifestReader.load(List.of(Path.of(cli.file("cluster.yaml", OBJECTS)))).objects());
    try (SimApiServer server = SimApiServer.start(cluster)) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      String config =
          cli.file(
              "p.yml",
              """
              scrape_configs:
              - job_name: pods
                kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
              - job_name: services
                kubernetes_sd_configs: [{role: service, kubeconfig_file: kubeconfig}]
              """);
      for (String address : List.of("fd00::2", "fd01::1", "lb.example.com", "deploy/web")) {
        assertThat(cli.run("explain", config, address)).as(address + cli.err()).isZero();
      }
    }
  }
}
