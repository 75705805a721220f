package io.promdisco;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import org.junit.jupiter.api.Test;

class ModelTest {
  @Test
  void labelsAreSortedByNameAndTheLastOfEqualNamesCounts() {
    Labels labels = Labels.of("b", "1", "a", "2", "b", "3", "c", "");

    assertThat(labels.toMap()).containsExactly(entry("a", "2"), entry("b", "3"), entry("c", ""));
    assertThat(labels.get("b")).isEqualTo("3");
    assertThat(labels.has("c")).isTrue();
    assertThat(labels.get("d")).isNull();
  }

  @Test
  void labelSetsAreEqualWhateverTheOrderTheyWereSetIn() {
    assertThat(Labels.of("a", "1", "b", "2")).isEqualTo(Labels.of("b", "2", "a", "1"));
    assertThat(Labels.of("a", "1")).isNotEqualTo(Labels.of("a", "2"));
  }

  @Test
  void legacyNamesAreAsciiWordsAndUtf8NamesAreAnyText() {
    assertThat(NameValidation.LEGACY.isValidLabelName("_a1")).isTrue();
    assertThat(NameValidation.LEGACY.isValidLabelName("1a")).isFalse();
    assertThat(NameValidation.LEGACY.isValidLabelName("ä")).isFalse();
    assertThat(NameValidation.UTF8.isValidLabelName("ä b")).isTrue();
    assertThat(NameValidation.UTF8.isValidLabelName("")).isFalse();
    assertThat(NameValidation.UTF8.isValidLabelName("\ud800")).isFalse();
  }

  private static java.util.Map.Entry<String, String> entry(String name, String value) {
    return java.util.Map.entry(name, value);
  }
}
