package io.promdisco.util;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NounsTest {
  @Test
  void oneIsSingularAndEveryOtherNumberPlural() {
    assertThat(Nouns.count(1, "job")).isEqualTo("1 job");
    assertThat(Nouns.count(0, "job")).isEqualTo("0 jobs");
    assertThat(Nouns.count(2, "job")).isEqualTo("2 jobs");
    assertThat(Nouns.count(1, "entry", "entries")).isEqualTo("1 entry");
    assertThat(Nouns.count(3, "entry", "entries")).isEqualTo("3 entries");
    assertThat(Nouns.noun(1, "pod")).isEqualTo("pod");
    assertThat(Nouns.noun(1000, "pod")).isEqualTo("pods");
  }

  @Test
  void articleFollowsTheFirstLetter() {
    assertThat(Nouns.withArticle("pod")).isEqualTo("a pod");
    assertThat(Nouns.withArticle("ingress")).isEqualTo("an ingress");
    assertThat(Nouns.withArticle("endpointslice")).isEqualTo("an endpointslice");
  }
}
