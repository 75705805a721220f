package io.promdisco.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.Secret;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.SmallFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;

/**
 * A bearer token in a file that is replaced while the program runs. If the file cannot be read, the
 * last token stays in use. Safe for all threads.
 */
final class RotatedToken implements Credentials {
  private static final Logger log = EscapingLogger.of(RotatedToken.class);

  private final Path file;

  @GuardedBy("this")
  private Secret token;

  @GuardedBy("this")
  private boolean failing;

  RotatedToken(Path file, Secret token) {
    this.file = file;
    this.token = token;
  }

  @Override
  public synchronized String header() {
    try {
      String now = SmallFiles.read(file);
      if (now.isEmpty()) {
        throw new IOException(file + ": empty (expected: a token)");
      }
      token = new Secret(now);
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        log.warn("{}; the last token stays in use", e.getMessage());
      }
      failing = true;
    }
    return "Bearer " + token.reveal();
  }
}
