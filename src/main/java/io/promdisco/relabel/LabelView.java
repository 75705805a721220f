package io.promdisco.relabel;

import io.promdisco.Internal;
import io.promdisco.model.Labels;
import java.util.function.BiConsumer;

/**
 * Labels to be read, without a copy of them being made. A label with an empty value is not there.
 *
 * @hidden
 */
@Internal
public interface LabelView {
  /** The value of a label, or the empty string. */
  String get(String name);

  /** Calls {@code action} with each label, each name once. */
  void forEach(BiConsumer<String, String> action);

  /** A view of a label set. */
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
