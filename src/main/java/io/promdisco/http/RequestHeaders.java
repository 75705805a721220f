package io.promdisco.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;

/** Builds the header fields of a request. */
final class RequestHeaders {
  /** RFC 9110, section 5.1. */
  private static final Pattern NAME = Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+");

  /** The {@code User-Agent}: {@code promdisco/} and the version. */
  static final String USER_AGENT = "promdisco/" + version();

  private final List<Header> fields = new ArrayList<>();

  /** Adds a value of a header. */
  RequestHeaders add(String name, String value) throws IOException {
    fields.add(new BasicHeader(name, checked(name, value)));
    return this;
  }

  /** Sets the only value of a header. */
  RequestHeaders set(String name, String value) throws IOException {
    fields.removeIf(field -> field.getName().equalsIgnoreCase(name));
    return add(name, value);
  }

  List<Header> fields() {
    return fields;
  }

  private static String version() {
    String version = RequestHeaders.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /**
   * Checks that a value may be sent.
   *
   * @throws IOException whose message does not contain the value, which may be a secret
   */
  static String checked(String name, String value) throws IOException {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
        throw new IOException(
            name + ": the value of this header has a forbidden character at " + i);
      }
    }
    return value;
  }
}
