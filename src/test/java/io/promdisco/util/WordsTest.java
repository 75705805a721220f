package io.promdisco.util;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WordsTest {
  @Test
  void oneIsSingularAndEveryOtherNumberPlural() {
    assertThat(Words.count(1, "job")).isEqualTo("1 job");
    assertThat(Words.count(0, "job")).isEqualTo("0 jobs");
    assertThat(Words.count(2, "job")).isEqualTo("2 jobs");
    assertThat(Words.count(1, "entry", "entries")).isEqualTo("1 entry");
    assertThat(Words.count(3, "entry", "entries")).isEqualTo("3 entries");
    assertThat(Words.noun(1, "pod")).isEqualTo("pod");
    assertThat(Words.noun(1000, "pod")).isEqualTo("pods");
  }

  @Test
  void articleFollowsTheFirstLetter() {
    assertThat(Words.a("pod")).isEqualTo("a pod");
    assertThat(Words.a("ingress")).isEqualTo("an ingress");
    assertThat(Words.a("endpointslice")).isEqualTo("an endpointslice");
  }
}
