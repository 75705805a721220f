package io.promdisco.config.section;

import io.promdisco.Internal;
import io.promdisco.config.DnsSdConfig;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.SdChecks;
import io.promdisco.config.SdConfig;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.Section;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code dns_sd_configs}.
 *
 * @hidden
 */
@Internal
public final class DnsSdReader {
  private static final Setting<List<String>> NAMES = Setting.texts("names").always();
  private static final Setting<Duration> REFRESH = RefreshInterval.setting(Duration.ofSeconds(30));
  private static final Setting<String> TYPE =
      Setting.text("type", DnsSdConfig.Type.SRV.name())
          .documented(
              Arrays.stream(DnsSdConfig.Type.values())
                  .map(DnsSdConfig.Type::name)
                  .collect(Collectors.joining(", ")),
              DnsSdConfig.Type.SRV)
          .always();
  private static final Setting<Long> PORT = Setting.integer("port", 0).always();
  static final SectionTable TABLE = SectionTable.of("dns_sd_configs", NAMES, REFRESH, TYPE, PORT);

  private DnsSdReader() {}

  /** The reader. */
  public static SdConfigReader reader() {
    return new SdTableReader(TABLE, DnsSdReader::config);
  }

  private static @Nullable SdConfig config(SettingValues given) {
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
          "no effect: SRV records contain the port (expected: no port)");
    } else if (port < 0 || port > 65_535) {
      section.warn(PORT.key(), port + " is not a port (expected: 1 to 65535)");
    }
    int held = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, port));
    return new DnsSdConfig(given.get(NAMES), type, held, given.get(REFRESH));
  }
}
