package io.promdisco.config.section;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.allocator.AllocatorConfigReader;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.model.PrometheusDuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Compares the tables of docs/configuration.md with those of the readers. With {@code
 * -Dwrite.reference=true}, it writes them.
 */
class ConfigurationReferenceTest {
  private static final Path PAGE = Path.of("docs/configuration.md");
  private static final String BEGINNING = "<!-- tables: generated -->\n";

  private static final String USED = "yes";
  private static final String SCRAPING = "scraping";
  private static final String CHECKED = "checked";
  private static final String NOT_SUPPORTED = "no";

  /** Keys of {@code global} and of a job whose use differs from {@link #SCRAPING}. */
  private static final Map<String, String> USES_OF_JOB_KEYS =
      Map.ofEntries(
          Map.entry("job_name", USED),
          Map.entry("params", USED),
          Map.entry("scrape_interval", USED),
          Map.entry("scrape_timeout", USED),
          Map.entry("metrics_path", USED),
          Map.entry("scheme", USED),
          Map.entry("keep_dropped_targets", USED),
          Map.entry("metric_name_validation_scheme", USED),
          Map.entry("scrape_native_histograms", USED),
          Map.entry("always_scrape_classic_histograms", USED),
          Map.entry("convert_classic_histograms_to_nhcb", USED),
          Map.entry("relabel_configs", USED),
          Map.entry("evaluation_interval", CHECKED),
          Map.entry("rule_query_offset", CHECKED),
          Map.entry("query_log_file", CHECKED),
          Map.entry("query_max_series", CHECKED),
          Map.entry("query_max_samples_read", CHECKED),
          Map.entry("query_max_duration", CHECKED),
          Map.entry("external_labels", CHECKED));

  @Test
  void thePageHasEveryKeyOfEverySection() throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf(BEGINNING) + BEGINNING.length();
    String generated = page.substring(0, start) + tables();
    if (Boolean.getBoolean("write.reference")) {
      Files.writeString(PAGE, generated);
    }

