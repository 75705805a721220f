package io.promdisco.offline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON trees from and to text. By hand and not with an {@code ObjectMapper}, which takes longer to
 * start than a small dump takes to read.
 */
public final class Json {
  public static final JsonFactory FACTORY = new JsonFactory();
  public static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Lists of objects in lists of objects: {@code items} of {@code items}. */
  private static final int DEEPEST_LIST = 4;

  private Json() {}

  public static ObjectNode object() {
    return NODES.objectNode();
  }

  /** A string node, {@link #wellFormed}. */
  public static JsonNode textNode(String text) {
    return NODES.textNode(wellFormed(text));
  }

  /** Replaces each unpaired surrogate, which UTF-8 cannot encode, as an API server does. */
  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return text.codePoints()
            .map(point -> Character.getType(point) == Character.SURROGATE ? 0xFFFD : point)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
    }
    return text;
  }

  /** Reads the value whose first token is the parser's current one. */
  public static JsonNode read(JsonParser parser) throws IOException {
    return read(parser, null);
  }

  /**
   * Reads the value whose first token is the parser's current one.
   *
   * @param itemLines receives the line of each object in a list, down to {@link #DEEPEST_LIST}
   */
  public static JsonNode read(
      JsonParser parser, @Nullable IdentityHashMap<JsonNode, Integer> itemLines)
      throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return MissingNode.getInstance();
    }
    return switch (token) {
      case START_OBJECT -> readObject(parser, itemLines);
      case START_ARRAY -> readArray(parser, itemLines);
      case VALUE_STRING -> textNode(parser.getText());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NUMBER_INT -> readInteger(parser);
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDecimalValue());
      default -> NODES.nullNode();
    };
  }

  private static JsonNode readInteger(JsonParser parser) throws IOException {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? NODES.numberNode(parser.getBigIntegerValue())
        : NODES.numberNode(parser.getLongValue());
  }

  private static ObjectNode readObject(
      JsonParser parser, @Nullable IdentityHashMap<JsonNode, Integer> itemLines)
      throws IOException {
    ObjectNode out = object();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = wellFormed(parser.currentName());
      parser.nextToken();
      out.set(name, read(parser, itemLines));
    }
    return out;
  }

  private static ArrayNode readArray(
      JsonParser parser, @Nullable IdentityHashMap<JsonNode, Integer> itemLines)
      throws IOException {
    ArrayNode out = NODES.arrayNode();
    boolean shallow =
        itemLines != null && parser.getParsingContext().getNestingDepth() <= DEEPEST_LIST;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      int line = shallow ? parser.currentTokenLocation().getLineNr() : 0;
      JsonNode item = read(parser, itemLines);
      out.add(item);
      if (itemLines != null && shallow && item.isObject()) {
        itemLines.put(item, line);
      }
    }
    return out;
  }

  /** Reads one value. */
  public static JsonNode read(String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      return read(parser);
    }
  }

  public static void write(JsonGenerator out, JsonNode node) throws IOException {
    switch (node.getNodeType()) {
      case OBJECT -> {
        out.writeStartObject();
        writeFields(out, node, true);
        out.writeEndObject();
      }
      case ARRAY -> {
        out.writeStartArray();
        for (JsonNode item : node) {
          write(out, item);
        }
        out.writeEndArray();
      }
      case STRING -> out.writeString(node.textValue());
      case BOOLEAN -> out.writeBoolean(node.booleanValue());
      case NUMBER -> writeNumber(out, node);
      default -> out.writeNull();
    }
  }

  /** Writes an object as the item of a typed list, which says kind and API version once for all. */
  public static void writeItem(JsonGenerator out, ObjectNode object) throws IOException {
    out.writeStartObject();
    writeFields(out, object, false);
    out.writeEndObject();
  }

  private static void writeFields(JsonGenerator out, JsonNode object, boolean typeMeta)
      throws IOException {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String name = field.getKey();
      if (typeMeta || !(name.equals("kind") || name.equals("apiVersion"))) {
        out.writeFieldName(name);
        write(out, field.getValue());
      }
    }
  }

  private static void writeNumber(JsonGenerator out, JsonNode number) throws IOException {
    if (number.isBigInteger()) {
      out.writeNumber(number.bigIntegerValue());
    } else if (number.isIntegralNumber()) {
      out.writeNumber(number.longValue());
    } else {
      out.writeNumber(number.decimalValue());
    }
  }

  /** Text of the field at {@code path}; empty if there is none. */
  public static String text(JsonNode node, String... path) {
    JsonNode at = node;
    for (String name : path) {
      at = at.path(name);
    }
    return at.isNull() ? "" : at.asText("");
  }

  /** The object called {@code name} in {@code parent}, made if it is not there. */
  public static ObjectNode child(ObjectNode parent, String name) {
    return parent.get(name) instanceof ObjectNode there ? there : parent.putObject(name);
  }
}
