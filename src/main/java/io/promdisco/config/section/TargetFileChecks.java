package io.promdisco.config.section;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.SdChecks;
import io.promdisco.config.yaml.ProblemCollector;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.YamlFile;
import io.promdisco.model.Labels;
import io.promdisco.model.Position;
import io.promdisco.model.TargetGroup;
import io.promdisco.util.ExceptionCauses;
import io.promdisco.util.SourceMemory;
import io.promdisco.util.UserFiles;
import io.promdisco.util.Utf8Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Checks the files that {@code file_sd_configs} name: lists of target groups in YAML or JSON. */
final class TargetFileChecks {
  private TargetFileChecks() {}

  /** Reports files that are missing or have another content, as problems of {@code files}. */
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
        section.warn(
            "files",
            i,
            ProblemKind.MISSING_FILE,
            "file \"" + patterns.get(i) + "\" does not exist");
      }
      if (section.problems().readsTargetFiles()) {
        files.forEach(file -> check(section, file));
      }
    }
  }

  private static void check(Section section, Path file) {
    ProblemCollector problems = section.problems().ofNamed(file.toString());
    try (InputStream in = UserFiles.open(file, YamlFile.MOST_BYTES)) {
      byte[] content = in.readAllBytes();
      Groups groups = new Groups(section, file, problems);
      if (file.toString().toLowerCase(Locale.ROOT).endsWith(".json")) {
        json(content, problems, groups);
      } else {
        TargetGroupsReader.read(content, problems, groups);
      }
      if (!problems.hasErrors()) {
        groups.note();
      }
    } catch (IOException e) {
      problems.error(
          ProblemKind.UNREADABLE,
          e instanceof UserFiles.RefusedException
              ? String.valueOf(e.getMessage())
              : "cannot be read: " + e.getMessage());
    }
  }

  /** Collects the groups of one file. */
  private static final class Groups implements TargetGroupsReader.Sink {
    private record Found(TargetGroup group, List<Position> positions) {}

    private final Section section;
    private final Path file;
    private final ProblemCollector problems;
    private final List<Found> found = new ArrayList<>();
    private final SourceMemory memory = new SourceMemory(SourceMemory.standard());
    private boolean exceeded;

    Groups(Section section, Path file, ProblemCollector problems) {
      this.section = section;
      this.file = file;
      this.problems = problems;
    }

    @Override
    public void add(List<String> targets, Map<String, String> labels, List<Position> positions) {
      if (exceeded) {
        return;
      }
      try {
        // Here, each target also has a place and its own reference to the labels.
        memory.take(SourceMemory.GROUP + 2L * SourceMemory.TARGET * targets.size());
        for (Map.Entry<String, String> label : labels.entrySet()) {
          memory.take(
              (long) SourceMemory.LABEL + label.getKey().length() + label.getValue().length());
        }
      } catch (SourceMemory.ExceededException e) {
        exceeded = true;
        found.clear();
        problems.error(ProblemKind.UNREADABLE, String.valueOf(e.getMessage()));
        return;
      }
      found.add(
          new Found(
              new TargetGroup(
                  file + ":" + found.size(),
                  targets.stream().map(target -> Labels.of(SdChecks.ADDRESS, target)).toList(),
                  Labels.of(labels)),
              positions));
    }

    /** Files with a mistake are not used, so their targets are not checked. */
    void note() {
      for (int i = 0; i < found.size(); i++) {
        problems.spelt(section, "[" + i + "]", found.get(i).group, found.get(i).positions);
      }
    }
  }

  private static void json(byte[] content, ProblemCollector problems, Groups groups)
      throws IOException {
    try (JsonParser json = new JsonFactory().createParser(content)) {
      JsonToken first = firstToken(json);
      if (first == null) {
        throw new UnexpectedTokenException(
            json, "unexpected end of JSON input (expected: a list of groups)");
      }
      if (first == JsonToken.START_ARRAY) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          jsonGroup(json, problems, groups);
        }
      } else if (first != JsonToken.VALUE_NULL) {
        String what = first == JsonToken.START_OBJECT ? "an object" : "a single value";
        throw new UnexpectedTokenException(
            json, "cannot unmarshal " + what + " (expected: a list of groups)");
      }
      if (json.nextToken() != null) {
        throw new UnexpectedTokenException(json, "text after the list of groups");
      }
    } catch (UnexpectedTokenException e) {
      problems.error(
          place(e.location, problems), ProblemKind.WRONG_TYPE, "", String.valueOf(e.getMessage()));
    } catch (JsonProcessingException e) {
      problems.error(
          place(e.getLocation(), problems),
          ProblemKind.SYNTAX,
          "",
          "not JSON: " + ExceptionCauses.ofJson(e.getOriginalMessage()));
    }
  }

  /** A file that does not begin like JSON may contain a token, so none of it is quoted. */
  private static @Nullable JsonToken firstToken(JsonParser json) throws IOException {
    try {
      return json.nextToken();
    } catch (JsonProcessingException e) {
      throw new UnexpectedTokenException(json, "not JSON (expected: a list of groups)");
    }
  }

  private static Position place(@Nullable JsonLocation location, ProblemCollector problems) {
    return location == null
        ? new Position(problems.file(), 1, 1)
        : new Position(
            problems.file(),
            Math.max(1, location.getLineNr()),
            Math.max(1, location.getColumnNr()));
  }

  /** Thrown for well-formed JSON that is not a list of groups. */
  private static final class UnexpectedTokenException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient JsonLocation location;

    UnexpectedTokenException(JsonParser json, String message) {
      super(message);
      location = json.currentTokenLocation();
    }
  }

  private static void jsonGroup(JsonParser json, ProblemCollector problems, Groups groups)
      throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new UnexpectedTokenException(
          json, "nil target group item found (expected: targets and labels)");
    }
    List<String> targets = new ArrayList<>();
    List<Position> positions = new ArrayList<>();
    Map<String, String> labels = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      if (key.equalsIgnoreCase("targets")) {
        targets.clear();
        positions.clear();
        texts(
            json,
            value,
            JsonToken.START_ARRAY,
            JsonToken.END_ARRAY,
            "targets",
            text -> {
              targets.add(text);
              positions.add(place(json.currentTokenLocation(), problems));
            });
      } else if (key.equalsIgnoreCase("labels")) {
        texts(
            json,
            value,
            JsonToken.START_OBJECT,
            JsonToken.END_OBJECT,
            "labels",
            text -> labels.put(Utf8Text.encodable(json.currentName()), text));
      } else {
        throw new UnexpectedTokenException(
            json, "unknown field \"" + key + "\" (expected: one of targets, labels)");
      }
    }
    groups.add(targets, labels, positions);
  }

  /** Takes a text; null means an empty text. */
  private interface TextSink {
    void add(String text) throws IOException;
  }

  private static void texts(
      JsonParser json, JsonToken value, JsonToken start, JsonToken end, String key, TextSink sink)
      throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != start) {
      throw new UnexpectedTokenException(json, key + ": cannot unmarshal " + json.getText());
    }
    for (JsonToken token = json.nextToken(); token != end; token = json.nextToken()) {
      if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NULL) {
        sink.add(token == JsonToken.VALUE_NULL ? "" : Utf8Text.encodable(json.getText()));
      } else if (token != JsonToken.FIELD_NAME) {
        throw new UnexpectedTokenException(
            json, key + ": " + json.getText() + " (expected: text in quotes)");
      }
    }
  }
}
