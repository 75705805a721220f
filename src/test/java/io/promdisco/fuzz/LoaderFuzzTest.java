package io.promdisco.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.promdisco.config.Problem;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.scrape.ConfiguredTargetChecks;
import java.nio.file.Path;

/** Reading any file ends with a configuration or with problems. */
class LoaderFuzzTest {
  private static final Path NOWHERE = Path.of("target", "no-such-folder");

  @FuzzTest(maxDuration = "5m")
  void everyFileIsReadOrRefusedWithAPlace(byte[] content) {
    ConfigLoader.LoadResult result = new ConfigLoader().read("fuzz.yml", content, NOWHERE);

    assertThat(result.configuration().isEmpty() && result.valid()).isFalse();
    for (Problem problem : ConfiguredTargetChecks.check("fuzz.yml", result)) {
      assertThat(problem.position().line()).isPositive();
      assertThat(problem.position().column()).isPositive();
      assertThat(problem.message()).isNotBlank();
    }
  }
}
