package io.promdisco.http.h2;

/**
 * A header field, or a pseudo-header field whose name begins with a colon.
 *
 * @param name in lower case
 * @param value characters up to U+00FF
 */
public record Field(String name, String value) {
  /** Without the value, which may be a secret. */
  @Override
  public String toString() {
    return name;
  }
}
