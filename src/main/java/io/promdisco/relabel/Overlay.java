package io.promdisco.relabel;

import io.promdisco.model.Labels;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * Discovered labels with what rules have written over them so far; an empty value hides. For one
 * thread.
 *
 * <p>Nothing is copied until the end, since most targets are dropped before it.
 */
final class Overlay implements LabelView {
  private final LabelView below;
  private String[] written = new String[16];
  private int length;

  Overlay(LabelView below) {
    this.below = below;
  }

  @Override
  public String get(String name) {
    int at = indexOf(name);
    return at < 0 ? below.get(name) : written[at + 1];
  }

  private int indexOf(String name) {
    for (int i = 0; i < length; i += 2) {
      if (written[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** Writes a label; an empty value removes it. */
  void set(String name, String value) {
    int at = indexOf(name);
    if (at >= 0) {
      written[at + 1] = value;
      return;
    }
    if (length == written.length) {
      written = Arrays.copyOf(written, 2 * length);
    }
    written[length++] = name;
    written[length++] = value;
  }

  @Override
  public void forEach(BiConsumer<String, String> action) {
    if (length == 0) {
      below.forEach(action);
      return;
    }
    below.forEach(
        (name, value) -> {
          if (indexOf(name) < 0) {
            action.accept(name, value);
          }
        });
    for (int i = 0; i < length; i += 2) {
      if (!written[i + 1].isEmpty()) {
        action.accept(written[i], written[i + 1]);
      }
    }
  }

  /** The labels as they are now. */
  Labels toLabels() {
    Labels.Builder labels = Labels.builder(32);
    forEach(labels::set);
    return labels.build();
  }
}
