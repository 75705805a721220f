package io.promdisco.relabel;

import io.promdisco.Internal;
import io.promdisco.model.Labels;
import java.util.function.BiConsumer;

/**
 * A read-only view of labels, which are not copied. A label with an empty value counts as missing.
 *
 * @hidden
 */
@Internal
public interface LabelView {
  /** Returns the value of a label, or an empty string. */
  String get(String name);

  /** Calls {@code action} with each label once. */
  void forEach(BiConsumer<String, String> action);

  /** Returns a view of a label set. */
  static LabelView of(Labels labels) {
    return new LabelView() {
      @Override
      public String get(String name) {
        return labels.getOrEmpty(name);
      }

      @Override
      public void forEach(BiConsumer<String, String> action) {
        labels.forEach(
            (name, value) -> {
              if (!value.isEmpty()) {
                action.accept(name, value);
              }
            });
      }
    };
  }
}
