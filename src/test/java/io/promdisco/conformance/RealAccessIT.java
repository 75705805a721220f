package io.promdisco.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.ManifestReader;
import io.promdisco.testing.SkipReason;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * All roles on a real API server, with each way to name it and to authenticate, on each JDK that is
 * installed beside this one, with and without native TLS. The properties {@code
 * promdisco.kubeconfig} and {@code promdisco.kubeconfig.cert} name kubeconfigs with full
 * permissions, one with a token and one with a client certificate. Everything in the cluster is
 * deleted, so use an empty one.
 */
@EnabledIfSystemProperty(
    named = "promdisco.kubeconfig.cert",
    matches = ".+",
    disabledReason = SkipReason.API_SERVER)
class RealAccessIT {
  private static final List<String> ROLES =
      List.of("node", "pod", "service", "endpoints", "endpointslice", "ingress");

  private static final String OBJECTS =
      """
      {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
      ---
      apiVersion: v1
      kind: Node
      metadata: {name: n1}
      status: {addresses: [{type: InternalIP, address: 127.0.1.1}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web, namespace: shop}
      spec:
        nodeName: n1
        containers: [{name: main, image: a:1, ports: [{containerPort: 80}]}]
      status: {phase: Running, podIP: 127.0.2.1, podIPs: [{ip: 127.0.2.1}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: shop}
      spec: {ports: [{port: 80}]}
      ---
      apiVersion: v1
      kind: Endpoints
      metadata: {name: web, namespace: shop}
      subsets: [{addresses: [{ip: 10.9.0.1}], ports: [{port: 80}]}]
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      addressType: IPv4
      metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
      endpoints: [{addresses: [10.9.0.1]}]
      ports: [{name: '', port: 80}]
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: web, namespace: shop}
      spec: {rules: [{host: a.example}]}
      """;

  @TempDir private Path folder = Path.of("");
  private RealCluster cluster;

  RealAccessIT() throws Exception {
    cluster = new RealCluster(Path.of(System.getProperty("promdisco.kubeconfig")));
  }

  @BeforeEach
  void fill() throws Exception {
    cluster.clear();
    Path objects = Files.writeString(folder.resolve("objects.yml"), OBJECTS);
    for (JsonNode object : ManifestReader.documents(objects)) {
      cluster.create((ObjectNode) object);
    }
  }

  @AfterEach
  void clear() throws Exception {
    cluster.clear();
  }

  /** Returns the settings of a role in the configuration, by the name of the way. */
  private Map<String, String> ways() {
    Map<String, String> ways = new LinkedHashMap<>();
    ways.put("token", "kubeconfig_file: " + System.getProperty("promdisco.kubeconfig"));
    ways.put("certificate", "kubeconfig_file: " + System.getProperty("promdisco.kubeconfig.cert"));
    ways.put(
        "api_server",
        "api_server: %s, tls_config: {ca_file: %s}, authorization: {credentials: %s}"
            .formatted(cluster.url, cluster.caFile, cluster.token));
    return ways;
  }

  private Path config() throws IOException {
    StringBuilder text = new StringBuilder("scrape_configs:\n");
    ways()
        .forEach(
            (way, settings) -> {
              for (String role : ROLES) {
                text.append("- job_name: %s/%s\n".formatted(way, role));
                text.append(
                    "  kubernetes_sd_configs: [{role: %s, namespaces: {names: [shop]}, %s}]\n"
                        .formatted(role, settings));
              }
            });
    return Files.writeString(folder.resolve("config.yml"), text);
  }

  /**
   * Returns the JDKs from 17 on in the folder that contains this one, one for each feature version.
   */
  private static Map<Integer, Path> jdks() throws IOException {
    Path own = Path.of(System.getProperty("java.home")).toRealPath();
    Map<Integer, Path> jdks = new TreeMap<>();
    jdks.put(Runtime.version().feature(), own);
    try (Stream<Path> beside = Files.list(own.resolveSibling(""))) {
      for (Path home : beside.sorted().toList()) {
        Path release = home.resolve("release");
        if (Files.isExecutable(home.resolve("bin/java")) && Files.isReadable(release)) {
          Properties properties = new Properties();
          properties.load(Files.newBufferedReader(release));
          String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
          int feature = Runtime.Version.parse(version).feature();
          if (feature >= 17) {
            jdks.putIfAbsent(feature, home);
          }
        }
      }
    }
    return jdks;
  }

  private static List<String> classPath(boolean hasNativeTls) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> hasNativeTls || !entry.contains("conscrypt"))
        .toList();
  }

  /** Returns the targets of each job, as a separate process prints them. */
  private Map<String, List<String>> targets(Path jdk, boolean hasNativeTls) throws Exception {
    Path output = folder.resolve("output");
    Path errors = folder.resolve("errors");
    List<String> command = new ArrayList<>();
    command.add(jdk.resolve("bin/java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "io.promdisco.cli.Main"));
    command.addAll(List.of("targets", config().toString(), "--output", "json"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .put("CLASSPATH", String.join(File.pathSeparator, classPath(hasNativeTls)));
    Process process =
        builder.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(errors, UTF_8)).isZero();
    } finally {
      process.destroyForcibly();
    }
    Map<String, List<String>> targets = new TreeMap<>();
    for (JsonNode target : new ObjectMapper().readTree(output.toFile())) {
      String job = target.path("job").asText();
      targets.computeIfAbsent(job, none -> new ArrayList<>()).add(labels(target, job));
    }
    return targets;
  }

  /** Removes the name of the job, in which the ways differ. */
  private static String labels(JsonNode target, String job) {
    return target.toString().replace("\"" + job + "\"", "\"JOB\"");
  }

  @Test
  void allRolesAreTheSameByEveryWayOnEveryJdkWithNativeTlsAndWithout() throws Exception {
    Map<Integer, Path> jdks = jdks();
    List<Map<String, List<String>>> answers = new ArrayList<>();
    for (Path jdk : jdks.values()) {
      for (boolean hasNativeTls : new boolean[] {true, false}) {
        Map<String, List<String>> answer = targets(jdk, hasNativeTls);
        assertThat(answer.keySet())
            .as("jobs with targets on %s", jdk)
            .containsExactlyInAnyOrderElementsOf(
                ways().keySet().stream()
                    .flatMap(way -> ROLES.stream().map(role -> way + "/" + role))
                    .toList());
        for (String role : ROLES) {
          assertThat(answer.get("certificate/" + role)).isEqualTo(answer.get("token/" + role));
          assertThat(answer.get("api_server/" + role)).isEqualTo(answer.get("token/" + role));
        }
        answers.add(answer);
      }
    }
    assertThat(new TreeSet<>(answers.stream().map(Map::toString).collect(Collectors.toSet())))
        .as("the same everywhere")
        .hasSize(1);
    System.out.printf(
        "real API server: %d roles by %s on JDK %s, with native TLS and without: equal%n",
        ROLES.size(), ways().keySet(), jdks.keySet());
  }
}
