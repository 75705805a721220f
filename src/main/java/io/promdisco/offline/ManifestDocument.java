package io.promdisco.offline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A document of a file.
 *
 * @param number its number in the file, from 1
 * @param line its first line, from 1
 * @param content the content
 * @param itemLines the line of each item of its lists, by identity
 * @param typedKeys keys whose text differs from their spelling
 */
record ManifestDocument(
    int number,
    int line,
    JsonNode content,
    IdentityHashMap<JsonNode, Integer> itemLines,
    List<TypedKey> typedKeys) {
  /** The depth down to which lines of items are known: {@code items} of {@code items}. */
  static final int DEEPEST_ITEM = 4;

  /**
   * A key that is a number or a boolean.
   *
   * @param line its line in the file
   * @param written the text in the file
   * @param read the key of the object
   */
  record TypedKey(int line, String written, String read) {}

  /**
   * Returns the line of {@code node} if it is an item of a list; otherwise the line of the
   * document.
   */
  int lineOf(JsonNode node) {
    return itemLines.getOrDefault(node, line);
  }

  /** Thrown where a file is broken. */
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
