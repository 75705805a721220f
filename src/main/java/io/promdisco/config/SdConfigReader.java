package io.promdisco.config;

import java.util.List;
import java.util.Map;

/** Reads the entries under one {@code …_sd_configs} key. */
interface SdConfigReader {
  /** The key, as {@code kubernetes_sd_configs}. */
  String key();

  /** Reads all entries under the key of {@code job}; what is wrong is noted. */
  Result read(Section job, Paths paths);

  /** The entries, and how they are shown. */
  record Result(List<SdConfig> configs, List<Map<String, Object>> shown) {}
}
