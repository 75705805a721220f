package io.promdisco.providers.kubernetes.role;

import org.jspecify.annotations.Nullable;

/** Port numbers as text. Equal numbers usually share a string. */
final class PortTexts {
  private static final int SLOTS = 256;

  private final @Nullable String[] texts = new @Nullable String[SLOTS];
  private final int[] numbers = new int[SLOTS];

  /** Returns {@code port} in decimal digits. */
  String of(int port) {
    int slot = (port ^ port >>> 8) & (SLOTS - 1);
    String text = texts[slot];
    if (text == null || numbers[slot] != port) {
      text = Integer.toString(port);
      texts[slot] = text;
      numbers[slot] = port;
    }
    return text;
  }
}
