package io.promdisco.config.table;

import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.EffectiveSection;
import io.promdisco.config.yaml.Section;
import java.util.HashMap;
import java.util.Map;

/** What was read of a section. For one thread. */
public final class SettingValues {
  private final SectionTable table;
  private final Section section;
  private final Map<String, Object> values = new HashMap<>(); // by key

  SettingValues(SectionTable table, Section section, ConfigPaths paths) {
    this.table = table;
    this.section = section;
    for (Setting<?> field : table.fields()) {
      values.put(field.key(), field.read(section, paths));
    }
  }

  /** Where the values stand. */
  public Section section() {
    return section;
  }

  /** The value of a key of the table. */
  @SuppressWarnings("unchecked") // Only values that the field has read or that are set for it.
  public <T> T get(Setting<T> field) {
    Object value = values.get(field.key());
    if (value == null) {
      throw new IllegalArgumentException(field.key() + " is not in table " + table.name());
    }
    return (T) value;
  }

  /** Notes what is wrong with the value of a key. */
  public void error(Setting<?> field, String message) {
    section.error(field.key(), message);
  }

  /** Notes what is legal about the value of a key, but surely not meant. */
  public void warn(Setting<?> field, String message) {
    section.warn(field.key(), message);
  }

  /** Replaces a value, as what it inherits. */
  public <T> void set(Setting<T> field, T value) {
    values.put(field.key(), value);
  }

  /** The section as the effective configuration shows it. */
  public Map<String, Object> shown() {
    EffectiveSection shown = new EffectiveSection();
    table.fields().forEach(field -> show(field, shown));
    return shown.map();
  }

  private <T> void show(Setting<T> field, EffectiveSection to) {
    field.show(get(field), to);
  }
}
