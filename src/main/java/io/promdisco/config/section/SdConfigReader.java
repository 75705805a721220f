package io.promdisco.config.section;

import io.promdisco.config.SdConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import java.util.List;
import java.util.Map;

/**
 * Reads the entries under one {@code …_sd_configs} key. To add a discovery kind, either make the
 * reader available to {@link java.util.ServiceLoader}, for which it needs a public constructor
 * without parameters, or pass it to {@link ConfigLoader}. Implementations must be safe for all
 * threads.
 */
public interface SdConfigReader {
  /** The key, for example {@code kubernetes_sd_configs}; it must contain {@code _sd_}. */
  String key();

  /**
   * Reads all entries under the key of {@code job}, usually with {@link Section#sections(String)},
   * and calls {@link Section#finish()} for each. Reports problems in the sections.
   *
   * @param paths resolves paths against the file's folder
   */
  Result read(Section job, ConfigPaths paths);

  /**
   * The result of reading the entries.
   *
   * @param configs the valid entries
   * @param shown the entries as the effective configuration shows them
   */
  record Result(List<SdConfig> configs, List<Map<String, Object>> shown) {
    /** Copies the lists. */
    public Result {
      configs = List.copyOf(configs);
      shown = List.copyOf(shown);
    }
  }
}
