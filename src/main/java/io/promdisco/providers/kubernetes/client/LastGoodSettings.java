package io.promdisco.providers.kubernetes.client;

import io.promdisco.http.RenewingSender;
import io.promdisco.http.ServerSettings;
import io.promdisco.util.EscapingLogger;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Settings from files that are replaced while the program runs. If the new files cannot be used,
 * the last settings stay in use, which is logged once. Called by one thread at a time.
 */
final class LastGoodSettings implements RenewingSender.Source {
  private static final Logger log = EscapingLogger.of(LastGoodSettings.class);

  private final RenewingSender.Source source;
  private @Nullable List<String> contents;
  private @Nullable ServerSettings prepared;
  private boolean failing;

  LastGoodSettings(RenewingSender.Source source) {
    this.source = source;
  }

  /**
   * Returns the content of the files, or their last usable content.
   *
   * @throws IOException if they were never usable
   */
  @Override
  public List<String> contents() throws IOException {
    List<String> last = contents;
    try {
      List<String> now = source.contents();
      if (!now.equals(last)) {
        prepared = source.settings();
        contents = now;
      }
      failing = false;
      return now;
    } catch (IOException e) {
      if (last == null) {
        throw e;
      }
      if (!failing) {
        log.warn("{}; the last settings stay in use", e.getMessage());
      }
      failing = true;
      return last;
    }
  }

  @Override
  public ServerSettings settings() throws IOException {
    ServerSettings settings = prepared;
    prepared = null;
    return settings == null ? source.settings() : settings;
  }
}
