package io.promdisco.config;

import org.jspecify.annotations.Nullable;

/** A value that must not be shown. {@link #toString()} hides it. */
public final class Secret {
  /** The empty secret, for a setting without a value. */
  public static final Secret NONE = new Secret("");

  private final String value;

  /** Keeps {@code value}. */
  public Secret(String value) {
    this.value = value;
  }

  /** Returns the value, to be sent to the server that it is for and nowhere else. */
  public String reveal() {
    return value;
  }

  /** Whether there is no value. */
  public boolean isEmpty() {
    return value.isEmpty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret secret && value.equals(secret.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** Returns {@code <secret>}, or an empty string if there is no value, as Prometheus shows it. */
  @Override
  public String toString() {
    return value.isEmpty() ? "" : "<secret>";
  }
}
