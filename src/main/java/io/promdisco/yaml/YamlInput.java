package io.promdisco.yaml;

import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.scanner.ScannerException;

/**
 * The characters of a file in UTF-8, or in UTF-16 with a byte order mark. Like go-yaml, it decodes
 * in chunks, so that an error far behind the first document does not matter. For one thread.
 */
final class YamlInput {
  static final int END = 0;
  static final int NEXT_LINE = 0x85;
  static final int LINE_SEPARATOR = 0x2028;
  static final int PARAGRAPH_SEPARATOR = 0x2029;
  static final int BYTE_ORDER_MARK = 0xFEFF;

  /** The number of bytes that go-yaml decodes at a time. */
  private static final int CHUNK = 512;

  /** The maximum number of characters to look ahead. */
  private static final int MOST_AHEAD = 16;

  private static final int[] NO_SNIPPET = {};

  private final byte[] content;
  private final Encoding encoding;

  /** The index of the first byte that is not decoded. */
  private int offset;

  /** The end of the chunk. */
  private int limit;

  /** Decoded characters; those from {@code position} to {@code end} are not consumed. */
  private final int[] window = new int[CHUNK + 2 * MOST_AHEAD];

  private int position;
  private int end;

  private int index;
  private int line;
  private int column;
  private Mark mark = newMark(0, 0, 0);

  private enum Encoding {
    UTF_8,
    UTF_16_LITTLE_ENDIAN,
    UTF_16_BIG_ENDIAN
  }

  YamlInput(byte[] content) {
    this.content = content;
    int first = at(0) << 8 | at(1);
    if (first == 0xFFFE) {
      encoding = Encoding.UTF_16_LITTLE_ENDIAN;
      offset = 2;
    } else if (first == 0xFEFF) {
      encoding = Encoding.UTF_16_BIG_ENDIAN;
      offset = 2;
    } else {
      encoding = Encoding.UTF_8;
      offset = first == 0xEFBB && at(2) == 0xBF ? 3 : 0;
    }
    limit = Math.min(CHUNK, content.length);
  }

  private int at(int i) {
    return i < content.length ? content[i] & 0xff : 0;
  }

  /** Returns the next character, or {@link #END} after the last one. */
  int peek() {
    return peek(0);
  }

  /** Returns the character after {@code ahead} others. */
  int peek(int ahead) {
    if (end - position <= ahead) {
      decode(ahead + 1);
    }
    return window[position + ahead];
  }

