package io.promdisco.config;

/**
 * Collects problems of the fields of a configuration, whether it was read from a file or built in
 * code.
 */
@FunctionalInterface
public interface FieldProblems {
  /**
   * Notes a problem of a field.
   *
   * @param field as in the configuration file, with dots and indexes: {@code tls_config.ca_file},
   *     {@code scrape_protocols[1]}; empty: the whole section
   * @param message what is wrong, and what is expected
   */
  void note(String field, String message);

  /** Notes problems of a section below {@code parent}, as {@code tls_config}. */
  default FieldProblems in(String parent) {
    return (field, message) -> note(field.isEmpty() ? parent : parent + "." + field, message);
  }
}
