package io.promdisco.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0B",
    "512B, 512B",
    "10KB, 10KiB",
    "1024KiB, 1MiB",
    "1536MB, 1GiB512MiB",
    "1MB512KB, 1MiB512KiB",
    "1.5KB, 1KiB512B",
    "1EB, 1EiB",
    "-1KB, -1KiB",
    "1KiB1B, 1KiB1B"
  })
  void writesWhatItReadsInTheLargestUnits(String text, String normal) {
    assertThat(PrometheusSize.format(PrometheusSize.parse(text))).isEqualTo(normal);
  }

  @ParameterizedTest
  @CsvSource({
    "'', invalid",
    "10, unknown unit  in 10",
    "10kb, unknown unit kb",
    "10mib, unknown unit mib",
    "1MiB1KB, unknown unit KB",
    "MB, invalid MB",
    "1.2.3MB, invalid 1.2.3MB",
    "10 MB, unknown unit  MB",
    "16EB, overflow"
  })
  void rejectsTextThatIsNotASize(String text, String part) {
    assertThatThrownBy(() -> PrometheusSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(part);
  }
}
