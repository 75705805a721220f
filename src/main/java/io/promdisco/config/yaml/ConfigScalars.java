package io.promdisco.config.yaml;

import static io.promdisco.yaml.YamlComposer.PLAIN;
import static io.promdisco.yaml.YamlComposer.QUOTED;

import io.promdisco.Internal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Types and values of scalars, as Prometheus's YAML reader (go-yaml v2, YAML 1.1) determines them.
 *
 * @hidden
 */
@Internal
public final class ConfigScalars {
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern INTEGER =
      Pattern.compile("([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)");
  private static final Pattern SPECIAL =
      Pattern.compile("([-+]?)\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
  private static final int LONGEST_SHOWN = 10;
  private static final double TWO_TO_63 = 0x1p63;

  /** A 64-bit number has fewer digits, in any base. */
  private static final int MOST_DIGITS = 80;

  private ConfigScalars() {}

  public static boolean isNull(@Nullable Node node) {
    return node instanceof ScalarNode scalar
        && (scalar.getTag().equals(PLAIN) || scalar.getTag().equals(Tag.NULL))
        && NULLS.contains(scalar.getValue());
  }

  /**
   * Whether a null is spelled in a way that go-yaml recognizes late. Then types of Prometheus with
   * their own reader, such as durations and label names, receive an empty text or section and check
   * it.
   */
  public static boolean isCheckedNull(@Nullable Node node) {
    return node instanceof ScalarNode scalar
        && scalar.getTag().equals(PLAIN)
        && (scalar.getValue().equals("Null") || scalar.getValue().equals("NULL"));
  }

  /** Whether a text is valid UTF-8; a tag can make it of other bytes. */
  public static boolean isUnicode(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /** Whether a key is a merge key. */
  static boolean isMerge(Node key) {
    return key instanceof ScalarNode scalar
        && scalar.getValue().equals("<<")
        && (scalar.getTag().equals(PLAIN) || scalar.getTag().equals(Tag.MERGE));
  }

  /** Returns the text of a scalar exactly as written, of whatever type it is. */
  public static String text(ScalarNode node) {
    byte[] bytes = node.getTag().equals(Tag.BINARY) ? binary(node.getValue()) : null;
    return bytes == null ? node.getValue() : text(bytes);
  }

  /** Bytes that are not UTF-8 become unpaired surrogates, which no name may contain. */
  private static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      StringBuilder text = new StringBuilder(bytes.length);
      for (byte octet : bytes) {
        text.append((char) (octet < 0 ? Character.MIN_LOW_SURROGATE + (octet & 0xff) : octet));
      }
      return text.toString();
    }
  }

