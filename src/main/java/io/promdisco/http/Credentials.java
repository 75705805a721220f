package io.promdisco.http;

import io.promdisco.Internal;
import io.promdisco.config.Secret;
import io.promdisco.util.SmallFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Gives the {@code Authorization} header of requests. Safe for all threads.
 *
 * @hidden
 */
@Internal
public interface Credentials extends AutoCloseable {
  /** No header: a client certificate, or no authentication. */
  Credentials NONE = () -> null;

  /**
   * The header's value now, or null for none. Files are read and tokens renewed when need be.
   *
   * @throws IOException if a file cannot be read or a token cannot be had
   */
  @Nullable String header() throws IOException, InterruptedException;

  /** The server refused the last header: forgets what was kept. */
  default void forget() {}

  @Override
  default void close() {}

  /** A fixed token. */
  static Credentials token(String type, Secret token) {
    return () -> type + " " + token.reveal();
  }

  /** A token in a file, which is read for each request, since tokens are rotated. */
  static Credentials tokenFile(String type, Path file) {
    return () -> type + " " + SmallFiles.read(file);
  }

  /**
   * A bearer token in a file that is replaced while the program runs. It is read for each request;
   * while it cannot be read, or is empty, the last token stays in use, which is logged once.
   *
   * @param token to use until the file can be read
   */
  static Credentials rotatedToken(Path file, Secret token) {
    return new RotatedToken(file, token);
  }

  /** User and password. */
  static Credentials basic(Text user, Text password) {
    return () -> {
      byte[] pair = (user.read() + ":" + password.read()).getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(pair);
    };
  }

  /**
   * A text from the configuration or from a file.
   *
   * @hidden
   */
  interface Text {
    /** The text now. */
    String read() throws IOException;

    /** Whether it must not be shown. Default: it may be. */
    default boolean isSecret() {
      return false;
    }

    /** The same, not to be shown. */
    static Text secret(Text text) {
      return new Text() {
        @Override
        public String read() throws IOException {
          return text.read();
        }

        @Override
        public boolean isSecret() {
          return true;
        }
      };
    }

    /** {@code value}, or if that is empty what the file holds; empty if there is neither. */
    static Text of(String value, String file) {
      return value.isEmpty() && !file.isEmpty()
          ? () -> SmallFiles.read(Path.of(file))
          : () -> value;
    }
  }
}
