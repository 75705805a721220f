package io.promdisco.providers.kubernetes.client;

import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/** What a scalar is to go-yaml v2, with which Kubernetes clients read YAML. */
final class YamlScalars {
  private static final Tag PLAIN = new Tag("promdisco:plain");

  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Pattern INTEGER =
      Pattern.compile("([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern NOT_FINITE =
      Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

  private YamlScalars() {}

  /** Leaves open what a scalar without quotes and without tag is. */
  static final class Undecided extends Resolver {
    @Override
    public Tag resolve(NodeId kind, String value, boolean implicit) {
      return kind == NodeId.scalar && implicit ? PLAIN : super.resolve(kind, value, false);
    }
  }

  /** Whether a key merges another mapping into its own. */
  static boolean isMerge(Node key) {
    return key instanceof ScalarNode scalar
        && scalar.getValue().equals("<<")
        && (scalar.getTag().equals(PLAIN) || scalar.getTag().equals(Tag.MERGE));
  }

  /** A string, a {@link Boolean}, a {@link Number}, or null. */
  static @Nullable Object value(ScalarNode node) {
    String text = node.getValue();
    if (!node.getTag().equals(PLAIN)) {
      boolean isText = !Set.of(Tag.BOOL, Tag.INT, Tag.FLOAT, Tag.NULL).contains(node.getTag());
      return isText ? text : plain(text);
    }
    return plain(text);
  }

  private static @Nullable Object plain(String text) {
    if (NULLS.contains(text)) {
      return null;
    }
    if (TRUE.contains(text)) {
      return true;
    }
    if (FALSE.contains(text)) {
      return false;
    }
    if ("+-.0123456789".indexOf(text.charAt(0)) < 0) {
      return text;
    }
    Object number = number(text.startsWith(".") ? text : text.replace("_", ""));
    return number == null ? text : number;
  }

  private static @Nullable Object number(String text) {
    Matcher matcher = INTEGER.matcher(text);
    if (matcher.matches()) {
      BigInteger integer = integer(matcher);
      if (integer.compareTo(LEAST) >= 0 && integer.compareTo(MOST) <= 0) {
        return integer;
      }
    }
    if (FLOAT.matcher(text).matches()) {
      double number = Double.parseDouble(text);
      boolean isWhole = number == Math.rint(number) && Math.abs(number) < 1L << 53;
      return Double.isInfinite(number)
          ? null
          : isWhole ? (Object) BigInteger.valueOf((long) number) : (Object) number;
    }
    return NOT_FINITE.matcher(text).matches() ? Double.NaN : null;
  }

  private static BigInteger integer(Matcher matcher) {
    String[] digits = {matcher.group(2), matcher.group(3), matcher.group(4), matcher.group(5)};
    int[] radix = {16, 2, 8, 10};
    BigInteger value = BigInteger.ZERO;
    for (int i = 0; i < digits.length; i++) {
      if (digits[i] != null) {
        value = new BigInteger(digits[i], radix[i]);
      }
    }
    return "-".equals(matcher.group(1)) ? value.negate() : value;
  }
}