  private static byte @Nullable [] binary(String text) {
    String digits = text.replace("\n", "").replace("\r", "");
    try {
      return digits.length() % 4 == 0 ? Base64.getDecoder().decode(digits) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * Returns why a scalar does not have the type of its tag, without quoting its value; null if it
   * has.
   */
  static @Nullable String tagProblem(ScalarNode node) {
    Tag tag = node.getTag();
    String text = node.getValue();
    if (tag.equals(Tag.BINARY)) {
      return binary(text) == null ? "!!binary value contains invalid base64 data" : null;
    }
    boolean wrong =
        (tag.equals(Tag.BOOL) && bool(node) == null)
            || (tag.equals(Tag.INT) && integer(text) == null)
            || (tag.equals(Tag.FLOAT) && !isFloat(node))
            || (tag.equals(Tag.NULL) && !NULLS.contains(text))
            || (tag.equals(Tag.TIMESTAMP) && !YamlTimestamps.isTimestamp(text));
    return wrong
        ? "cannot decode the value as a "
            + kind(node)
            + " (expected: a value of this type, or no tag)"
        : null;
  }

  /** Whether a number with a tag is a float: go-yaml converts only integers of 63 bits. */
  private static boolean isFloat(ScalarNode node) {
    BigInteger integer = integer(node.getValue());
    return integer == null ? number(node) != null : integer.bitLength() < 64;
  }

  /** Returns the boolean, or null if the scalar is not one. */
  static @Nullable Boolean bool(ScalarNode node) {
    if (!is(node, Tag.BOOL)) {
      return null;
    }
    return TRUE.contains(node.getValue())
        ? Boolean.TRUE
        : FALSE.contains(node.getValue()) ? Boolean.FALSE : null;
  }

  /** Whether text is written without quotes and without a tag. */
  public static boolean isPlain(ScalarNode node) {
    return node.getTag().equals(PLAIN);
  }

  private static boolean is(ScalarNode node, Tag tag) {
    return node.getTag().equals(PLAIN) || node.getTag().equals(tag);
  }

  /**
   * Returns the number as a signed 64-bit integer, or null if it is not one. As in Go, fractions
   * are cut off, and a number that is too small becomes the smallest one.
   */
  static @Nullable Long signed(ScalarNode node) {
    BigInteger integer = is(node, Tag.INT) ? integer(node.getValue()) : null;
    if (integer != null) {
      return integer.bitLength() > 63 ? null : integer.longValue();
    }
    Double number = number(node);
    return number != null && number <= TWO_TO_63 ? converted(number) : null;
  }

  /**
   * Returns the number as an unsigned 64-bit integer, or null if it is not one. As in Go, fractions
   * are cut off. For other numbers that do not fit, the result depends on the processor in Go; here
   * it is that of amd64.
   */
  static @Nullable BigInteger unsigned(ScalarNode node) {
    BigInteger integer = is(node, Tag.INT) ? integer(node.getValue()) : null;
    if (integer != null) {
      return integer.signum() < 0 ? null : integer;
    }
    Double number = number(node);
    if (number == null || !(number <= 2 * TWO_TO_63)) {
      return null;
    }
    long bits =
        number < TWO_TO_63 ? converted(number) : converted(number - TWO_TO_63) ^ Long.MIN_VALUE;
    return number == 2 * TWO_TO_63
        ? BigInteger.ONE.shiftLeft(63)
        : new BigInteger(Long.toUnsignedString(bits));
  }

  private static boolean fits(BigInteger integer) {
    return integer.signum() < 0 ? integer.bitLength() <= 63 : integer.bitLength() <= 64;
  }

  private static long converted(double number) {
    return number < TWO_TO_63 ? (long) number : Long.MIN_VALUE;
  }

  /** Returns the number, or null if the scalar is not one. */
  static @Nullable Double number(ScalarNode node) {
    if (!is(node, Tag.FLOAT) && !is(node, Tag.INT)) {
      return null;
    }
    BigInteger integer = integer(node.getValue());
    if (integer != null) {
      return integer.doubleValue();
    }
    if (node.getTag().equals(Tag.INT) || node.getValue().startsWith("_")) {
      return null;
    }
    boolean fraction = node.getValue().startsWith(".");
    String text = fraction ? node.getValue() : node.getValue().replace("_", "");
    if (FLOAT.matcher(text).matches()) {
      Double number = Double.valueOf(text);
      return number.isInfinite() ? null : number;
    }
    Matcher special = SPECIAL.matcher(node.getValue());
    if (!special.matches()) {
      return null;
    }
    boolean negative = "-".equals(special.group(1));
    return special.group(3) != null
        ? Double.valueOf(Double.NaN)
        : Double.valueOf(negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
  }

  /** Returns the scalar as text, number or boolean; null for a null. */
  static @Nullable Object value(ScalarNode scalar) {
    if (isNull(scalar)) {
      return null;
    }
    Boolean flag = bool(scalar);
    if (flag != null) {
      return flag;
    }
    BigInteger whole = is(scalar, Tag.INT) ? integer(scalar.getValue()) : null;
    if (whole != null) {
      return whole;
    }
    Double number = number(scalar);
    return number != null ? number : text(scalar);
  }

  /** Returns a 64-bit integer, signed or unsigned, or null if the text is not one. */
  private static @Nullable BigInteger integer(String text) {
    Matcher matcher = INTEGER.matcher(text.replace("_", ""));
    if (text.startsWith("_") || !matcher.matches()) {
      return null;
    }
    String digits = matcher.group(2);
    if (digits.length() > MOST_DIGITS) {
      return null;
    }
    int radix = 10;
    if (digits.length() > 1 && digits.charAt(0) == '0') {
      char kind = Character.toLowerCase(digits.charAt(1));
      radix = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
      digits = digits.substring(Character.isDigit(kind) ? 1 : 2);
    }
    BigInteger value = new BigInteger(digits, radix);
    BigInteger signed = matcher.group(1).equals("-") ? value.negate() : value;
    return fits(signed) ? signed : null;
  }

  /** Returns the type of a node, and for a scalar its beginning, as in go-yaml's messages. */
  static String describe(Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      return kind(node);
    }
    String text = scalar.getValue();
    int shown = Math.min(text.length(), LONGEST_SHOWN - 3);
    return kind(node)
        + " `"
        + (text.length() > LONGEST_SHOWN ? text.substring(0, shown) + "..." : text)
        + "`";
  }

  /** Returns the type of a node. */
  public static String kind(Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      return node.getNodeId() == NodeId.sequence ? "!!seq" : "!!map";
    }
    Tag tag = scalar.getTag();
    if (!tag.equals(PLAIN) && !tag.equals(QUOTED)) {
      return tag.getValue().replace(Tag.PREFIX, "!!");
    }
    if (isNull(node)) {
      return "!!null";
    }
    if (bool(scalar) != null) {
      return "!!bool";
    }
    if (tag.equals(QUOTED) || number(scalar) == null) {
      return "!!str";
    }
    return integer(scalar.getValue()) != null ? "!!int" : "!!float";
  }
}