  /** Whether the next characters are {@code text}. */
  boolean startsWith(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (peek(i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Skips a character that is not a line break. */
  void skip() {
    peek();
    position++;
    index++;
    column++;
  }

  void skip(int count) {
    for (int i = 0; i < count; i++) {
      skip();
    }
  }

  /** Appends a character that is not a line break. */
  void read(StringBuilder to) {
    to.appendCodePoint(peek());
    skip();
  }

  /** Appends a line break, as LF unless it is a Unicode separator. */
  void readBreak(StringBuilder to) {
    int first = peek();
    skipBreak();
    to.append(first == LINE_SEPARATOR || first == PARAGRAPH_SEPARATOR ? (char) first : '\n');
  }

  /** Skips a line break of one or two characters. */
  void skipBreak() {
    int length = peek() == '\r' && peek(1) == '\n' ? 2 : 1;
    position += length;
    index += length;
    line++;
    column = 0;
  }

  /** Ends the last line if it has no line break. */
  void endLine() {
    if (column != 0) {
      column = 0;
      line++;
    }
  }

  boolean isBlank() {
    return isBlank(peek());
  }

  boolean isBreak() {
    return isBreak(peek());
  }

  boolean isBreakOrEnd() {
    return isBreakOrEnd(peek());
  }

  boolean isBlankOrEnd(int ahead) {
    int c = peek(ahead);
    return isBlank(c) || isBreakOrEnd(c);
  }

  static boolean isBlank(int c) {
    return c == ' ' || c == '\t';
  }

  static boolean isBreak(int c) {
    return c == '\n'
        || c == '\r'
        || c == NEXT_LINE
        || c == LINE_SEPARATOR
        || c == PARAGRAPH_SEPARATOR;
  }

  static boolean isBreakOrEnd(int c) {
    return c == END || isBreak(c);
  }

  int index() {
    return index;
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }

  /** Returns the place of the next character. */
  Mark mark() {
    if (mark.getIndex() != index || mark.getLine() != line) {
      mark = newMark(index, line, column);
    }
    return mark;
  }

  private static Mark newMark(int index, int line, int column) {
    return new Mark("", index, line, column, NO_SNIPPET, 0);
  }

  /**
   * Whether go-yaml takes the next character for a byte order mark at the beginning of a line. It
   * checks the first character in its buffer instead.
   */
  boolean isAtByteOrderMark() {
    peek();
    return window[0] == BYTE_ORDER_MARK;
  }

  /** Decodes chunks until there are {@code count} characters or the end of the file. */
  private void decode(int count) {
    System.arraycopy(window, position, window, 0, end - position);
    end -= position;
    position = 0;
    decodeChunk();
    while (end < count) {
      if (limit < content.length) {
        limit = Math.min(offset + CHUNK, content.length);
        decodeChunk();
      } else if (offset < limit) {
        throw error("the last character is incomplete");
      } else {
        window[end++] = END;
      }
    }
  }

  private void decodeChunk() {
    while (offset < limit) {
      int available = limit - offset;
      int length = encoding == Encoding.UTF_8 ? lengthInUtf8(at(offset)) : lengthInUtf16();
      if (length == 0) {
        throw error("not UTF-8: invalid octet");
      }
      if (length > available) {
        return;
      }
      int c = encoding == Encoding.UTF_8 ? inUtf8(length) : inUtf16(length);
      if (!isAllowed(c)) {
        throw error(String.format("control character U+%04X is not allowed", c));
      }
      window[end++] = c;
      offset += length;
    }
  }

  /** Returns the length of a sequence with this first octet; 0 if it is invalid. */
  static int lengthInUtf8(int first) {
    return first < 0x80
        ? 1
        : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : 0;
  }

  private int inUtf8(int length) {
    int first = at(offset);
    if (length == 1) {
      return first;
    }
    int c = first & (0x7F >> length);
    for (int i = 1; i < length; i++) {
      int next = at(offset + i);
      if ((next & 0xC0) != 0x80) {
        throw error("not UTF-8: invalid octet");
      }
      c = c << 6 | (next & 0x3F);
    }
    int least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    if (c < least || c > Character.MAX_CODE_POINT || (c >= 0xD800 && c <= 0xDFFF)) {
      throw error("not UTF-8: invalid octet");
    }
    return c;
  }

  private int unit(int at) {
    return encoding == Encoding.UTF_16_BIG_ENDIAN
        ? at(at) << 8 | at(at + 1)
        : at(at + 1) << 8 | at(at);
  }

  private int lengthInUtf16() {
    return limit - offset >= 2 && Character.isHighSurrogate((char) unit(offset)) ? 4 : 2;
  }

  private int inUtf16(int length) {
    char first = (char) unit(offset);
    if (Character.isLowSurrogate(first)) {
      throw error("not UTF-16: unpaired surrogate");
    }
    if (length == 2) {
      return first;
    }
    char second = (char) unit(offset + 2);
    if (!Character.isLowSurrogate(second)) {
      throw error("not UTF-16: unpaired surrogate");
    }
    return Character.toCodePoint(first, second);
  }

  private static boolean isAllowed(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0x7E)
        || c == NEXT_LINE
        || (c >= 0xA0 && c <= 0xFFFD)
        || c > 0xFFFF;
  }

  /** Returns an error at the first character that is not decoded. */
  private ScannerException error(String problem) {
    int errorLine = line;
    int errorColumn = column;
    for (int i = position; i < end; i++) {
      boolean windows = window[i] == '\r' && i + 1 < end && window[i + 1] == '\n';
      if (isBreak(window[i]) && !windows) {
        errorLine++;
        errorColumn = 0;
      } else {
        errorColumn++;
      }
    }
    Mark at = newMark(index + end - position, errorLine, errorColumn);
    return new ScannerException(null, null, problem, at);
  }
}
