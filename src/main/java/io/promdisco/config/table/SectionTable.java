package io.promdisco.config.table;

import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import java.util.List;
import java.util.function.Consumer;

/**
 * The keys of a section, in the order in which the effective configuration shows them.
 *
 * @param name what the documentation calls the section
 * @param fields the keys
 * @param check looks at all values together, and may replace some
 */
public record SectionTable(String name, List<Setting<?>> fields, Consumer<SettingValues> check) {
  /** Copies the list. */
  public SectionTable {
    fields = List.copyOf(fields);
  }

  /** A table of these keys. */
  public static SectionTable of(String name, Setting<?>... fields) {
    return new SectionTable(name, List.of(fields), values -> {});
  }

  /** This table with a check of all values together, which may also replace some. */
  public SectionTable checked(Consumer<SettingValues> newCheck) {
    return new SectionTable(name, fields, newCheck);
  }

  /** Reads a section; keys that are not in the table are problems. */
  public SettingValues read(Section section, ConfigPaths paths) {
    SettingValues values = readKnown(section, paths);
    section.finish();
    return values;
  }

  /** Reads a section that has other keys besides; to call {@link Section#finish} is left. */
  public SettingValues readKnown(Section section, ConfigPaths paths) {
    SettingValues values = new SettingValues(this, section, paths);
    check.accept(values);
    return values;
  }
}
