package io.promdisco.offline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.providers.kubernetes.client.decode.KubernetesYamlScalars;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads YAML from the parser's events into JSON trees, without a node graph and without regular
 * expressions, which would cost more than the rest of the start for a small dump. Scalars and keys
 * have the types of kubectl ({@link KubernetesYamlScalars}). Anchors are supported, and merge keys
 * as in go-yaml v2: of two values for a key, the later is used. For one file and one thread.
 */
final class YamlDocuments {
  private static final int DEEPEST = 200;
  private static final String MERGE = "tag:yaml.org,2002:merge";
  private static final int MOST_ALIASED_NODES = 2_000_000;

  private final Parser parser;
  private final List<ManifestDocument> out;
  private final Map<String, JsonNode> anchors = new HashMap<>();
  private IdentityHashMap<JsonNode, Integer> itemLines = new IdentityHashMap<>();
  private List<ManifestDocument.TypedKey> typedKeys = new ArrayList<>();
  private int aliasedNodes;
  private int number;
  private int line = 1;

  private YamlDocuments(String text, List<ManifestDocument> out) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE);
    this.parser = new ParserImpl(new StreamReader(text), options);
    this.out = out;
  }

  /** Adds the documents of {@code text} to {@code out}, including those before a broken one. */
  static void read(String text, List<ManifestDocument> out)
      throws ManifestDocument.BrokenException {
    YamlDocuments documents = new YamlDocuments(text, out);
    try {
      documents.read();
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      String context = e.getContext() == null ? "" : e.getContext() + ": ";
      throw documents.broken(
          mark == null ? documents.line : mark.getLine() + 1, context + e.getProblem(), e);
    } catch (YAMLException e) {
      throw documents.broken(documents.line, String.valueOf(e.getMessage()), e);
    }
  }

  private ManifestDocument.BrokenException broken(int atLine, String message, Throwable cause) {
    return new ManifestDocument.BrokenException(Math.max(1, number), atLine, message, cause);
  }

  private void read() {
    while (true) {
      Event event = parser.getEvent();
      switch (event.getEventId()) {
        case DocumentStart -> {
          number++;
          line = lineOf(event);
          anchors.clear();
          itemLines = new IdentityHashMap<>();
          typedKeys = new ArrayList<>();
        }
        case StreamEnd -> {
          return;
        }
        case StreamStart, DocumentEnd, Comment -> {}
        default -> {
          line = lineOf(event);
          out.add(new ManifestDocument(number, line, node(event, 0), itemLines, typedKeys));
        }
      }
    }
  }

  private static int lineOf(Event event) {
    return event.getStartMark().getLine() + 1;
  }

  private JsonNode node(Event event, int depth) {
    if (depth > DEEPEST) {
      throw failure(event, "nesting: more than " + DEEPEST + " levels");
    }
    return switch (event.getEventId()) {
      case Scalar -> {
        ScalarEvent scalar = (ScalarEvent) event;
        yield anchored(scalar.getAnchor(), scalar(scalar));
      }
      case SequenceStart -> {
        String anchor = ((SequenceStartEvent) event).getAnchor();
        yield anchored(anchor, sequence(depth));
      }
      case MappingStart -> {
        String anchor = ((MappingStartEvent) event).getAnchor();
        yield anchored(anchor, mapping(depth));
      }
      case Alias -> alias((AliasEvent) event);
      default -> throw failure(event, "event: " + event.getEventId() + " (expected: a value)");
    };
  }

  private JsonNode anchored(@Nullable String anchor, JsonNode node) {
    if (anchor != null) {
      anchors.put(anchor, node);
    }
    return node;
  }

  private JsonNode alias(AliasEvent event) {
    JsonNode node = anchors.get(event.getAnchor());
    if (node == null) {
      throw failure(event, "alias: *" + event.getAnchor() + " (expected: an anchor before it)");
    }
    aliasedNodes += size(node);
    if (aliasedNodes > MOST_ALIASED_NODES) {
      throw failure(event, "aliases: more than " + MOST_ALIASED_NODES + " values");
    }
    return node.deepCopy();
  }

  private static int size(JsonNode node) {
    int size = 1;
    for (JsonNode child : node) {
      size += size(child);
    }
    return size;
  }

  private ArrayNode sequence(int depth) {
    ArrayNode out = JsonNodeFactory.instance.arrayNode();
    for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
      JsonNode item = node(event, depth + 1);
      out.add(item);
      if (depth < ManifestDocument.DEEPEST_ITEM && item.isObject()) {
        itemLines.put(item, lineOf(event));
      }
    }
    return out;
  }

  private ObjectNode mapping(int depth) {
    ObjectNode out = KubernetesJson.object();
    for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
      boolean merge = isMerge(event);
      JsonNode key = node(event, depth + 1);
      if (key.isContainerNode()) {
        throw failure(event, "key: a mapping or a sequence (expected: a scalar)");
      }
      Event valueEvent = next();
      JsonNode value = node(valueEvent, depth + 1);
      if (merge) {
        merge(valueEvent, out, value);
      } else {
        out.set(keyText(event, key), value);
      }
    }
    return out;
  }

  private static boolean isMerge(Event event) {
    return event instanceof ScalarEvent key
        && key.getValue().equals("<<")
        && (key.getTag() == null ? key.isPlain() : key.getTag().equals(MERGE));
  }

  private String keyText(Event event, JsonNode key) {
    try {
      String text = KubernetesYamlScalars.key(key);
      if (!key.isTextual() && !text.equals(key.asText())) {
        typedKeys.add(new ManifestDocument.TypedKey(lineOf(event), key.asText(), text));
      }
      return text;
    } catch (IllegalArgumentException e) {
      throw failure(event, String.valueOf(e.getMessage()));
    }
  }

  /** Sets the fields of {@code from}; in a list, earlier mappings take precedence. */
  private static void merge(Event event, ObjectNode into, JsonNode from) {
    if (from.isArray()) {
      for (int i = from.size() - 1; i >= 0; i--) {
        merge(event, into, from.get(i));
      }
      return;
    }
    if (!(from instanceof ObjectNode fields)) {
      throw failure(event, "<<: a scalar (expected: a mapping or a list of mappings)");
    }
    into.setAll(fields);
  }

  private Event next() {
    return parser.getEvent();
  }

  private static JsonNode scalar(ScalarEvent event) {
    try {
      JsonNode value =
          KubernetesYamlScalars.typed(event.getTag(), event.isPlain(), event.getValue());
      return value.isTextual() ? KubernetesJson.textNode(value.textValue()) : value;
    } catch (IllegalArgumentException e) {
      throw failure(event, String.valueOf(e.getMessage()));
    }
  }

  private static MarkedYAMLException failure(Event event, String problem) {
    return new Failure(problem, event.getStartMark());
  }

  private static final class Failure extends MarkedYAMLException {
    private static final long serialVersionUID = 1L;

    Failure(String problem, Mark mark) {
      super(null, null, problem, mark);
    }
  }
}
