package io.promdisco.providers.kubernetes.client.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Numbers and booleans of a YAML file whose {@code asText} is their text in the file. A string
 * field uses that text: {@code 007} remains {@code 007}.
 */
final class TextPreservingScalar {
  private TextPreservingScalar() {}

  /** Returns an integer. {@code real} means that it is written with a point or an exponent. */
  static JsonNode integer(BigInteger value, String text, boolean real) {
    if (!real && text.length() < 19 && text.equals(value.toString())) {
      return JsonNodeFactory.instance.numberNode(value.longValue());
    }
    return new WrittenInteger(value, text, real);
  }

  /** Returns a number with a fraction, or one that is too large for {@link #integer}. */
  static JsonNode real(BigDecimal value, String text) {
    return new WrittenReal(value, text);
  }

  /** Returns a boolean. */
  static JsonNode bool(boolean value, String text) {
    return text.equals(String.valueOf(value))
        ? JsonNodeFactory.instance.booleanNode(value)
        : new WrittenBoolean(value, text);
  }

  /** Whether a number is written with a point or an exponent. */
  static boolean isReal(JsonNode number) {
    return number instanceof WrittenReal
        || (number instanceof WrittenInteger integer && integer.real);
  }

  private static final class WrittenInteger extends BigIntegerNode {
    private static final long serialVersionUID = 1L;
    private final String text;
    private final boolean real;

    WrittenInteger(BigInteger value, String text, boolean real) {
      super(value);
      this.text = text;
      this.real = real;
    }

    @Override
    public String asText() {
      return text;
    }
  }

  private static final class WrittenReal extends DecimalNode {
    private static final long serialVersionUID = 1L;
    private final String text;

    WrittenReal(BigDecimal value, String text) {
      super(value);
      this.text = text;
    }

    @Override
    public String asText() {
      return text;
    }
  }

  private static final class WrittenBoolean extends BooleanNode {
    private static final long serialVersionUID = 1L;
    private final String text;

    WrittenBoolean(boolean value, String text) {
      super(value);
      this.text = text;
    }

    @Override
    public String asText() {
      return text;
    }
  }
}
