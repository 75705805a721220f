package io.promdisco.config.section;

import io.promdisco.config.SdConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import java.util.List;
import java.util.Map;

/**
 * Reads the entries under one {@code …_sd_configs} key. To add a source of targets, let {@link
 * java.util.ServiceLoader} find one's own (then it needs a public constructor without parameters),
 * or give it to {@link ConfigLoader}. Must be safe for all threads.
 */
public interface SdConfigReader {
  /** The key, as {@code kubernetes_sd_configs}; {@code _sd_} must be in it. */
  String key();

  /**
   * Reads all entries under the key of {@code job}, usually those of {@link
   * Section#sections(String)}, with {@link Section#finish()} after each; what is wrong is noted
   * there.
   *
   * @param paths resolves paths against the file's folder
   */
  Result read(Section job, ConfigPaths paths);

  /**
   * What was read.
   *
   * @param configs those that are good
   * @param shown how the entries are shown in the effective configuration
   */
  record Result(List<SdConfig> configs, List<Map<String, Object>> shown) {
    /** Copies the lists. */
    public Result {
      configs = List.copyOf(configs);
      shown = List.copyOf(shown);
    }
  }
}
