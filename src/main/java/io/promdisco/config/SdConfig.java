package io.promdisco.config;

/**
 * One entry under a {@code …_sd_configs} key. Implementations are records. Equal entries, in any
 * jobs, share one provider, and an entry that is equal after a reload keeps its provider running.
 */
public interface SdConfig {
  /**
   * The mechanism, as in the key before {@code _sd_configs}: {@code kubernetes}, {@code static}.
   */
  String mechanism();

  /** Reports problems of an entry that was built in code. By default there are none. */
  default void check(FieldProblems problems) {}
}
