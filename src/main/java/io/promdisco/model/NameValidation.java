package io.promdisco.model;

/** Which names a label may have, according to {@code metric_name_validation_scheme}. */
public enum NameValidation {
  /** Any valid UTF-8 that is not empty. The default. */
  UTF8,
  /** {@code [a-zA-Z_][a-zA-Z0-9_]*}. */
  LEGACY;

  /** Whether a label may have this name. */
  public boolean isValidLabelName(String name) {
    if (name.isEmpty()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (this == LEGACY) {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9')) {
          return false;
        }
      } else if (Character.isHighSurrogate(c)
          && i + 1 < name.length()
          && Character.isLowSurrogate(name.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }
}
