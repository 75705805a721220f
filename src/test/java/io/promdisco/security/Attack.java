package io.promdisco.security;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** One way to harm a running {@code serve}, from its start to its {@link #close}. */
interface Attack extends AutoCloseable {
  /**
   * What the attack needs in the configuration: entries of {@code scrape_configs}, each with a line
   * {@code - job_name: …} and what belongs to it; empty if it needs none.
   *
   * @param folder for files
   */
  default String jobs(Path folder) throws IOException {
    return "";
  }

  /** How many targets these jobs have before the attack and must keep. */
  default Map<String, Integer> targets() {
    return Map.of();
  }

  /** Begins, and goes on in threads of its own. */
  void begin(Victim victim) throws IOException;

  /** Stops. */
  @Override
  void close();

  /**
   * The process that is attacked.
   *
   * @param port on the loopback address
   * @param authorization the header of a user with the right password
   */
  record Victim(int port, String authorization) {}
}
