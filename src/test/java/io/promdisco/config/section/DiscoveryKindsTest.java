package io.promdisco.config.section;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.Problem;
import io.promdisco.config.load.ConfigLoader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The kinds of service discovery that Prometheus supports, listed in a recorded file. */
public class DiscoveryKindsTest {
  /** One kind a line; {@code ConfigDifferentialIT} compares it with Prometheus. */
  public static final Path KINDS = Path.of("src/test/conformance/promtool/sd-kinds.txt");

  @Test
  void everyKindOfPrometheusIsSupportedOrKnownNotToBe() throws IOException {
    TreeSet<String> known = new TreeSet<>(SdConfigReaders.UNSUPPORTED);
    for (SdConfigReader reader : ConfigLoader.standardSources()) {
      known.add(reader.key().replaceFirst("(_sd)?_configs$", ""));
    }

    assertThat(known).containsExactlyElementsOf(Files.readAllLines(KINDS));
  }

  @Test
  void aKindThatPrometheusDoesNotHaveIsAnUnknownKey() throws IOException {
    assertThat(Files.readAllLines(KINDS)).contains("oci").doesNotContain("xds");
    assertThat(problems("oci_sd_configs"))
        .singleElement()
        .asString()
        .contains("promdisco does not support service discovery of kind oci");
    assertThat(problems("xds_sd_configs"))
        .singleElement()
        .asString()
        .contains("field xds_sd_configs not found");
  }

  private static List<Problem> problems(String key) {
    String yaml = "scrape_configs: [{job_name: a, " + key + ": [{}]}]";
    return new ConfigLoader()
        .read("test.yml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("")).problems().stream()
            .filter(problem -> problem.severity() == Problem.Severity.ERROR)
            .toList();
  }
}
