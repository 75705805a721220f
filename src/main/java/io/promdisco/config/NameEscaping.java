package io.promdisco.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a target escapes metric names that are not {@code [a-zA-Z_:][a-zA-Z0-9_:]*}. */
public enum NameEscaping {
  /** Names are not escaped. */
  ALLOW_UTF_8,
  /** Writes an underscore for each character that is not allowed. */
  UNDERSCORES,
  /**
   * Writes {@code _dot_} for a dot, and two underscores for each other character that is not
   * allowed.
   */
  DOTS,
  /** Writes the code of each character that is not allowed, so that the name can be restored. */
  VALUES;

  /** The name in the configuration and in the {@code Accept} header. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static @Nullable NameEscaping of(String text) {
    for (NameEscaping escaping : values()) {
      if (escaping.text().equals(text)) {
        return escaping;
      }
    }
    return null;
  }
}
