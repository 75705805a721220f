package io.promdisco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.load.ConfigLoader;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ServiceConfigurationError;
import org.junit.jupiter.api.Test;

/** A discovery kind in a third-party jar is found through its service files. */
class ExtensionTest {
  private static final byte[] CONFIG =
      """
      scrape_configs:
      - job_name: a
        memory_sd_configs: [{name: one, target: 'h:1'}]
        relabel_configs:
        - {source_labels: [__meta_memory_name], target_label: name}
      """
          .getBytes(StandardCharsets.UTF_8);

  @Test
  void sourceOfAnotherJarIsReadAndDiscovered() throws Exception {
    URL jar = Path.of("src", "test", "resources", "extension").toUri().toURL();
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader extended = new URLClassLoader(new URL[] {jar}, before)) {
      Thread.currentThread().setContextClassLoader(extended);
      ConfigLoader.LoadResult result = new ConfigLoader().read("p.yml", CONFIG, Path.of("."));
      assertThat(result.problems()).isEmpty();
      try (Promdisco promdisco = Promdisco.builder().build()) {
        promdisco.apply(result.configuration().orElseThrow());

        assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();
        assertThat(promdisco.pool("a").orElseThrow().activeTargets())
            .singleElement()
            .satisfies(
                target -> {
                  assertThat(target.scrapeUrl()).isEqualTo("http://h:1/metrics");
                  assertThat(target.labels().get("name")).isEqualTo("one");
                });
      }
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  @Test
  void withoutThatJarTheKeyIsUnknown() {
    assertThat(new ConfigLoader().read("p.yml", CONFIG, Path.of(".")).problems())
        .anySatisfy(problem -> assertThat(problem.path()).endsWith("memory_sd_configs"));
  }

  /** The search opens every jar of the class path. */
  @Test
  void sourcesOfOthersAreLookedForOnlyWhenOneIsConfigured() throws Exception {
    URL jar = Path.of("src", "test", "resources", "extension-missing").toUri().toURL();
    byte[] plain =
        "scrape_configs: [{job_name: a, static_configs: [{targets: ['h:1']}]}]"
            .getBytes(StandardCharsets.UTF_8);
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader broken = new URLClassLoader(new URL[] {jar}, before)) {
      Thread.currentThread().setContextClassLoader(broken);
      ConfigLoader loader = new ConfigLoader();
      ConfigLoader.LoadResult result = loader.read("p.yml", plain, Path.of("."));
      try (Promdisco promdisco = Promdisco.builder().build()) {
        promdisco.apply(result.configuration().orElseThrow());

        assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();
        assertThat(promdisco.pool("a").orElseThrow().activeTargets()).hasSize(1);
      }
      assertThatThrownBy(() -> loader.read("p.yml", CONFIG, Path.of(".")))
          .isInstanceOf(ServiceConfigurationError.class)
          .hasMessageContaining("org.example.NotThere");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }
}
