package io.promdisco.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.Promdisco;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.metrics.PrometheusMetrics;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder, the web server and the discovery of one scenario. */
final class SdWorld implements AutoCloseable {
  private final Path folder;
  private final Path outside;
  private final CollectorRegistry registry = new CollectorRegistry();
  private final RouteServer server = new RouteServer();
  private final Promdisco promdisco =
      Promdisco.builder().metrics(new PrometheusMetrics(registry)).build();

  /**
   * @param folder of the configuration
   * @param outside the folder in which files are written before they are moved
   */
  SdWorld(Path folder, Path outside) throws IOException {
    this.folder = folder;
    this.outside = outside;
  }

  Promdisco promdisco() {
    return promdisco;
  }

  CollectorRegistry registry() {
    return registry;
  }

  RouteServer server() {
    return server;
  }

  /** Converts a recorded text to local values. */
  String local(String text) {
    return text.replace("${PORT}", Integer.toString(server.port()));
  }

  /** Converts a local text to recorded values: files relative to the folder, and no port. */
  String recorded(String text) {
    return text.replace(folder + "/", "").replace(":" + server.port(), ":${PORT}");
  }

  void start(SdScenario scenario) throws IOException {
    for (var file : scenario.files().properties()) {
      JsonNode content = file.getValue();
      if (content.isTextual()) {
        write(file.getKey(), content.asText().getBytes(UTF_8));
      } else {
        link(file.getKey(), content.get("symlink").asText());
      }
    }
    scenario.routes().properties().forEach(r -> server.serve(r.getKey(), r.getValue()));
    if (!reload(scenario.config())) {
      throw new AssertionError(scenario + ": the configuration is refused");
    }
  }

  /** Reloads like a running program; returns whether the configuration was accepted. */
  private boolean reload(String config) throws IOException {
    Path file = Files.writeString(outside.resolve("config"), local(config));
    ConfigLoader.LoadResult result =
        new ConfigLoader().read("config", Files.readAllBytes(file), folder);
    result.configuration().ifPresent(promdisco::apply);
    return result.configuration().isPresent();
  }

  /** Runs an operation; checks that a reload has the recorded result. */
  void apply(JsonNode operation, JsonNode expected) throws IOException {
    String path = operation.path("path").asText();
    switch (operation.get("op").asText()) {
      case "write" -> write(path, content(operation));
      case "delete" -> Files.delete(folder.resolve(path));
      case "rename" ->
          Files.move(
              folder.resolve(operation.get("from").asText()),
              folder.resolve(operation.get("to").asText()),
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
      case "symlink" -> link(path, operation.get("target").asText());
      case "rmtree" -> removeTree(folder.resolve(path));
      case "serve" -> server.serve(path, operation);
      case "stop_server" -> server.stop();
      case "start_server" -> server.start();
      case "reload" -> {
        boolean taken = reload(operation.get("config").toString());
        if (taken != (expected.path("reload_status").asInt(200) == 200)) {
          throw new AssertionError("the new configuration was " + (taken ? "taken" : "refused"));
        }
      }
      default -> throw new AssertionError("unknown operation " + operation);
    }
  }

  private static byte[] content(JsonNode operation) {
    return operation.has("content_base64")
        ? Base64.getDecoder().decode(operation.get("content_base64").asText())
        : operation.get("content").asText().getBytes(UTF_8);
  }

  private void write(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.move(
        Files.write(outside.resolve("whole"), content),
        file,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void link(String name, String target) throws IOException {
    Path link = folder.resolve(name);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(target));
  }

  private static void removeTree(Path root) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(root)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }

  @Override
  public void close() {
    promdisco.close();
    server.close();
  }
}
