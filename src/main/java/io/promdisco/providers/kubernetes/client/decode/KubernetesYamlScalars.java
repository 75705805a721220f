package io.promdisco.providers.kubernetes.client.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Determines the types of YAML scalars as Kubernetes clients do (sigs.k8s.io/yaml, go-yaml v2): as
 * in YAML 1.1, but base 60 and numbers that overflow are text. Infinities and NaN, which kubectl
 * rejects, are text too. The {@code asText} of a number or boolean is its spelling.
 */
public final class KubernetesYamlScalars {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String TAG = "tag:yaml.org,2002:";
  private static final BigInteger INT_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger UINT_LIMIT = BigInteger.ONE.shiftLeft(Long.SIZE);

  private KubernetesYamlScalars() {}

  /**
   * Returns the value of a scalar.
   *
   * @param tag the tag from the parser; null if there is none
   * @param plain whether it is written without quotes
   * @throws IllegalArgumentException if the text does not have the type of the tag
   */
  public static JsonNode typed(@Nullable String tag, boolean plain, String text) {
    if (tag == null) {
      return plain ? typed(text) : NODES.textNode(text);
    }
    if (!tag.startsWith(TAG)) {
      return NODES.textNode(text);
    }
    return switch (tag.substring(TAG.length())) {
      case "binary" -> NODES.textNode(decoded(text));
      case "bool" -> required(typed(text), typed(text).isBoolean(), "a boolean", text);
      case "int" -> required(typed(text), typed(text).isIntegralNumber(), "an integer", text);
      case "float" -> required(typed(text), typed(text).isNumber(), "a number", text);
      case "null" -> required(typed(text), typed(text).isNull(), "null", text);
      default -> NODES.textNode(text);
    };
  }

  private static JsonNode required(JsonNode node, boolean fits, String expected, String text) {
    if (!fits) {
      throw new IllegalArgumentException("\"" + text + "\" (expected: " + expected + ")");
    }
    return node;
  }

