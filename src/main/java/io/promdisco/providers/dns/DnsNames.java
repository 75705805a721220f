package io.promdisco.providers.dns;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.xbill.DNS.DNSOutput;
import org.xbill.DNS.Name;

/**
 * Converts names between text and wire format as Prometheus does: every character is allowed,
 * characters outside ASCII become their bytes in UTF-8, and a backslash escapes.
 */
final class DnsNames {
  /** The characters of a label that need a backslash. */
  private static final String SPECIAL = ". '@;()\"\\";

  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_NAME = 255;
  private static final int UNSIGNED = 0xff;

  private DnsNames() {}

  /** Whether the name ends with a dot that is not escaped. */
  static boolean isComplete(String name) {
    return name.endsWith(".") && !isEscaped(name, name.length() - 1);
  }

  /** Returns the name with a final dot. */
  static String completed(String name) {
    return isComplete(name) ? name : name + ".";
  }

  private static boolean isEscaped(String name, int index) {
    int backslashes = 0;
    while (backslashes < index && name.charAt(index - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  /** Returns the number of labels of a name without a final dot. */
  static int labels(String name) {
    int labels = 1;
    for (int i = 0; i < name.length() - 1; i++) {
      if (name.charAt(i) == '.' && !isEscaped(name, i)) {
        labels++;
      }
    }
    return labels;
  }

  /**
   * Reads a complete name.
   *
   * @throws IOException if the name is invalid; the message says why
   */
  static Name parse(String complete) throws IOException {
    byte[] text = complete.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    ByteArrayOutputStream label = new ByteArrayOutputStream();
    for (int i = 0; i < text.length; i++) {
      if (text[i] == '\\' && i + 1 < text.length) {
        int number = number(text, i + 1);
        label.write(number < 0 ? text[i + 1] : number);
        i += number < 0 ? 1 : 3;
      } else if (text[i] != '.') {
        label.write(text[i]);
      } else if (text.length > 1) {
        append(label, wire);
      }
    }
    wire.write(0);
    if (wire.size() > LONGEST_NAME) {
      throw new IOException("longer than 255 bytes");
    }
    return new Name(wire.toByteArray());
  }

  private static void append(ByteArrayOutputStream label, ByteArrayOutputStream wire)
      throws IOException {
    if (label.size() == 0) {
      throw new IOException("an empty label (expected: text between two dots)");
    }
    if (label.size() > LONGEST_LABEL) {
      throw new IOException("a label of " + label.size() + " bytes (expected: at most 63)");
    }
    wire.write(label.size());
    wire.writeBytes(label.toByteArray());
    label.reset();
  }

  /** Returns the byte for three decimal digits, or -1 if they are not three digits. */
  private static int number(byte[] text, int from) {
    if (from + 3 > text.length) {
      return -1;
    }
    int number = 0;
    for (int i = from; i < from + 3; i++) {
      if (text[i] < '0' || text[i] > '9') {
        return -1;
      }
      number = number * 10 + text[i] - '0';
    }
    return number & UNSIGNED;
  }

  /** Returns the name as text, with its final dot. */
  static String text(Name name) {
    DNSOutput out = new DNSOutput();
    name.toWire(out, null);
    byte[] wire = out.toByteArray();
    StringBuilder text = new StringBuilder();
    for (int at = 0; wire[at] != 0; at += 1 + wire[at]) {
      for (int i = at + 1; i <= at + wire[at]; i++) {
        append(text, wire[i] & UNSIGNED);
      }
      text.append('.');
    }
    return text.length() == 0 ? "." : text.toString();
  }

  private static void append(StringBuilder text, int character) {
    if (SPECIAL.indexOf(character) >= 0) {
      text.append('\\').append((char) character);
    } else if (character < ' ' || character > '~') {
      text.append('\\')
          .append((char) ('0' + character / 100))
          .append((char) ('0' + character / 10 % 10))
          .append((char) ('0' + character % 10));
    } else {
      text.append((char) character);
    }
  }
}
