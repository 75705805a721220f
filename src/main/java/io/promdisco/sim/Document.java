package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A document of a file.
 *
 * @param number in its file, from 1
 * @param line where it begins, from 1
 * @param content what it holds
 */
record Document(int number, int line, JsonNode content) {
  /** A file breaks off here. */
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int number;
    private final int line;

    BrokenException(int number, int line, String message, Throwable cause) {
      super(message, cause);
      this.number = number;
      this.line = line;
    }

    int number() {
      return number;
    }

    int line() {
      return line;
    }
  }
}
