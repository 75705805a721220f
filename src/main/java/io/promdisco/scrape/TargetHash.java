package io.promdisco.scrape;

import io.promdisco.model.Labels;
import io.promdisco.util.Utf8Text;

/**
 * The 64-bit FNV-1a hash of strings in UTF-8, each followed by the byte 0xff, which no text
 * contains. It must never change, because processes that share targets compare it.
 */
final class TargetHash {
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;
  private long hash = OFFSET;

  TargetHash add(String text) {
    long h = hash;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        h = (h ^ c) * PRIME;
      } else {
        hash = h;
        int point = text.codePointAt(i);
        i += Character.charCount(point) - 1;
        Utf8Text.forEachByte(point, this::addByte);
        h = hash;
      }
    }
    hash = (h ^ 0xff) * PRIME;
    return this;
  }

  TargetHash add(Labels labels) {
    for (int i = 0; i < labels.size(); i++) {
      add(labels.name(i)).add(labels.value(i));
    }
    return this;
  }

  long value() {
    return hash;
  }

  private void addByte(int b) {
    hash = (hash ^ b) * PRIME;
  }
}
