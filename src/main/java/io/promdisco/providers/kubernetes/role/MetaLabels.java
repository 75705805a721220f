package io.promdisco.providers.kubernetes.role;

import io.promdisco.model.Labels;
import org.jspecify.annotations.Nullable;

/** Names and texts that all roles use. */
final class MetaLabels {
  /** The prefix of every label of this mechanism. */
  static final String PREFIX = "__meta_kubernetes_";

  static final String ADDRESS = "__address__";
  static final String NAMESPACE = PREFIX + "namespace";
  static final String TRUE = "true";

  private MetaLabels() {}

  /** Sets a label unless its value is empty or null. */
  static void put(Labels.Builder out, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      out.set(name, value);
    }
  }

  /** Returns {@code true}, {@code false}, or null for null. */
  static @Nullable String text(@Nullable Boolean value) {
    return value == null ? null : value ? TRUE : "false";
  }

  /** Returns {@code host:port}, with brackets around an IPv6 address. */
  static String address(String host, String port) {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }

  /**
   * Returns {@code name} with an underscore for each character that is not allowed in a label name.
   */
  static String sanitize(String name) {
    StringBuilder out = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      boolean keep =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      out.append(keep ? (char) c : '_');
      i += Character.charCount(c);
    }
    return out.toString();
  }

  /**
   * Converts to lower case code point by code point: one stays one (İ becomes i), independent of
   * the language, and without a final sigma.
   */
  static String lower(String text) {
    return switch (text) {
      case "True" -> TRUE;
      case "False" -> "false";
      case "Unknown" -> "unknown";
      default -> {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> out.appendCodePoint(Character.toLowerCase(c)));
        yield out.toString();
      }
    };
  }
}
