package io.promdisco.http;

import io.promdisco.http.h2.Field;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The header fields of a request, while they are put together. */
final class Headers {
  /** RFC 9110, section 5.1. */
  private static final Pattern NAME = Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+");

  private final List<Field> fields = new ArrayList<>();

  /** Another value beside those that are there. */
  Headers add(String name, String value) throws IOException {
    fields.add(new Field(name, checked(name, value)));
    return this;
  }

  /** The only value. */
  Headers set(String name, String value) throws IOException {
    fields.removeIf(field -> field.name().equalsIgnoreCase(name));
    return add(name, value);
  }

  List<Field> fields() {
    return fields;
  }

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /**
   * Refuses what may not be sent.
   *
   * @throws IOException without the value, which may be a secret
   */
  static String checked(String name, String value) throws IOException {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
        throw new IOException(
            name + ": the value of this header has a character that may not be sent, at " + i);
      }
    }
    return value;
  }

  /**
   * Refuses what the HTTP/1.1 client would send as a question mark.
   *
   * @throws IOException without the value, which may be a secret
   */
  static String ascii(String name, String value) throws IOException {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) > 0x7e) {
        throw new IOException(
            name + ": the value of this header has a character that HTTP/1.1 cannot send, at " + i);
      }
    }
    return value;
  }
}
