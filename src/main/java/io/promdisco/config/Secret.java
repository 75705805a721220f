package io.promdisco.config;

import org.jspecify.annotations.Nullable;

/** A value that must not be shown. {@link #toString()} hides it. */
public final class Secret {
  /** The secret that is not set. */
  public static final Secret NONE = new Secret("");

  private final String value;

  /** Keeps {@code value}. */
  public Secret(String value) {
    this.value = value;
  }

  /** The value itself, to be sent where it belongs and nowhere else. */
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

  /** {@code <secret>}, or nothing if there is none, as Prometheus shows it. */
  @Override
  public String toString() {
    return value.isEmpty() ? "" : "<secret>";
  }
}
