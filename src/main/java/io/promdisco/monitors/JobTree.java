package io.promdisco.monitors;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A section of a generated scrape configuration: strings, integers, floats, booleans, byte arrays
 * (secrets that are no UTF-8), lists and sections by key, in the order of insertion.
 */
final class JobTree extends LinkedHashMap<String, Object> {
  private static final long serialVersionUID = 1L;

  private String field = "";

  /** Returns a section of these keys and values. */
  static JobTree of(Object... keysAndValues) {
    JobTree tree = new JobTree();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      tree.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return tree;
  }

  /** Notes the field of the resource, or of the settings, that this section comes from. */
  JobTree from(String path) {
    field = path;
    return this;
  }

  /** Returns the field that this section comes from; empty if every job has such a section. */
  String field() {
    return field;
  }

  /** Sets {@code key} unless {@code value} is null. */
  void putPresent(String key, @Nullable Object value) {
    if (value != null) {
      put(key, value);
    }
  }

  /** Sets {@code key} unless {@code value} is empty. */
  void putItems(String key, Collection<?> value) {
    if (!value.isEmpty()) {
      put(key, value);
    }
  }

  /** Sets {@code key} unless {@code value} is empty. */
  void putItems(String key, Map<String, ?> value) {
    if (!value.isEmpty()) {
      put(key, value);
    }
  }

  /** Sets {@code key} unless {@code value} is empty. */
  void putText(String key, String value) {
    if (!value.isEmpty()) {
      put(key, value);
    }
  }
}
