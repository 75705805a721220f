package io.promdisco.extension;

import io.promdisco.config.SdConfig;
import io.promdisco.config.section.SdConfigReader;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.EffectiveSection;
import io.promdisco.config.yaml.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads {@code memory_sd_configs}. */
public final class MemorySdReader implements SdConfigReader {
  @Override
  public String key() {
    return "memory_sd_configs";
  }

  @Override
  public Result read(Section job, ConfigPaths paths) {
    List<SdConfig> configs = new ArrayList<>();
    List<Map<String, Object>> shown = new ArrayList<>();
    for (Section section : job.sections(key())) {
      String name = section.string("name", "main");
      String target = section.string("target");
      if (target.isEmpty()) {
        section.error("target", "missing (expected: host:port)");
      }
      section.finish();
      configs.add(new MemorySdConfig(name, target));
      shown.add(new EffectiveSection().always("name", name).always("target", target).map());
    }
    return new Result(configs, shown);
  }
}
