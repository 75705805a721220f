package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The types of plain YAML scalars: null, true, false, numbers; all else is text. */
final class YamlScalars {
  private YamlScalars() {}

  static JsonNode typed(String text) {
    if (text.isEmpty()) {
      return Json.NODES.nullNode();
    }
    char first = text.charAt(0);
    if (Character.isDigit(first) || first == '-' || first == '+' || first == '.') {
      JsonNode number = number(text);
      return number == null ? Json.NODES.textNode(text) : number;
    }
    return switch (text) {
      case "~", "null", "Null", "NULL" -> Json.NODES.nullNode();
      case "true", "True", "TRUE" -> Json.NODES.booleanNode(true);
      case "false", "False", "FALSE" -> Json.NODES.booleanNode(false);
      default -> Json.NODES.textNode(text);
    };
  }

  private static @Nullable JsonNode number(String text) {
    if (text.startsWith("0x")) {
      return integer(text, 2, 16);
    }
    if (text.startsWith("0o")) {
      return integer(text, 2, 8);
    }
    if (text.length() > 1 && text.charAt(0) == '0' && digits(text, 1) == text.length()) {
      JsonNode octal = integer(text, 1, 8);
      return octal == null ? Json.NODES.numberNode(new BigDecimal(text)) : octal;
    }
    int sign = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    int end = digits(text, sign);
    if (end == text.length() && end > sign) {
      return decimal(text.charAt(0) == '+' ? text.substring(1) : text);
    }
    return isFloat(text, sign, end) ? Json.NODES.numberNode(new BigDecimal(text)) : null;
  }

  private static JsonNode decimal(String digits) {
    return digits.length() <= 18
        ? Json.NODES.numberNode(Long.parseLong(digits))
        : Json.NODES.numberNode(new BigInteger(digits));
  }

  private static @Nullable JsonNode integer(String text, int from, int radix) {
    for (int i = from; i < text.length(); i++) {
      if (Character.digit(text.charAt(i), radix) < 0) {
        return null;
      }
    }
    return from == text.length()
        ? null
        : Json.NODES.numberNode(new BigInteger(text.substring(from), radix).longValue());
  }

  /** Index after the decimal digits that begin at {@code from}. */
  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  /** Digits, maybe a point and digits, maybe an exponent; infinities and NaN are no JSON. */
  private static boolean isFloat(String text, int start, int integerEnd) {
    int at = integerEnd;
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
      if (at == exponent || at - exponent > 4) {
        return false;
      }
    }
    return at == text.length();
  }
}
