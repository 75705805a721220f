package io.promdisco.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What the summary of the build says about tests that ran or did not run. */
class BuildReportTest {
  private static final String PROPERTY = "build.report";
  private static final Pattern SECONDS = Pattern.compile("[0-9]+\\.[0-9] s");

  @TempDir private Path folder = Path.of("");
  private String before = "";

  @BeforeEach
  void keepProperty() {
    before = System.getProperty(PROPERTY, "");
  }

  @AfterEach
  void restoreProperty() {
    System.setProperty(PROPERTY, before);
  }

  /** The build does not run this class, since its name does not end in Test. */
  static class Mixed {
    @Test
    void runs() {
      BuildReport.say("recorded cases: 12");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void runsOrNot(int number) {
      Assumptions.assumeTrue(number > 1, SkipReason.FISH);
    }

    @Test
    @EnabledIfSystemProperty(named = "no.such", matches = "x", disabledReason = "only on Sundays")
    void isDisabled() {}
  }

  /** No test of this class can run. */
  static class Unequipped {
    @BeforeAll
    static void needsMore() {
      Assumptions.assumeTrue(false, SkipReason.FISH);
    }

    @Test
    void one() {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void another(int number) {
      assertThat(number).isPositive();
    }
  }

  private void run(String kind, Class<?>... classes) {
    System.setProperty(PROPERTY, folder.resolve("deep/er").resolve(kind).toString());
    LauncherConfig config =
        LauncherConfig.builder()
            .enableTestExecutionListenerAutoRegistration(false)
            .addTestExecutionListeners(new BuildReport())
            .build();
    for (Class<?> type : classes) {
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request().selectors(selectClass(type)).build();
      LauncherFactory.create(config).execute(request);
    }
  }

  private List<String> summary() throws IOException {
    return BuildSummary.of(folder.resolve("deep/er")).stream()
        .map(line -> SECONDS.matcher(line).replaceAll("N s"))
        .toList();
  }

  @Test
  void whatRanIsCountedAndWhatWasSkippedIsGroupedByItsReason() throws IOException {
    run("unit-tests", Mixed.class, Unequipped.class);
    run("integration-tests", Unequipped.class);
    assertThat(summary())
        .containsExactly(
            "",
            "What ran:",
            "  integration tests: 0 in 0 classes",
            "  unit tests: 3 in 1 classes",
            "  recorded cases: 12",
            "  slowest: BuildReportTest N s",
            "Skipped: 6",
            "  5 in BuildReportTest: no /usr/bin/fish (install fish)",
            "  1 in BuildReportTest: only on Sundays",
            "");
  }

  @Test
  void abortedTestsWithoutAReasonAreListedToo() throws IOException {
    Files.writeString(folder.resolve("unit-tests.7.tsv"), "skipped\tATest\t2\t\n");
    assertThat(BuildSummary.of(folder)).contains("  2 in ATest: no reason is given");
  }

  @Test
  void aBuildWithoutTestsSaysSo() throws IOException {
    assertThat(BuildSummary.of(folder.resolve("none")))
        .containsExactly("", "What ran:", "  no tests", "Nothing was skipped.", "");
  }
}
