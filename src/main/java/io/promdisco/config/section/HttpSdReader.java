package io.promdisco.config.section;

import io.promdisco.Internal;
import io.promdisco.config.HttpSdConfig;
import io.promdisco.config.SdChecks;
import io.promdisco.config.UrlChecks;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.yaml.Section;
import java.time.Duration;

/**
 * Reads {@code http_sd_configs}.
 *
 * @hidden
 */
@Internal
public final class HttpSdReader {
  private static final Setting<HttpClientReader.Result> CLIENT =
      HttpClientReader.field(HttpClientReader.Owner.OTHER);
  private static final Setting<Duration> REFRESH = RefreshInterval.setting(Duration.ofMinutes(1));
  private static final Setting<String> URL =
      Setting.text("url")
          .documented("URL", "")
          .shownBy(
              "always, without password", (to, key, url) -> to.always(key, UrlChecks.redacted(url)))
          .checked(HttpSdReader::checkUrl);
  static final SectionTable TABLE = SectionTable.of("http_sd_configs", CLIENT, REFRESH, URL);

  private HttpSdReader() {}

  /** The reader. */
  public static SdConfigReader reader() {
    return new SdTableReader(
        TABLE,
        given -> new HttpSdConfig(given.get(URL), given.get(CLIENT).config(), given.get(REFRESH)));
  }

  private static void checkUrl(Section section, String key, String url) {
    SdChecks.checkUrl(url, section::note);
    if (!UrlChecks.redacted(url).equals(url)) {
      section.warn(
          key,
          "the label __meta_url of every target shows the password in it (expected:"
              + " basic_auth)");
    }
  }
}
