package io.promdisco.config.table;

import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import java.util.List;
import java.util.function.Consumer;

/**
 * The keys of a section, in the order in which the effective configuration shows them.
 *
 * @param name the name of the section in the documentation
 * @param fields the keys
 * @param check checks all values together, and may replace some
 */
public record SectionTable(String name, List<Setting<?>> fields, Consumer<SettingValues> check) {
  /** Copies the list. */
  public SectionTable {
    fields = List.copyOf(fields);
  }

  /** Returns a table of these keys. */
  public static SectionTable of(String name, Setting<?>... fields) {
    return new SectionTable(name, List.of(fields), values -> {});
  }

  /** Returns this table with a check of all values together, which may replace some. */
  public SectionTable checked(Consumer<SettingValues> newCheck) {
    return new SectionTable(name, fields, newCheck);
  }

  /** Reads a section; keys that are not in the table are problems. */
  public SettingValues read(Section section, ConfigPaths paths) {
    SettingValues values = readKnown(section, paths);
    section.finish();
    return values;
  }

  /** Reads a section that has other keys too. The caller must call {@link Section#finish}. */
  public SettingValues readKnown(Section section, ConfigPaths paths) {
    SettingValues values = new SettingValues(this, section, paths);
    check.accept(values);
    return values;
  }
}
