package io.promdisco.scrape;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.relabel.LabelView;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/**
 * The labels of a discovered target before relabelling: a label is looked up in the target, then in
 * its group, then in the job's defaults.
 *
 * <p>A label of the target hides that of the group, even if it is empty. A default replaces a label
 * that is missing or empty. Empty labels are not visible. The address is always the target's own.
 *
 * <p>For one thread; the same view is moved from target to target.
 */
final class DiscoveredLabels implements LabelView {
  private final Labels defaults;
  private Labels own = Labels.EMPTY;
  private Labels shared = Labels.EMPTY;

  /** Creates a view without a target. */
  DiscoveredLabels(Labels defaults) {
    this.defaults = defaults;
  }

  /** Moves to a target. */
  DiscoveredLabels at(TargetGroup group, int index) {
    own = group.targets().get(index);
    shared = group.labels();
    return this;
  }

  @Override
  public String get(String name) {
    String value = own.get(name);
    if (value == null && !name.equals(TargetLabels.ADDRESS)) {
      value = shared.get(name);
    }
    return value == null || value.isEmpty() ? defaults.getOrEmpty(name) : value;
  }

  /** Visits the labels in the order of their names. */
  @Override
  public void forEach(BiConsumer<String, String> action) {
    int o = 0;
    int s = 0;
    int d = 0;
    while (o < own.size() || s < shared.size()) {
      int order =
          o == own.size() ? 1 : s == shared.size() ? -1 : own.name(o).compareTo(shared.name(s));
      String name = order <= 0 ? own.name(o) : shared.name(s);
      String value = order <= 0 ? own.value(o) : sharedValue(s);
      o += order <= 0 ? 1 : 0;
      s += order >= 0 ? 1 : 0;
      for (; d < defaults.size() && defaults.name(d).compareTo(name) <= 0; d++) {
        if (!defaults.name(d).equals(name)) {
          action.accept(defaults.name(d), defaults.value(d));
        } else if (value.isEmpty()) {
          value = defaults.value(d);
        }
      }
      if (!value.isEmpty()) {
        action.accept(name, value);
      }
    }
    for (; d < defaults.size(); d++) {
      action.accept(defaults.name(d), defaults.value(d));
    }
  }

  private String sharedValue(int index) {
    return shared.name(index).equals(TargetLabels.ADDRESS) ? "" : shared.value(index);
  }

  /** Whether a label and its value pass the test; tested in any order. */
  boolean any(BiPredicate<String, String> test) {
    for (int i = 0; i < own.size(); i++) {
      if (shows(own.name(i), own.value(i), test)) {
        return true;
      }
    }
    for (int i = 0; i < shared.size(); i++) {
      if (shows(shared.name(i), shared.value(i), test)) {
        return true;
      }
    }
    for (int i = 0; i < defaults.size(); i++) {
      if (shows(defaults.name(i), defaults.value(i), test)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a label is hidden is checked last, because few labels pass the test. */
  private boolean shows(String name, String value, BiPredicate<String, String> test) {
    return !value.isEmpty() && test.test(name, value) && get(name).equals(value);
  }

  /** Returns a copy of the labels. */
  Labels copy() {
    Labels.Builder copy = Labels.builder(own.size() + shared.size() + defaults.size());
    forEach(copy::set);
    return copy.build();
  }
}
