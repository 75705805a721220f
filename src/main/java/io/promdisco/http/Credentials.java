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
 * Provides the {@code Authorization} header of requests. Safe for all threads.
 *
 * @hidden
 */
@Internal
public interface Credentials extends AutoCloseable {
  /** No header, for a client certificate or no authentication. */
  Credentials NONE = () -> null;

  /**
   * Returns the current value of the header, or null for none. Reads files and renews tokens when
   * necessary.
   *
   * @throws IOException if a file cannot be read or a token cannot be obtained
   */
  @Nullable String header() throws IOException, InterruptedException;

  /** Drops cached credentials, because the server has rejected the last header. */
  default void forget() {}

  @Override
  default void close() {}

  /** Returns credentials with a fixed token. */
  static Credentials token(String type, Secret token) {
    return () -> type + " " + token.reveal();
  }

  /**
   * Returns credentials with a token in a file, which is read for each request because tokens are
   * rotated.
   */
  static Credentials tokenFile(String type, Path file) {
    return () -> type + " " + SmallFiles.read(file);
  }

  /**
   * Returns credentials with a bearer token in a file that is replaced while the program runs. The
   * file is read for each request. If it is unreadable or empty, the last token stays in use, which
   * is logged once.
   *
   * @param token the token to use until the file is readable
   */
  static Credentials rotatedToken(Path file, Secret token) {
    return new RotatedToken(file, token);
  }

  /** Returns credentials with user and password. */
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
    /** Returns the current text. */
    String read() throws IOException;

    /** Whether it is a secret. Default: false. */
    default boolean isSecret() {
      return false;
    }

    /** Returns the same text as a secret. */
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

    /**
     * Returns {@code value}, or the content of the file if the value is empty; empty if there is
     * neither.
     */
    static Text of(String value, String file) {
      return value.isEmpty() && !file.isEmpty()
          ? () -> SmallFiles.read(Path.of(file))
          : () -> value;
    }
  }
}
