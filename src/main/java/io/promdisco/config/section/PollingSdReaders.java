package io.promdisco.config.section;

import io.promdisco.config.DnsSdConfig;
import io.promdisco.config.FileSdConfig;
import io.promdisco.config.HttpSdConfig;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.SdChecks;
import io.promdisco.config.SdConfig;
import io.promdisco.config.Urls;
import io.promdisco.config.yaml.Paths;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.Shown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code file_sd_configs}, {@code http_sd_configs} and {@code dns_sd_configs}. */
public final class PollingSdReaders {
  private static final String REFRESH = "refresh_interval";

  private PollingSdReaders() {}

  /** Reads one entry; null if it cannot be used. */
  private interface Entry {
    @Nullable SdConfig read(Section section, Paths paths, Shown shown);
  }

  private record Reader(String key, Entry entry) implements SdConfigReader {
    @Override
    public Result read(Section job, Paths paths) {
      List<SdConfig> configs = new ArrayList<>();
      List<Map<String, Object>> shown = new ArrayList<>();
      for (Section section : job.sections(key)) {
        Shown visible = new Shown();
        SdConfig config = entry.read(section, paths, visible);
        section.finish();
        shown.add(visible.map());
        if (config != null) {
          configs.add(config);
        }
      }
      return new Result(configs, shown);
    }
  }

  public static List<SdConfigReader> all() {
    return List.of(
        new Reader("file_sd_configs", PollingSdReaders::file),
        new Reader("http_sd_configs", PollingSdReaders::http),
        new Reader("dns_sd_configs", PollingSdReaders::dns));
  }

  private static Duration refresh(Section section, Duration missing) {
    Duration refresh = section.duration(REFRESH, missing);
    if (refresh.isZero() && section.hasValue(REFRESH)) {
      section.warn(
          REFRESH, "Prometheus accepts 0s and then stops with a panic (expected: more than 0s)");
    }
    return refresh;
  }

  private static SdConfig file(Section section, Paths paths, Shown shown) {
    List<String> files = HttpClientReader.orEmpty(section.strings("files"));
    Duration refresh = refresh(section, Duration.ofMinutes(5));
    SdChecks.checkFiles(files, section::note);
    List<String> resolved = files.stream().map(paths::resolve).toList();
    section.problems().onceRead(section, () -> TargetFiles.check(section, resolved));
    shown.always("files", resolved).unlessZero(REFRESH, refresh);
    return new FileSdConfig(resolved, refresh);
  }

  private static SdConfig http(Section section, Paths paths, Shown shown) {
    HttpClientReader.Result http =
        HttpClientReader.read(section, paths, HttpClientReader.Owner.OTHER);
    Duration refresh = refresh(section, Duration.ofMinutes(1));
    String url = section.string("url");
    SdChecks.checkUrl(url, section::note);
    shown.all(http.shown()).unlessZero(REFRESH, refresh);
    if (!Urls.redacted(url).equals(url)) {
      section.warn(
          "url",
          ProblemKind.QUESTIONABLE,
          "the password in it stands in the label __meta_url of every target (expected:"
              + " basic_auth)");
    }
    shown.always("url", Urls.redacted(url));
    return new HttpSdConfig(url, http.config(), refresh);
  }

  private static @Nullable SdConfig dns(Section section, Paths paths, Shown shown) {
    List<String> names = HttpClientReader.orEmpty(section.strings("names"));
    Duration refresh = refresh(section, Duration.ofSeconds(30));
    String typeText = section.string("type", "SRV");
    long port = section.integer("port", 0);
    SdChecks.checkDnsNames(names, section::note);
    shown
        .always("names", names)
        .unlessZero(REFRESH, refresh)
        .always("type", typeText)
        .always("port", port);
    DnsSdConfig.Type type =
        Arrays.stream(DnsSdConfig.Type.values())
            .filter(known -> known.name().equals(typeText.toUpperCase(Locale.ROOT)))
            .findFirst()
            .orElse(null);
    if (type == null) {
      section.error(
          "type",
          "invalid DNS-SD records type "
              + (typeText.isEmpty() ? "\"\"" : typeText)
              + " (expected: one of A, AAAA, MX, NS, SRV)");
      return null;
    }
    SdChecks.checkDnsPort(type, port, section::note);
    if (type == DnsSdConfig.Type.SRV && port != 0) {
      section.warn(
          "port",
          ProblemKind.NO_EFFECT,
          "no effect: SRV records bring their own (expected: no port)");
    } else if (port < 0 || port > 65_535) {
      section.warn("port", port + " is no port (expected: 1 to 65535)");
    }
    int held = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, port));
    return new DnsSdConfig(names, type, held, refresh);
  }
}
