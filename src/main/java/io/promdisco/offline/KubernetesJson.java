package io.promdisco.offline;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.promdisco.util.Utf8Text;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Kubernetes objects as JSON trees. */
public final class KubernetesJson {
  /** Reads numbers exactly. */
  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .nodeFactory(new Nodes())
          .build();

  private KubernetesJson() {}

  /** Stores small integers as long too, so that equal numbers are equal nodes. */
  static class Nodes extends JsonNodeFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public NumericNode numberNode(int number) {
      return numberNode((long) number);
    }
  }

  /** Returns a new object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Returns a string node; each unpaired surrogate, which UTF-8 cannot encode, is replaced. */
  static TextNode textNode(String text) {
    return TextNode.valueOf(Utf8Text.encodable(text));
  }

  /** Reads one value; a missing node if there is none. */
  public static JsonNode read(String text) throws IOException {
    try (JsonParser parser = parser(MAPPER.createParser(text))) {
      JsonNode value = MAPPER.readTree(parser);
      return value == null ? MissingNode.getInstance() : value;
    }
  }

  /** Makes the texts that {@code parser} reads encodable in UTF-8. */
  static JsonParser parser(JsonParser parser) {
    return new JsonParserDelegate(parser) {
      @Override
      public @Nullable String currentName() throws IOException {
        String name = super.currentName();
        return name == null ? null : Utf8Text.encodable(name);
      }

      @Override
      public @Nullable String getText() throws IOException {
        String text = super.getText();
        return text == null ? null : Utf8Text.encodable(text);
      }
    };
  }

  /** Returns the text of the field at {@code path}; empty if there is none. */
  public static String text(JsonNode node, String... path) {
    JsonNode at = node;
    for (String name : path) {
      at = at.path(name);
    }
    return at.isNull() ? "" : at.asText("");
  }

  /** Returns the object {@code name} in {@code parent}, created if it is missing. */
  public static ObjectNode child(ObjectNode parent, String name) {
    return parent.get(name) instanceof ObjectNode there ? there : parent.putObject(name);
  }
}
