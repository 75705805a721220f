package io.promdisco.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.testing.RecordedCases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A recorded scenario of file and HTTP discovery: the operations and the resulting states. */
record SdScenario(JsonNode json) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Operations that were done together, and the final state after them. */
  record Step(String note, List<JsonNode> operations, JsonNode expected) {}

  static RecordedCases<SdScenario> all() {
    return RecordedCases.files("sd", ".json").map(SdScenario::read);
  }

  private static SdScenario read(Path file) {
    try {
      return new SdScenario(JSON.readTree(file.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  /** Whether there are no HTTP requests, so that the counters of each step can be compared. */
  boolean isOfFilesOnly() {
    return json.get("kind").asText().equals("file");
  }

  String config() {
    return json.get("config").toString();
  }

  JsonNode files() {
    return json.get("files");
  }

  JsonNode routes() {
    return json.get("serve");
  }

  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    for (JsonNode step : json.get("steps")) {
      List<JsonNode> operations = new ArrayList<>();
      step.get("do").forEach(operations::add);
      steps.add(new Step(step.get("note").asText(), operations, step.get("expect")));
    }
    return steps;
  }

  @Override
  public String toString() {
    return json.get("id").asText();
  }
}
