package io.promdisco.config;

/**
 * One entry under a {@code …_sd_configs} key. Implementations are records: equal entries of any job
 * share one provider, and an entry that is equal after a reload keeps its provider running.
 */
public interface SdConfig {
  /**
   * The mechanism, as in the key before {@code _sd_configs}: {@code kubernetes}, {@code static}.
   */
  String mechanism();

  /** Notes what is wrong with an entry that was built in code. Default: nothing. */
  default void check(FieldProblems problems) {}
}
