package io.promdisco.config.section;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.allocator.AllocatorConfigReader;
import io.promdisco.config.table.Field;
import io.promdisco.config.table.SectionTable;
import io.promdisco.model.PrometheusDuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Holds the tables of docs/configuration.md and docs/allocate.md equal to those that the readers
 * use. With {@code -Dwrite.reference=true} it writes them.
 */
class ConfigurationReferenceTest {
  private static final Path PAGE = Path.of("docs/configuration.md");
  private static final String BEGINNING = "<!-- tables: generated -->\n";

  @Test
  void thePageHasEveryKeyOfEverySection() throws IOException {
    check(
        PAGE,
        List.of(
            GlobalReader.TABLE,
            ScrapeReader.TABLE,
            StaticSdReader.TABLE,
            KubernetesSdReader.TABLE,
            KubernetesSdReader.NAMESPACES_KEYS,
            KubernetesSdReader.SELECTOR_KEYS,
            KubernetesSdReader.ATTACH_KEYS,
            PollingSdReaders.FILE,
            PollingSdReaders.HTTP,
            PollingSdReaders.DNS,
            RelabelReader.TABLE,
            HttpClientReader.table(HttpClientReader.Owner.JOB),
            HttpClientReader.BASIC_AUTH_KEYS,
            HttpClientReader.AUTHORIZATION_KEYS,
            HttpClientReader.OAUTH2_KEYS,
            HttpClientReader.TLS_KEYS,
            HttpClientReader.HEADER_KEYS,
            OtherSections.RUNTIME,
            AlertingReader.ALERTING,
            AlertingReader.ALERTMANAGER,
            OtherSections.STORAGE,
            OtherSections.TSDB,
            OtherSections.CHUNK_ENCODING,
            OtherSections.RETENTION,
            OtherSections.EXEMPLARS,
            OtherSections.TRACING,
            RemoteReader.WRITE,
            RemoteReader.QUEUE,
            RemoteReader.METADATA,
            RemoteReader.READ,
            CloudLogins.SIGV4_KEYS,
            CloudLogins.AZURE_KEYS,
            CloudLogins.MANAGED_IDENTITY,
            CloudLogins.WORKLOAD_IDENTITY,
            CloudLogins.AZURE_OAUTH,
            CloudLogins.SDK,
            CloudLogins.CERTIFICATE,
            CloudLogins.GOOGLE_KEYS,
            OtherSections.OTLP),
        /* effective= */ true);
  }

  @Test
  void thePageOfTheAllocatorHasEveryKey() throws IOException {
    check(Path.of("docs/allocate.md"), AllocatorConfigReader.TABLES, /* effective= */ false);
  }

  /**
   * Compares a page.
   *
   * @param effective whether there is an effective configuration that shows the keys
   */
  private static void check(Path file, List<SectionTable> listed, boolean effective)
      throws IOException {
    Map<String, SectionTable> tables = new LinkedHashMap<>();
    for (SectionTable table : listed) {
      assertThat(tables.put(table.name(), table)).as(table.name()).isNull();
    }
    StringBuilder out = new StringBuilder();
    tables.values().forEach(table -> table(table, tables, effective, out));
    String page = Files.readString(file);
    int start = page.indexOf(BEGINNING) + BEGINNING.length();
    String generated = page.substring(0, start) + out;
    if (Boolean.getBoolean("write.reference")) {
      Files.writeString(file, generated);
    }
    assertThat(Files.readString(file)).isEqualTo(generated);
  }

  private static void table(
      SectionTable table, Map<String, SectionTable> tables, boolean effective, StringBuilder out) {
    out.append("\n## ").append(table.name()).append("\n\n");
    out.append("| key | type | default |").append(effective ? " shown |" : "").append("\n");
    out.append("|---|---|---|").append(effective ? "---|" : "").append("\n");
    for (Field<?> field : table.fields()) {
      String key = field.isInline() ? "(further keys)" : "`" + field.key() + "`";
      out.append("| ").append(key).append(" | ").append(type(field.type(), tables));
      out.append(" | ").append(missing(field.missing()));
      out.append(effective ? " | " + field.shown() : "").append(" |\n");
    }
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
