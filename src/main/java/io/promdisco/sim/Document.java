package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document of a file.
 *
 * @param number in its file, from 1
 * @param line where it begins, from 1
 * @param content what it holds
 * @param itemLines where the items of its lists begin, by identity
 * @param typedKeys keys that are read otherwise than they are written
 */
record Document(
    int number,
    int line,
    JsonNode content,
    Map<JsonNode, Integer> itemLines,
    List<TypedKey> typedKeys) {
  /**
   * A key that is a number or a boolean.
   *
   * @param line where it is
   * @param written as in the file
   * @param read as the key of an object
   */
  record TypedKey(int line, String written, String read) {}

  /** Where {@code node} begins, if it is an item of a list; otherwise where the document does. */
  int lineOf(JsonNode node) {
    return itemLines.getOrDefault(node, line);
  }

  /** A file breaks off here. */
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int number;
    private final int line;

    BrokenException(int number, int line, String message, @Nullable Throwable cause) {
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