  private static String decoded(String base64) {
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(base64);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw new IllegalArgumentException("!!binary (expected: UTF-8 in base64)", e);
    }
  }

  /** Returns the value of a plain scalar without a tag. */
  static JsonNode typed(String text) {
    if (text.isEmpty()) {
      return NODES.nullNode();
    }
    char first = text.charAt(0);
    if (first >= '1' && first <= '9' && text.length() <= 18 && digits(text, 0) == text.length()) {
      return NODES.numberNode(Long.parseLong(text)); // the usual case
    }
    if ((first >= '0' && first <= '9') || first == '-' || first == '+') {
      JsonNode number = number(text, text.replace("_", ""));
      return number == null ? NODES.textNode(text) : number;
    }
    if (first == '.') {
      JsonNode number = separated(text) ? real(text, text.replace("_", "")) : null;
      return number == null ? NODES.textNode(text) : number;
    }
    return switch (text) {
      case "~", "null", "Null", "NULL" -> NODES.nullNode();
      case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON" ->
          TextPreservingScalar.bool(true, text);
      case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF" ->
          TextPreservingScalar.bool(false, text);
      default -> NODES.textNode(text);
    };
  }

  /** Whether underscores occur only between digits. */
  private static boolean separated(String text) {
    for (int at = text.indexOf('_'); at >= 0; at = text.indexOf('_', at + 1)) {
      if (at + 1 == text.length()
          || !Character.isDigit(text.charAt(at - 1))
          || !Character.isDigit(text.charAt(at + 1))) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable JsonNode number(String text, String plain) {
    if (plain.isEmpty()) {
      return null;
    }
    boolean signed = plain.charAt(0) == '-' || plain.charAt(0) == '+';
    JsonNode integer = integer(text, plain, signed);
    if (integer != null) {
      return integer;
    }
    JsonNode real = real(text, plain);
    if (real != null || !plain.startsWith("0b")) {
      return real;
    }
    // go-yaml allows a sign after the prefix.
    String bits = plain.substring(2);
    boolean signedBits = bits.startsWith("-") || bits.startsWith("+");
    BigInteger value = parsed(signedBits ? bits.substring(1) : bits, 2, bits.startsWith("-"));
    return value == null ? null : TextPreservingScalar.integer(value, text, false);
  }

  private static @Nullable JsonNode integer(String text, String plain, boolean signed) {
    String digits = signed ? plain.substring(1) : plain;
    int radix = 10;
    if (digits.length() > 1 && digits.charAt(0) == '0') {
      int prefix = 2;
      switch (digits.charAt(1)) {
        case 'b', 'B' -> radix = 2;
        case 'o', 'O' -> radix = 8;
        case 'x', 'X' -> radix = 16;
        default -> {
          radix = 8;
          prefix = 1;
        }
      }
      digits = digits.substring(prefix);
    }
    BigInteger value = parsed(digits, radix, plain.charAt(0) == '-');
    if (value == null || value.compareTo(INT_MIN) < 0) {
      return null;
    }
    BigInteger limit = signed ? INT_MIN.negate() : UINT_LIMIT;
    return value.compareTo(limit) < 0 ? TextPreservingScalar.integer(value, text, false) : null;
  }

  private static @Nullable BigInteger parsed(String digits, int radix, boolean negative) {
    if (digits.isEmpty() || digits.length() > Long.SIZE + 1) {
      return null;
    }
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c > 'f' || Character.digit(c, radix) < 0) {
        return null;
      }
    }
    BigInteger value = new BigInteger(digits, radix);
    return negative ? value.negate() : value;
  }

  private static @Nullable JsonNode real(String text, String plain) {
    int sign = plain.charAt(0) == '-' || plain.charAt(0) == '+' ? 1 : 0;
    if (!isReal(plain, sign) || Double.isInfinite(Double.parseDouble(plain))) {
      return null;
    }
    double value = Double.parseDouble(plain);
    return value == Math.rint(value) && Math.abs(value) < 0x1p63
        ? TextPreservingScalar.integer(new BigDecimal(value).toBigInteger(), text, true)
        : TextPreservingScalar.real(BigDecimal.valueOf(value), text);
  }

  /** Whether the text is digits, optionally a point and digits, optionally an exponent. */
  private static boolean isReal(String text, int start) {
    int at = digits(text, start);
    boolean anyDigit = at > start;
    if (at < text.length() && text.charAt(at) == '.') {
      int end = digits(text, at + 1);
      anyDigit |= end > at + 1;
      at = end;
    }
    if (!anyDigit) {
      return false;
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      int exponent = at + 1;
      if (exponent < text.length()
          && (text.charAt(exponent) == '-' || text.charAt(exponent) == '+')) {
        exponent++;
      }
      at = digits(text, exponent);
      if (at == exponent) {
        return false;
      }
    }
    return at == text.length();
  }

  /** Returns the index after the decimal digits that begin at {@code from}. */
  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  /**
   * Returns a scalar as the key of a map. The letters {@code y} and {@code n} remain letters:
   * kubectl reads them as {@code true} and {@code false}, but quotes them when it writes, so a
   * plain one was written by hand and means the letter.
   *
   * @param value the value that was read
   * @throws IllegalArgumentException if it cannot be a key
   */
  public static String key(JsonNode value) {
    if (value.isTextual()) {
      return value.textValue();
    }
    if (value.isNull()) {
      throw new IllegalArgumentException("null (expected: a key)");
    }
    if (value.isBoolean()) {
      String written = value.asText();
      return written.length() == 1 ? written : String.valueOf(value.booleanValue());
    }
    return TextPreservingScalar.isReal(value)
        ? realKey(value.decimalValue())
        : value.bigIntegerValue().toString();
  }

  /** Returns the shortest text of a number with 32-bit precision, like Go's format {@code g}. */
  private static String realKey(BigDecimal number) {
    float value = number.floatValue();
    if (Float.isInfinite(value)) {
      return value > 0 ? ".inf" : "-.inf";
    }
    BigDecimal shortest = number;
    for (int digits = 1; digits <= 9; digits++) {
      shortest = number.round(new MathContext(digits));
      if (shortest.floatValue() == value) {
        break;
      }
    }
    shortest = shortest.stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (shortest.signum() == 0 || (exponent >= -4 && exponent < 6)) {
      return shortest.toPlainString();
    }
    BigDecimal mantissa = shortest.scaleByPowerOfTen(-exponent);
    return String.format(
        Locale.ROOT,
        "%se%s%02d",
        mantissa.toPlainString(),
        exponent < 0 ? "-" : "+",
        Math.abs(exponent));
  }
}
