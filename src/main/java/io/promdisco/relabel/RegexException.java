package io.promdisco.relabel;

/** A regex that RE2 refuses. The message says what is wrong and where, as Go does. */
final class RegexException extends Exception {
  private static final long serialVersionUID = 1L;

  RegexException(String problem, String where) {
    super("error parsing regexp: " + problem + (where.isEmpty() ? "" : ": `" + where + "`"));
  }
}
