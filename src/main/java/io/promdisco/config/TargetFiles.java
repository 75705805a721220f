package io.promdisco.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.promdisco.model.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Checks the files that {@code file_sd_configs} name: lists of target groups in YAML or JSON. */
final class TargetFiles {
  private static final JsonFactory JSON = new JsonFactory();

  private TargetFiles() {}

  /** Notes which files are missing or hold something else, each in a problem of {@code files}. */
  static void check(Section section, List<String> patterns) {
    for (int i = 0; i < patterns.size(); i++) {
      List<Path> files;
      try {
        files = Globs.files(patterns.get(i));
      } catch (PatternSyntaxException e) {
        section.error("files", i, "\"" + patterns.get(i) + "\": syntax error in pattern");
        continue;
      }
      if (files.isEmpty()) {
        section.warn("files", "file \"" + patterns.get(i) + "\" does not exist");
      }
      for (Path file : files) {
        check(section, file);
      }
    }
  }

  private static void check(Section section, Path file) {
    Problems problems = new Problems(file.toString());
    try {
      byte[] content = Files.readAllBytes(file);
      if (file.toString().toLowerCase(Locale.ROOT).endsWith(".json")) {
        json(content, problems);
      } else {
        TargetGroupsYaml.read(content, problems);
      }
    } catch (IOException e) {
      problems.error(new Position(file.toString(), 1, 1), "", "cannot be read: " + e.getMessage());
    }
    section.problems().addAll(problems);
  }

  private static void json(byte[] content, Problems problems) throws IOException {
    try (JsonParser json = JSON.createParser(content)) {
      JsonToken first = json.nextToken();
      if (first == null) {
        throw new Unexpected(json, "unexpected end of JSON input (expected: a list of groups)");
      }
      if (first == JsonToken.START_ARRAY) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          jsonGroup(json);
        }
      } else if (first != JsonToken.VALUE_NULL) {
        throw new Unexpected(
            json, "cannot unmarshal " + json.getText() + " (expected: a list of groups)");
      }
      if (json.nextToken() != null) {
        throw new Unexpected(json, "text after the list of groups");
      }
    } catch (Unexpected e) {
      problems.error(place(e.location, problems), "", String.valueOf(e.getMessage()));
    } catch (JsonProcessingException e) {
      problems.error(place(e.getLocation(), problems), "", "no JSON: " + e.getOriginalMessage());
    }
  }

  private static Position place(@Nullable JsonLocation location, Problems problems) {
    return location == null
        ? new Position(problems.file(), 1, 1)
        : new Position(
            problems.file(),
            Math.max(1, location.getLineNr()),
            Math.max(1, location.getColumnNr()));
  }

  /** Well-formed JSON that is no list of groups. */
  private static final class Unexpected extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient JsonLocation location;

    Unexpected(JsonParser json, String message) {
      super(message);
      location = json.currentTokenLocation();
    }
  }

  private static void jsonGroup(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new Unexpected(json, "nil target group item found (expected: targets and labels)");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      if (key.equalsIgnoreCase("targets")) {
        texts(json, value, JsonToken.START_ARRAY, JsonToken.END_ARRAY, "targets");
      } else if (key.equalsIgnoreCase("labels")) {
        texts(json, value, JsonToken.START_OBJECT, JsonToken.END_OBJECT, "labels");
      } else {
        throw new Unexpected(
            json, "unknown field \"" + key + "\" (expected: one of targets, labels)");
      }
    }
  }

  private static void texts(
      JsonParser json, JsonToken value, JsonToken start, JsonToken end, String key)
      throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != start) {
      throw new Unexpected(json, key + ": cannot unmarshal " + json.getText());
    }
    for (JsonToken token = json.nextToken(); token != end; token = json.nextToken()) {
      if (token != JsonToken.FIELD_NAME
          && token != JsonToken.VALUE_STRING
          && token != JsonToken.VALUE_NULL) {
        throw new Unexpected(json, key + ": " + json.getText() + " (expected: text in quotes)");
      }
    }
  }
}
