package io.promdisco.config;

/** Takes note of what is wrong with the fields of a configuration, be it read or built in code. */
@FunctionalInterface
public interface FieldProblems {
  /**
   * A field is wrong.
   *
   * @param field as in the configuration file, with dots and indexes: {@code tls_config.ca_file},
   *     {@code scrape_protocols[1]}; empty: the section as a whole
   * @param message what is wrong, and what is expected
   */
  void note(String field, String message);

  /** Notes problems of a section below {@code parent}, as {@code tls_config}. */
  default FieldProblems in(String parent) {
    return (field, message) -> note(field.isEmpty() ? parent : parent + "." + field, message);
  }
}
