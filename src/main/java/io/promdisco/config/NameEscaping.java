package io.promdisco.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How metric names that are not {@code [a-zA-Z_:][a-zA-Z0-9_:]*} are to be escaped by a target. */
public enum NameEscaping {
  /** Not at all. */
  ALLOW_UTF_8,
  /** With an underscore for each character that is not allowed. */
  UNDERSCORES,
  /** With {@code _dot_} for a dot and two underscores for other characters. */
  DOTS,
  /** With the code of each character that is not allowed, so that it can be undone. */
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
