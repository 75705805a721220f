package io.promdisco.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.ManifestException;
import io.promdisco.offline.ManifestReader;
import io.promdisco.testing.RecordedCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A recorded cluster, its scrape configuration, its changes and the recorded answers. */
record KubernetesCase(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One document of a step. */
  record Operation(String op, ObjectNode object) {}

  /** Changes that were made together. */
  record Step(int number, String name, List<Operation> operations) {}

  static RecordedCases<KubernetesCase> all() {
    return RecordedCases.folders("kubernetes", "cluster.yaml").map(KubernetesCase::new);
  }

  String name() {
    return folder.getFileName().toString();
  }

  @Override
  public String toString() {
    return name();
  }

  List<ObjectNode> objects() throws ManifestException {
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode document : ManifestReader.documents(folder.resolve("cluster.yaml"))) {
      objects.add(asWritten((ObjectNode) document));
    }
    return objects;
  }

  /** Restores labels and annotations as written: the recorder read a plain y as text. */
  private static ObjectNode asWritten(ObjectNode object) {
    for (String map : List.of("labels", "annotations")) {
      if (object.path("metadata").path(map) instanceof ObjectNode texts) {
        texts
            .properties()
            .forEach(entry -> entry.setValue(texts.textNode(entry.getValue().asText())));
      }
    }
    return object;
  }

  String config() throws IOException {
    return Files.readString(folder.resolve("config.yml"));
  }

  List<Step> steps() throws IOException, ManifestException {
    List<Step> steps = new ArrayList<>();
    Path files = folder.resolve("steps");
    if (!Files.isDirectory(files)) {
      return steps;
    }
    List<Path> sorted;
    try (Stream<Path> paths = Files.list(files)) {
      sorted = paths.sorted().toList();
    }
    for (Path file : sorted) {
      List<Operation> operations = new ArrayList<>();
      for (JsonNode document : ManifestReader.documents(file)) {
        operations.add(
            new Operation(
                document.get("op").asText(), asWritten((ObjectNode) document.get("object"))));
      }
      String name = file.getFileName().toString();
      steps.add(new Step(Integer.parseInt(name.substring(0, 2)), name, operations));
    }
    return steps;
  }

  /** Returns what a newly started Prometheus shows after step {@code number}; 0 for the start. */
  JsonNode expected(int number) throws IOException {
    if (number == 0) {
      return JSON.readTree(folder.resolve("expected.json").toFile());
    }
    String base = String.format("expected-%02d", number);
    Path fresh = folder.resolve(base + "-fresh.json");
    return JSON.readTree((Files.exists(fresh) ? fresh : folder.resolve(base + ".json")).toFile());
  }
}
