package io.promdisco.config.section;

import io.promdisco.config.SdConfig;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries under one key as its table describes them.
 *
 * @param table the keys of an entry; the name of the table is the key
 * @param config makes the record of an entry; null if the entry is invalid
 */
record SdTableReader(SectionTable table, Function<SettingValues, @Nullable SdConfig> config)
    implements SdConfigReader {
  @Override
  public String key() {
    return table.name();
  }

  @Override
  public Result read(Section job, ConfigPaths paths) {
    List<SdConfig> configs = new ArrayList<>();
    List<Map<String, Object>> shown = new ArrayList<>();
    for (Section section : job.sections(key())) {
      SettingValues given = table.read(section, paths);
      SdConfig read = config.apply(given);
      shown.add(given.shown());
      if (read != null) {
        configs.add(read);
      }
    }
    return new Result(configs, shown);
  }
}
