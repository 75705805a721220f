package io.promdisco.config;

import java.math.BigInteger;
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
import org.yaml.snakeyaml.resolver.Resolver;

/** What a scalar is, as Prometheus's YAML reader (go-yaml v2, YAML 1.1) sees it. */
final class Scalars {
  /** The tag of a scalar without quotes and without a tag: it may be anything. */
  private static final Tag PLAIN = new Tag("promdisco:plain");

  /** The tag of a scalar with quotes, or as a block, and without a tag: it is text. */
  private static final Tag QUOTED = new Tag("promdisco:quoted");

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

  private Scalars() {}

  /** Leaves open what a scalar is, but tells those with quotes from those without. */
  static final class Undecided extends Resolver {
    @Override
    public Tag resolve(NodeId kind, String value, boolean implicit) {
      return kind == NodeId.scalar ? (implicit ? PLAIN : QUOTED) : super.resolve(kind, null, true);
    }
  }

  static boolean isNull(@Nullable Node node) {
    return node instanceof ScalarNode scalar
        && (scalar.getTag().equals(PLAIN) || scalar.getTag().equals(Tag.NULL))
        && NULLS.contains(scalar.getValue());
  }

  /** Whether a key merges another mapping into its own. */
  static boolean isMerge(Node key) {
    return key instanceof ScalarNode scalar
        && scalar.getValue().equals("<<")
        && (scalar.getTag().equals(PLAIN) || scalar.getTag().equals(Tag.MERGE));
  }

  /** The text, as it is spelled whatever it looks like; null if its tag says something else. */
  static @Nullable String text(ScalarNode node) {
    Tag tag = node.getTag();
    if (tag.equals(Tag.BINARY)) {
      try {
        return new String(Base64.getMimeDecoder().decode(node.getValue()), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    boolean wrong =
        (tag.equals(Tag.BOOL) && bool(node) == null)
            || (tag.equals(Tag.INT) && integer(node.getValue()) == null)
            || (tag.equals(Tag.FLOAT) && number(node) == null)
            || (tag.equals(Tag.NULL) && !isNull(node));
    return wrong ? null : node.getValue();
  }

  /** A boolean, or null if it is none. */
  static @Nullable Boolean bool(ScalarNode node) {
    if (!is(node, Tag.BOOL)) {
      return null;
    }
    return TRUE.contains(node.getValue())
        ? Boolean.TRUE
        : FALSE.contains(node.getValue()) ? Boolean.FALSE : null;
  }

  /** Whether text is written without quotes and without a tag. */
  static boolean isPlain(ScalarNode node) {
    return node.getTag().equals(PLAIN);
  }

  private static boolean is(ScalarNode node, Tag tag) {
    return node.getTag().equals(PLAIN) || node.getTag().equals(tag);
  }

  /**
   * A signed number of 64 bits, or null if it is none. Go cuts off fractions and reads a number
   * that is too small as the smallest.
   */
  static @Nullable Long signed(ScalarNode node) {
    BigInteger integer = is(node, Tag.INT) ? integer(node.getValue()) : null;
    if (integer != null && fits(integer)) {
      return integer.bitLength() > 63 ? null : integer.longValue();
    }
    Double number = number(node);
    return number != null && number <= TWO_TO_63 ? converted(number) : null;
  }

  /**
   * An unsigned number of 64 bits, or null if it is none. Go cuts off fractions; what becomes of
   * other numbers that do not fit is the processor's affair, here as on amd64.
   */
  static @Nullable BigInteger unsigned(ScalarNode node) {
    BigInteger integer = is(node, Tag.INT) ? integer(node.getValue()) : null;
    if (integer != null && fits(integer)) {
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

  /** A number, or null if it is none. */
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

  /** A scalar as text, number or boolean; null where there is nothing. */
  static @Nullable Object value(ScalarNode scalar) {
    if (isNull(scalar)) {
      return null;
    }
    Boolean flag = bool(scalar);
    if (flag != null) {
      return flag;
    }
    BigInteger whole = is(scalar, Tag.INT) ? integer(scalar.getValue()) : null;
    if (whole != null && fits(whole)) {
      return whole;
    }
    Double number = number(scalar);
    return number != null ? number : text(scalar);
  }

  private static @Nullable BigInteger integer(String text) {
    Matcher matcher = INTEGER.matcher(text.replace("_", ""));
    if (text.startsWith("_") || !matcher.matches()) {
      return null;
    }
    String digits = matcher.group(2);
    int radix = 10;
    if (digits.length() > 1 && digits.charAt(0) == '0') {
      char kind = Character.toLowerCase(digits.charAt(1));
      radix = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
      digits = digits.substring(Character.isDigit(kind) ? 1 : 2);
    }
    BigInteger value = new BigInteger(digits, radix);
    return matcher.group(1).equals("-") ? value.negate() : value;
  }

  /** What a node is, and for a scalar how it begins, as go-yaml's messages say it. */
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

  /** What a node is. */
  static String kind(Node node) {
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
