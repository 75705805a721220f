package io.promdisco.config;

import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/** What a scalar is, as Prometheus's YAML reader (go-yaml v2, YAML 1.1) sees it. */
final class Scalars {
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern INTEGER =
      Pattern.compile("([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)");

  private static final Resolver IMPLICIT = new Resolver();

  private Scalars() {}

  static boolean isNull(ScalarNode node) {
    return isUntaggedPlain(node)
        ? NULLS.contains(node.getValue())
        : node.getTag().equals(Tag.NULL) && node.isPlain();
  }

  private static boolean isUntaggedPlain(ScalarNode node) {
    return node.getScalarStyle() == ScalarStyle.PLAIN && !isString(node);
  }

  /** Whether a tag was written that says it is text, whatever it looks like. */
  private static boolean isString(ScalarNode node) {
    return node.getTag().equals(Tag.STR)
        && !IMPLICIT.resolve(NodeId.scalar, node.getValue(), true).equals(Tag.STR);
  }

  /** A boolean, or null if it is none. */
  static @Nullable Boolean bool(ScalarNode node) {
    if (!isUntaggedPlain(node)) {
      return null;
    }
    return TRUE.contains(node.getValue())
        ? Boolean.TRUE
        : FALSE.contains(node.getValue()) ? Boolean.FALSE : null;
  }

  /** A whole number, fractions cut off as Go does, or null if it is no number. */
  static @Nullable BigInteger whole(ScalarNode node) {
    if (!isUntaggedPlain(node)) {
      return null;
    }
    BigInteger integer = integer(node.getValue());
    if (integer != null) {
      return integer;
    }
    Double number = number(node);
    return number == null || number.isInfinite()
        ? null
        : new java.math.BigDecimal(number).toBigInteger();
  }

  /** A number, or null if it is none. */
  static @Nullable Double number(ScalarNode node) {
    if (!isUntaggedPlain(node)) {
      return null;
    }
    BigInteger integer = integer(node.getValue());
    if (integer != null) {
      return integer.doubleValue();
    }
    String text = node.getValue().replace("_", "");
    return FLOAT.matcher(text).matches() ? Double.valueOf(text) : null;
  }

  private static @Nullable BigInteger integer(String text) {
    java.util.regex.Matcher matcher = INTEGER.matcher(text.replace("_", ""));
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
}
