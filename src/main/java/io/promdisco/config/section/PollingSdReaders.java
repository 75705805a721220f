package io.promdisco.config.section;

import io.promdisco.Internal;
import io.promdisco.config.DnsSdConfig;
import io.promdisco.config.FileSdConfig;
import io.promdisco.config.HttpSdConfig;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.SdChecks;
import io.promdisco.config.SdConfig;
import io.promdisco.config.UrlChecks;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code file_sd_configs}, {@code http_sd_configs} and {@code dns_sd_configs}.
 *
 * @hidden
 */
@Internal
public final class PollingSdReaders {
  private static final Setting<List<String>> FILES =
      Setting.of(
              "files",
              "list of files",
              "",
              (Section section, String key, ConfigPaths paths) -> {
                List<String> files = section.texts(key);
                SdChecks.checkFiles(files, section::note);
                List<String> resolved = files.stream().map(paths::resolve).toList();
                section
                    .problems()
                    .onceRead(section, () -> TargetFileChecks.check(section, resolved));
                return resolved;
              })
          .always();
  private static final Setting<Duration> FILE_REFRESH = refresh(Duration.ofMinutes(5));
  static final SectionTable FILE = SectionTable.of("file_sd_configs", FILES, FILE_REFRESH);

  private static final Setting<HttpClientReader.Result> CLIENT =
      HttpClientReader.field(HttpClientReader.Owner.OTHER);
  private static final Setting<Duration> HTTP_REFRESH = refresh(Duration.ofMinutes(1));
  private static final Setting<String> URL =
      Setting.text("url")
          .documented("URL", "")
          .shownBy(
              "always, without password", (to, key, url) -> to.always(key, UrlChecks.redacted(url)))
          .checked(PollingSdReaders::checkUrl);
  static final SectionTable HTTP = SectionTable.of("http_sd_configs", CLIENT, HTTP_REFRESH, URL);

  private static final Setting<List<String>> NAMES = Setting.texts("names").always();
  private static final Setting<Duration> DNS_REFRESH = refresh(Duration.ofSeconds(30));
  private static final Setting<String> TYPE =
      Setting.text("type", DnsSdConfig.Type.SRV.name())
          .documented(
              Arrays.stream(DnsSdConfig.Type.values())
                  .map(DnsSdConfig.Type::name)
                  .collect(Collectors.joining(", ")),
              DnsSdConfig.Type.SRV)
          .always();
  private static final Setting<Long> PORT = Setting.integer("port", 0).always();
  static final SectionTable DNS = SectionTable.of("dns_sd_configs", NAMES, DNS_REFRESH, TYPE, PORT);

  private PollingSdReaders() {}

  /** The readers. */
  public static List<SdConfigReader> all() {
    return List.of(
        new SdTableReader(
            FILE, given -> new FileSdConfig(given.get(FILES), given.get(FILE_REFRESH))),
        new SdTableReader(
            HTTP,
            given ->
                new HttpSdConfig(
                    given.get(URL), given.get(CLIENT).config(), given.get(HTTP_REFRESH))),
        new SdTableReader(DNS, PollingSdReaders::dns));
  }

  private static Setting<Duration> refresh(Duration missing) {
    return Setting.duration("refresh_interval", missing)
        .checked(
            (section, key, refresh) -> {
              if (refresh.isZero() && section.hasValue(key)) {
                section.warn(
                    key,
                    "Prometheus accepts 0s and then stops with a panic (expected: more than 0s)");
              }
            });
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

  private static @Nullable SdConfig dns(SettingValues given) {
    Section section = given.section();
    String typeText = given.get(TYPE);
    long port = given.get(PORT);
    SdChecks.checkDnsNames(given.get(NAMES), section::note);
    DnsSdConfig.Type type =
        Arrays.stream(DnsSdConfig.Type.values())
            .filter(known -> known.name().equals(typeText.toUpperCase(Locale.ROOT)))
            .findFirst()
            .orElse(null);
    if (type == null) {
      section.error(
          TYPE.key(),
          "invalid DNS-SD records type "
              + (typeText.isEmpty() ? "\"\"" : typeText)
              + " (expected: one of A, AAAA, MX, NS, SRV)");
      return null;
    }
    SdChecks.checkDnsPort(type, port, section::note);
    if (type == DnsSdConfig.Type.SRV && port != 0) {
      section.warn(
          PORT.key(),
          ProblemKind.NO_EFFECT,
          "no effect: SRV records bring their own (expected: no port)");
    } else if (port < 0 || port > 65_535) {
      section.warn(PORT.key(), port + " is no port (expected: 1 to 65535)");
    }
    int held = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, port));
    return new DnsSdConfig(given.get(NAMES), type, held, given.get(DNS_REFRESH));
  }
}
