package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.cli.bench.BenchReport;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return Main.run(
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            0),
        args);
  }

  @Test
  void aSmallBenchmarkFindsAllTargetsAndSeesNewPods() throws IOException {
    int code =
        run(
            "bench --pods 120 --jobs 4 --keeping 2 --runs 1 --rate 50 --seconds 1 --output json"
                .split(" "));

    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(code).isZero();
    JsonNode report = new ObjectMapper().readTree(out.toByteArray());
    assertThat(report.path("discovered").asInt()).isEqualTo(240);
    // Namespaces 0 and 1 have pods 0, 50, 100 and 1, 51, 101; the second pod of each is not
    // scraped.
    assertThat(report.path("active").asInt()).isEqualTo(8);
    JsonNode cold = report.path("cold");
    assertThat(cold.path("seconds").asDouble()).isPositive();
    assertThat(cold.path("cpu_seconds").asDouble()).isPositive();
    JsonNode churn = report.path("churn");
    assertThat(churn.path("new_pods").asInt()).isPositive();
    assertThat(churn.path("median_seconds").asDouble())
        .isPositive()
        .isLessThanOrEqualTo(churn.path("worst_seconds").asDouble());
  }

  @ParameterizedTest
  @CsvSource({
    "--pods,0,'1 to 1000000'",
    "--jobs,10001,'1 to 10000'",
    "--runs,0,'1 to 100'",
    "--rate,-1,'0 to 10000'",
    "--seconds,-1,'0 to 86400'",
    "--keeping,21,'1 to 20'"
  })
  void valuesOutOfRangeAreRefused(String option, String value, String expected) {
    assertThat(run("bench", option + "=" + value)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("promdisco: %s: %s (expected: %s)%n".formatted(option, value, expected));
  }

  @Test
  void theTableShowsMediansAndTheWorst() {
    BenchReport.Cold cold =
        BenchReport.Cold.median(
            List.of(
                new BenchReport.Cold(1, 5, 4.25, OptionalLong.of(200 << 20)),
                new BenchReport.Cold(1, 4, 4.5, OptionalLong.of(210 << 20)),
                new BenchReport.Cold(1, 4.5, 4, OptionalLong.of(190 << 20))));
    BenchReport.Churn churn = new BenchReport.Churn(20, 20, 0.07, List.of(0.01, 0.05, 0.02, 0.015));

    assertThat(new BenchReport(50_000, 20, 100_000, 20_000, cold, churn).lines())
        .containsExactly(
            "50,000 pods, 100,000 targets discovered by each of 20 jobs, 20,000 active",
            "",
            "              TIME       CPU  PEAK MEMORY",
            "cold start  4.50 s    4.25 s       200 MB  median of 3",
            "",
            "                     CPU    MEDIAN      99TH     WORST",
            "  20 pods/s    0.07 cores      15 ms      50 ms      50 ms  of 4 new pods in 20 s");
  }

  @Test
  void memoryIsUnknownWhereTheSystemDoesNotTell() {
    BenchReport.Cold cold =
        BenchReport.Cold.median(List.of(new BenchReport.Cold(1, 5, 4, OptionalLong.empty())));
    BenchReport report = new BenchReport(1, 1, 2, 2, cold, null);

    assertThat(report.lines()).last().asString().contains("unknown");
    assertThat(report.json()).doesNotContainKey("churn");
  }

  @Test
  void aQuantileIsOneOfTheValues() {
    List<Double> values = List.of(4.0, 1.0, 3.0, 2.0);
    assertThat(BenchReport.quantile(values, 0.5)).isCloseTo(2, within(0.0));
    assertThat(BenchReport.quantile(values, 0.99)).isCloseTo(4, within(0.0));
    assertThat(BenchReport.quantile(values, 0)).isCloseTo(1, within(0.0));
  }
}
