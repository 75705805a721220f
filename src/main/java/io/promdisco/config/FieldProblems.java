package io.promdisco.config;

/**
 * Collects problems of the fields of a configuration that was read from a file or built in code.
 */
@FunctionalInterface
public interface FieldProblems {
  /**
   * Reports a problem of a field.
   *
   * @param field the name in the configuration file, with dots and indexes: {@code
   *     tls_config.ca_file}, {@code scrape_protocols[1]}; empty for the whole section
   * @param message what is wrong, and what is expected
   */
  void note(String field, String message);

  /** Reports problems of a section below {@code parent}, for example {@code tls_config}. */
  default FieldProblems in(String parent) {
    return (field, message) -> note(field.isEmpty() ? parent : parent + "." + field, message);
  }
}
