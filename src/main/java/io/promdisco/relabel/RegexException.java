package io.promdisco.relabel;

/** Thrown for a regex that RE2 rejects. The message says what is wrong and where, as in Go. */
final class RegexException extends Exception {
  private static final long serialVersionUID = 1L;

  RegexException(String problem, String where) {
    super("error parsing regexp: " + problem + (where.isEmpty() ? "" : ": `" + where + "`"));
  }
}
