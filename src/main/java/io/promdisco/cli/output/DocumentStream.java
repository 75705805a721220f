package io.promdisco.cli.output;

import io.promdisco.util.PrintableText;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a JSON or YAML document in UTF-8, with escapes for control characters and invisible
 * characters. These may occur only in double-quoted strings. For one thread.
 */
public final class DocumentStream extends FilterOutputStream {
  /** The syntax of an escape. */
  public enum Form {
    /** {@code \}{@code u202e}, and two of these beyond the basic plane. */
    JSON,
    /** {@code \}{@code u202e}, and {@code \U000e0041} beyond the basic plane. */
    YAML
  }

  private static final int DELETE = 0x7f;

  private final Form form;
  private final byte[] character = new byte[4];
  private int have;
  private int wanted;

  DocumentStream(OutputStream out, Form form) {
    super(out);
    this.form = form;
  }

  @Override
  public void write(int value) throws IOException {
    byte b = (byte) value;
    if (wanted > 0) {
      character[have++] = b;
      if (have == wanted) {
        writeCharacter();
      }
    } else if (b >= 0 && b != DELETE) {
      out.write(b);
    } else {
      character[0] = b;
      have = 1;
      wanted = b == DELETE ? 1 : (b & 0xe0) == 0xc0 ? 2 : (b & 0xf0) == 0xe0 ? 3 : 4;
      if (have == wanted) {
        writeCharacter();
      }
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      if (wanted > 0 || bytes[i] < 0 || bytes[i] == DELETE) {
        out.write(bytes, from, i - from);
        write(bytes[i]);
        from = i + 1;
      }
    }
    out.write(bytes, from, end - from);
  }

  private void writeCharacter() throws IOException {
    int point = new String(character, 0, have, StandardCharsets.UTF_8).codePointAt(0);
    if (PrintableText.isHidden(point)) {
      out.write(escape(point).getBytes(StandardCharsets.US_ASCII));
    } else {
      out.write(character, 0, have);
    }
    have = 0;
    wanted = 0;
  }

  private String escape(int point) {
    if (form == Form.YAML && point > Character.MAX_VALUE) {
      return String.format("\\U%08x", point);
    }
    StringBuilder escapes = new StringBuilder();
    for (char half : Character.toChars(point)) {
      escapes.append(String.format("\\u%04x", (int) half));
    }
    return escapes.toString();
  }

  /** Leaves the underlying stream of the process open. */
  @Override
  public void close() throws IOException {
    flush();
  }
}