    assertThat(Files.readString(PAGE)).isEqualTo(generated);
  }

  @Test
  void thePageOfTheAllocatorHasEveryKey() throws IOException {
    Map<String, SectionTable> tables = new LinkedHashMap<>();
    AllocatorConfigReader.TABLES.forEach(table -> tables.put(table.name(), table));
    StringBuilder out = new StringBuilder();
    for (SectionTable table : AllocatorConfigReader.TABLES) {
      out.append("\n## ").append(table.name()).append("\n\n");
      out.append("| key | type | default |\n|---|---|---|\n");
      for (Setting<?> field : table.fields()) {
        out.append(keyTypeAndDefault(field, tables)).append(" |\n");
      }
    }
    Path file = Path.of("docs/allocate.md");
    String page = Files.readString(file);
    int start = page.indexOf(BEGINNING) + BEGINNING.length();
    String generated = page.substring(0, start) + out;
    if (Boolean.getBoolean("write.reference")) {
      Files.writeString(file, generated);
    }

    assertThat(Files.readString(file)).isEqualTo(generated);
  }

  private static String kinds() {
    StringBuilder out = new StringBuilder("\n## Discovery kinds\n\n");
    out.append("| key | in `scrape_configs` | in `alertmanagers` |\n|---|---|---|\n");
    for (SdConfigReader reader : ConfigLoader.standardSources()) {
      out.append("| `").append(reader.key()).append("` | yes | checked |\n");
    }
    for (String kind : new TreeSet<>(SdConfigReaders.UNSUPPORTED)) {
      out.append("| `").append(kind).append("_sd_configs` | no | no |\n");
    }
    return out.toString();
  }

  /** What a key of the sections from {@code runtime} on does, and of those before it. */
  private static String use(SectionTable table, Setting<?> field, boolean beforeRuntime) {
    if (!beforeRuntime) {
      return CHECKED;
    }
    if (table.equals(GlobalReader.TABLE) || table.equals(ScrapeReader.TABLE)) {
      return USES_OF_JOB_KEYS.getOrDefault(field.key(), SCRAPING);
    }
    return field.key().endsWith("_ref")
        ? NOT_SUPPORTED
        : field.key().equals("enable_http2") ? CHECKED : USED;
  }

  private static String tables() {
    Map<String, SectionTable> tables = new LinkedHashMap<>();
    for (SectionTable table :
        List.of(
            GlobalReader.TABLE,
            ScrapeReader.TABLE,
            StaticSdReader.TABLE,
            KubernetesSdReader.TABLE,
            KubernetesSdReader.NAMESPACES_KEYS,
            KubernetesSdReader.SELECTOR_KEYS,
            KubernetesSdReader.ATTACH_KEYS,
            FileSdReader.TABLE,
            HttpSdReader.TABLE,
            DnsSdReader.TABLE,
            RelabelReader.TABLE,
            HttpClientReader.table(HttpClientReader.Owner.JOB),
            HttpClientReader.BASIC_AUTH_KEYS,
            HttpClientReader.AUTHORIZATION_KEYS,
            HttpClientReader.OAUTH2_KEYS,
            HttpClientReader.TLS_KEYS,
            HttpClientReader.HEADER_KEYS,
            CheckedOnlySections.RUNTIME,
            AlertingReader.ALERTING,
            AlertingReader.ALERTMANAGER,
            CheckedOnlySections.STORAGE,
            CheckedOnlySections.TSDB,
            CheckedOnlySections.CHUNK_ENCODING,
            CheckedOnlySections.RETENTION,
            CheckedOnlySections.EXEMPLARS,
            CheckedOnlySections.TRACING,
            RemoteReader.WRITE,
            RemoteReader.QUEUE,
            RemoteReader.METADATA,
            RemoteReader.READ,
            CloudCredentials.SIGV4_KEYS,
            CloudCredentials.AZURE_KEYS,
            CloudCredentials.MANAGED_IDENTITY,
            CloudCredentials.WORKLOAD_IDENTITY,
            CloudCredentials.AZURE_OAUTH,
            CloudCredentials.SDK,
            CloudCredentials.CERTIFICATE,
            CloudCredentials.GOOGLE_KEYS,
            CheckedOnlySections.OTLP)) {
      assertThat(tables.put(table.name(), table)).as(table.name()).isNull();
    }
    StringBuilder out = new StringBuilder(kinds());
    boolean beforeRuntime = true;
    for (SectionTable table : tables.values()) {
      beforeRuntime &= !table.equals(CheckedOnlySections.RUNTIME);
      table(table, tables, beforeRuntime, out);
    }
    return out.toString();
  }

  private static void table(
      SectionTable table,
      Map<String, SectionTable> tables,
      boolean beforeRuntime,
      StringBuilder out) {
    out.append("\n## ").append(table.name()).append("\n\n");
    out.append("| key | type | default | supported | shown |\n|---|---|---|---|---|\n");
    for (Setting<?> field : table.fields()) {
      out.append(keyTypeAndDefault(field, tables));
      out.append(" | ").append(use(table, field, beforeRuntime));
      out.append(" | ").append(field.shown()).append(" |\n");
    }
  }

  private static String keyTypeAndDefault(Setting<?> field, Map<String, SectionTable> tables) {
    String key = field.isInline() ? "(further keys)" : "`" + field.key() + "`";
    return "| " + key + " | " + type(field.type(), tables) + " | " + missing(field.missing());
  }

  private static String type(String type, Map<String, SectionTable> tables) {
    for (String prefix : List.of("", "list of ", "map of ")) {
      String name = type.startsWith(prefix) ? type.substring(prefix.length()) : "";
      if (tables.containsKey(name)) {
        String anchor = name.toLowerCase(Locale.ROOT).replace(' ', '-').replace(".", "");
        return prefix + "[" + name + "](#" + anchor + ")";
      }
    }
    return type;
  }

  private static String missing(Object missing) {
    String text =
        missing instanceof Duration duration
            ? PrometheusDuration.format(duration)
            : String.valueOf(missing);
    return text.isEmpty() || text.contains(" ") ? text : "`" + text + "`";
  }
}
