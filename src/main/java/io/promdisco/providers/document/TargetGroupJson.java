package io.promdisco.providers.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.util.ExceptionCauses;
import io.promdisco.util.SourceMemory;
import io.promdisco.util.Utf8Text;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a JSON list of target groups, {@code [{"targets": ["host:port"], "labels": {"name":
 * "value"}}]}, as Prometheus does. Field names may be in any case, the last of equal fields wins,
 * and null means no value. Any other field, and any address or label value that is not a string, is
 * an error, and then the whole document is rejected. Each byte or escape that is not Unicode
 * becomes U+FFFD. For one thread and one document; memory grows with the groups, not with the
 * document.
 */
public final class TargetGroupJson {
  private final JsonParser json;
  private final DocumentOrigin origin;
  private final SourceMemory memory;

  /** The index of the current group; negative before the list. */
  private int group = -1;

  /**
   * The addresses of this group by position. A later list replaces the addresses at its positions,
   * but as in Go, a null in it keeps the address of an earlier list.
   */
  private final List<String> written = new ArrayList<>();

  private TargetGroupJson(JsonParser json, DocumentOrigin origin, SourceMemory memory) {
    this.json = json;
    this.origin = origin;
    this.memory = memory;
  }

  /**
   * Reads a document.
   *
   * @return its groups in order; empty for {@code null}
   * @throws IOException if it is not such a list; the message begins with line and column, from 1,
   *     for example {@code 3:17: [0].labels.env: 5 (expected a string)}
   */
  public static List<TargetGroup> parse(byte[] document, DocumentOrigin origin) throws IOException {
    return parse(new ByteArrayInputStream(document), origin, SourceMemory.unlimited());
  }

  /** Reads a document to its end, without a memory limit. */
  public static List<TargetGroup> parse(InputStream document, DocumentOrigin origin)
      throws IOException {
    return parse(document, origin, SourceMemory.unlimited());
  }

  /**
   * Reads a document to its end.
   *
   * @param document left open
   * @param memory counts the memory of the groups while they are read
   * @return its groups in order; empty for {@code null}
   * @throws IOException if it is not such a list, as for {@link #parse(byte[], DocumentOrigin)}; if
   *     it exceeds the limit of {@code memory}; or from {@code document}
   */
  public static List<TargetGroup> parse(
      InputStream document, DocumentOrigin origin, SourceMemory memory) throws IOException {
    try (JsonParser json = newFactory().createParser(new GoUtf8Reader(document))) {
      json.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
      try {
        return new TargetGroupJson(json, origin, memory).groups();
      } catch (StreamConstraintsException e) {
        throw new IOException(at(json.currentLocation()) + e.getOriginalMessage(), e);
      } catch (JsonEOFException e) {
        throw new IOException(at(e.getLocation()) + "cut off (expected more JSON)", e);
      } catch (JsonProcessingException e) {
        throw new IOException(at(e.getLocation()) + "not JSON: " + firstLine(e), e);
      } catch (IllegalStateException e) { // The parser's table of names has too many collisions.
        throw new IOException(
            at(json.currentLocation()) + "too many names with equal hashes (expected: other names)",
            e);
      }
    }
  }

  /**
   * Returns a factory for one document. Parsers of one factory share a table of names, which names
   * with equal hashes make unusable: a hostile server could make the documents of other servers
   * unreadable.
   */
  private static JsonFactory newFactory() {
    return JsonFactory.builder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // The server chooses the names.
        .build();
  }

  private static String firstLine(JsonProcessingException problem) {
    return ExceptionCauses.ofJson(problem.getOriginalMessage()).lines().findFirst().orElse("");
  }

  private static String at(JsonLocation place) {
    return place.getLineNr() + ":" + place.getColumnNr() + ": ";
  }

  private List<TargetGroup> groups() throws IOException {
    JsonToken first = json.nextToken();
    if (first == null) {
      throw new IOException("1:1: empty (expected a list of target groups; [] for none)");
    }
    List<TargetGroup> groups = new ArrayList<>();
    if (first != JsonToken.VALUE_NULL) {
      expect(JsonToken.START_ARRAY, "", "a list of target groups");
      while (json.nextToken() != JsonToken.END_ARRAY) {
        group++;
        groups.add(group());
      }
    }
    if (json.nextToken() != null) {
      throw new IOException(
          at(json.currentTokenLocation()) + "text after the list (expected nothing)");
    }
    return groups;
  }

  private TargetGroup group() throws IOException {
    expect(JsonToken.START_OBJECT, "", "a target group");
    memory.take(SourceMemory.GROUP);
    written.clear();
    List<String> addresses = List.of();
    Labels labels = Labels.EMPTY;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (name.equalsIgnoreCase("targets")) {
        json.nextToken();
        addresses = addresses();
      } else if (name.equalsIgnoreCase("labels")) {
        json.nextToken();
        labels = labels();
      } else {
        throw wrong("." + shown(name), "unknown field", "targets or labels");
      }
    }
    memory.take(SourceMemory.sharedLabels(labels, addresses.size()));
    return origin.group(group, addresses, labels);
  }

  private List<String> addresses() throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      written.clear();
      return List.of();
    }
    expect(JsonToken.START_ARRAY, ".targets", "a list of strings");
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      String address = text(".targets[", count + "]");
      memory.take(SourceMemory.TARGET + address.length());
      if (count == written.size()) {
        written.add(address);
      } else if (json.currentToken() != JsonToken.VALUE_NULL) {
        written.set(count, address);
      }
      count++;
    }
    if (count == 0) {
      written.clear();
    }
    return List.copyOf(written.subList(0, count));
  }

  private Labels labels() throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return Labels.EMPTY;
    }
    expect(JsonToken.START_OBJECT, ".labels", "a map of strings");
    Labels.Builder labels = Labels.builder();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (name.isEmpty()) {
        throw wrong(".labels", "\"\" is not a valid label name", "a name");
      }
      json.nextToken();
      String value = text(".labels.", name);
      memory.take((long) SourceMemory.LABEL + name.length() + value.length());
      labels.set(Utf8Text.encodable(name), value);
    }
    return labels.build();
  }

  /** Returns the current string of the parser; null becomes an empty string. */
  private String text(String path, String end) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return "";
    }
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong(path + shown(end), found(), "a string");
    }
    return Utf8Text.encodable(json.getText());
  }

  private void expect(JsonToken token, String path, String expected) throws IOException {
    if (json.currentToken() != token) {
      throw wrong(path, found(), expected);
    }
  }

  private String found() throws IOException {
    return switch (json.currentToken()) {
      case START_ARRAY -> "a list";
      case START_OBJECT -> "an object";
      case VALUE_STRING -> isList() ? '"' + shown(json.getText()) + '"' : "a string";
      default -> isList() ? shown(json.getText()) : "a number, true or false";
    };
  }

  /**
   * Whether the document is a list. Otherwise it may be a file with a token, and no message may
   * quote it.
   */
  private boolean isList() {
    return group >= 0;
  }

  /** Shortens a text that may be long. */
  private static String shown(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  private IOException wrong(String path, String what, String expected) {
    String where = group < 0 ? "" : "[" + group + "]" + path + ": ";
    return new IOException(
        at(json.currentTokenLocation()) + where + what + " (expected " + expected + ")");
  }
}
