package io.promdisco.providers.kubernetes.client.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * A number or a boolean of a YAML file whose {@code asText} is the text in the file. A field that
 * holds a string takes that text: {@code 007} stays {@code 007}.
 */
interface WrittenScalar {
  /** Whether it is written with a point or an exponent. */
  boolean real();

  /** A whole number. */
  static JsonNode integer(BigInteger value, String text, boolean real) {
    if (!real && text.length() < 19 && text.equals(value.toString())) {
      return JsonNodeFactory.instance.numberNode(value.longValue());
    }
    return new WrittenInteger(value, text, real);
  }

  /** A number with a fraction, or one that is too large for {@link #integer}. */
  static JsonNode real(BigDecimal value, String text) {
    return new WrittenReal(value, text);
  }

  /** A boolean. */
  static JsonNode bool(boolean value, String text) {
    return text.equals(String.valueOf(value))
        ? JsonNodeFactory.instance.booleanNode(value)
        : new WrittenBoolean(value, text);
  }

  /** A whole number of any size. */
  final class WrittenInteger extends BigIntegerNode implements WrittenScalar {
    private static final long serialVersionUID = 1L;
    private final String text;
    private final boolean real;

    private WrittenInteger(BigInteger value, String text, boolean real) {
      super(value);
      this.text = text;
      this.real = real;
    }

    @Override
    public boolean real() {
      return real;
    }

    @Override
    public String asText() {
      return text;
    }
  }

  /** A number with a fraction. */
  final class WrittenReal extends DecimalNode implements WrittenScalar {
    private static final long serialVersionUID = 1L;
    private final String text;

    private WrittenReal(BigDecimal value, String text) {
      super(value);
      this.text = text;
    }

    @Override
    public boolean real() {
      return true;
    }

    @Override
    public String asText() {
      return text;
    }
  }

  /** A boolean that is not written as {@code true} or {@code false}. */
  final class WrittenBoolean extends BooleanNode implements WrittenScalar {
    private static final long serialVersionUID = 1L;
    private final String text;

    private WrittenBoolean(boolean value, String text) {
      super(value);
      this.text = text;
    }

    @Override
    public boolean real() {
      return false;
    }

    @Override
    public String asText() {
      return text;
    }
  }
}
