package io.promdisco.config;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown when a configuration has errors. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * Creates the exception from every problem that was found, errors and warnings, in the order of
   * the file. The message has a line for each problem, see {@link Problem#describe}.
   */
  public ConfigException(List<Problem> problems) {
    super(problems.stream().map(Problem::describe).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** Every problem, at least one of them an error. */
  public List<Problem> problems() {
    return problems;
  }
}
