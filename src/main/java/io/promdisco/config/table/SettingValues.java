package io.promdisco.config.table;

import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.EffectiveSection;
import io.promdisco.config.yaml.Section;
import java.util.HashMap;
import java.util.Map;

/** The values of a section. For one thread. */
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

  /** The section that the values were read from. */
  public Section section() {
    return section;
  }

  /** The value of a key of the table. */
  @SuppressWarnings("unchecked") // The map contains only values of the type of their key.
  public <T> T get(Setting<T> field) {
    Object value = values.get(field.key());
    if (value == null) {
      throw new IllegalArgumentException(field.key() + " is not in table " + table.name());
    }
    return (T) value;
  }

  /** Reports an error in the value of a key. */
  public void error(Setting<?> field, String message) {
    section.error(field.key(), message);
  }

  /** Reports a value that is valid but probably a mistake. */
  public void warn(Setting<?> field, String message) {
    section.warn(field.key(), message);
  }

  /** Replaces a value, for example by an inherited one. */
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
