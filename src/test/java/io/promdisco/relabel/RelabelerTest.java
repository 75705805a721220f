package io.promdisco.relabel;

import static io.promdisco.relabel.RuleFixtures.rule;
import static io.promdisco.relabel.RuleFixtures.withoutAction;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RelabelerTest {
  /** Relabels with the plan, and checks that the reference gives the same result. */
  private static @Nullable Labels relabel(Labels labels, RuleFixtures... rules) {
    List<RelabelRule> compiled = Arrays.stream(rules).map(RuleFixtures::compile).toList();
    Labels result = new Relabeler(compiled).apply(LabelView.of(labels));
    assertThat(result).isEqualTo(ReferenceRelabeler.apply(compiled, labels).orElse(null));
    return result;
  }

  @Test
  void aLabelSetToTheEmptyTextIsRemoved() {
    assertThat(relabel(Labels.of("a", "x", "b", "old"), withoutAction().target("b")))
        .isEqualTo(Labels.of("a", "x"));
    assertThat(
            relabel(
                Labels.of("a", "x", "b", "old"),
                withoutAction().sources("a").target("b").replacement("$1_x")))
        .isEqualTo(Labels.of("a", "x"));
  }

  @Test
  void emptyLabelsAreNotSeenAndDoNotCome() {
    assertThat(
            relabel(
                Labels.of("a", "", "b", "x"), rule("labelmap").regex("(.)").replacement("m_$1")))
        .isEqualTo(Labels.of("b", "x", "m_b", "x"));
    assertThat(relabel(Labels.of("a", ""))).isEqualTo(Labels.EMPTY);
  }

  @Test
  void missingSourcesAreEmpty() {
    assertThat(
            relabel(
                Labels.of("b", "x"),
                withoutAction().sources("a", "b", "c").separator("-").target("d")))
        .isEqualTo(Labels.of("b", "x", "d", "-x-"));
  }

  @Test
  void aTargetThatExpandsToNoNameIsNotWritten() {
    Labels labels = Labels.of("a", "x-y");
    RuleFixtures rule = withoutAction().sources("a").target("${1}").replacement("new");

    assertThat(relabel(labels, rule.legacy())).isEqualTo(labels);
    assertThat(relabel(labels, withoutAction().sources("a").target("$1_x").replacement("new")))
        .isEqualTo(labels);
  }

  @Test
  void keepAndDropLookAtWhatEarlierRulesWrote() {
    RuleFixtures copy = withoutAction().sources("a").target("b");

    assertThat(relabel(Labels.of("a", "x"), copy, rule("drop").sources("b").regex("x"))).isNull();
    assertThat(relabel(Labels.of("a", "x"), copy, rule("keep").sources("b").regex("x|y")))
        .isEqualTo(Labels.of("a", "x", "b", "x"));
  }

  @Test
  void keepequalAndDropequalCompareWithAPlainLabel() {
    Labels labels = Labels.of("a", "x", "$1", "x");

    assertThat(relabel(labels, rule("keepequal").sources("a").target("$1"))).isEqualTo(labels);
    assertThat(relabel(labels, rule("dropequal").sources("a").target("$1"))).isNull();
    assertThat(relabel(labels, rule("dropequal").sources("a").target("b"))).isEqualTo(labels);
  }

  @Test
  void hashmodTakesTheEndOfTheMd5AsAnUnsignedNumber() {
    assertThat(hashmod("x", 16)).isEqualTo("6");
    assertThat(hashmod("", 97)).isEqualTo("43");
    assertThat(hashmod("é日", 1L << 63)).isEqualTo("6293997831259269138");
    assertThat(hashmod("\ud800x", -1)).isEqualTo(hashmod("\ufffdx", -1));
  }

  private static @Nullable String hashmod(String value, long modulus) {
    Labels result =
        relabel(Labels.of("a", value), rule("hashmod").sources("a").target("h").modulus(modulus));
    return result == null ? null : result.get("h");
  }

  @Test
  void caseGoesCodePointByCodePoint() {
    assertThat(uppercase("straße")).isEqualTo("STRAßE");
    assertThat(uppercase("İIı")).isEqualTo("İII");
    assertThat(uppercase("𐐨x")).isEqualTo("𐐀X");
    assertThat(CaseMapping.lower("İIı")).isEqualTo("iiı");
    assertThat(CaseMapping.lower("ΑΣ")).isEqualTo("ασ");
  }

  private static @Nullable String uppercase(String value) {
    Labels result = relabel(Labels.of("a", value), rule("uppercase").sources("a").target("u"));
    return result == null ? null : result.get("u");
  }

  @Test
  void labelmapSeesTheLabelsAsTheyWereBeforeIt() {
    assertThat(
            relabel(
                Labels.of("a1", "x", "a11", "y"),
                rule("labelmap").regex("a(.+)").replacement("a$1$1")))
        .isEqualTo(Labels.of("a1", "x", "a11", "x", "a1111", "y"));
  }

  @Test
  void laterOfTwoLabelsMappedOntoOneNameCounts() {
    Labels labels = Labels.of("m_a", "1", "n_a", "2", "z", "");
    RuleFixtures map = rule("labelmap").regex("(m|n)_a").replacement("a");

    assertThat(relabel(labels, map)).isEqualTo(Labels.of("a", "2", "m_a", "1", "n_a", "2"));
    assertThat(relabel(labels, withoutAction().target("m_a").replacement("3"), map))
        .isEqualTo(Labels.of("a", "2", "m_a", "3", "n_a", "2"));
  }

  @Test
  void namesThatLabelmapMakesAreNotChecked() {
    assertThat(
            relabel(Labels.of("x_", "v", "x_9.a", "w"), rule("labelmap").regex("x_(.*)").legacy()))
        .isEqualTo(Labels.of("", "v", "9.a", "w", "x_", "v", "x_9.a", "w"));
  }

  @Test
  void labeldropAndLabelkeepGoByName() {
    Labels labels = Labels.of("a", "1", "ab", "2", "b", "3");

    assertThat(relabel(labels, rule("labeldrop").regex("a.*"))).isEqualTo(Labels.of("b", "3"));
    assertThat(relabel(labels, rule("labelkeep").regex("[a-b]")))
        .isEqualTo(Labels.of("a", "1", "b", "3"));
    assertThat(
            relabel(
                labels,
                rule("labeldrop").regex("a"),
                withoutAction().target("a").replacement("new")))
        .isEqualTo(Labels.of("a", "new", "ab", "2", "b", "3"));
  }

  @Test
  void leadingDecisionsReadNothingButTheirLabels() {
    List<String> asked = new ArrayList<>();
    LabelView view =
        new LabelView() {
          @Override
          public String get(String name) {
            asked.add(name);
            return "";
          }

          @Override
          public void forEach(BiConsumer<String, String> action) {
            asked.add("everything");
          }
        };
    Relabeler relabeler =
        new Relabeler(
            List.of(
                rule("drop").sources("a").regex("x").compile(),
                rule("keep").sources("b").regex("x|y").compile(),
                rule("labelmap").regex("c").replacement("d").compile()));

    assertThat(relabeler.apply(view)).isNull();
    assertThat(asked).containsExactly("a", "b");
  }

  @Test
  void simpleRegexesAreCheapAndTheOthersTheEngines() throws RegexException {
    for (String regex :
        List.of(
            "",
            "x",
            "a|b|c",
            "(a|b)-x",
            "https?",
            ".*",
            "(.+)",
            "pre.*",
            "(?:.+)post",
            "a.*b",
            "a\\.b",
            ".*mid.*",
            "^x$",
            "[abc]x",
            "(?P<n>a)")) {
      assertThat(ValueMatcher.of(Regex.compile(regex), false).isCheap()).as(regex).isTrue();
    }
    for (String regex : List.of("[a-z]", "x*", "(?i)x", "foo)|(bar", "\\d", "a$b", ".", "𐐀")) {
      assertThat(ValueMatcher.of(Regex.compile(regex), false).isCheap()).as(regex).isFalse();
    }
  }

  @Test
  void severalThreadsMayUseOneRelabeler() throws Exception {
    List<RelabelRule> rules =
        List.of(
            rule("labelmap").regex("m_([a-z]+)").compile(),
            withoutAction().sources("a").regex("v([0-9]+)").target("n").compile());
    Relabeler relabeler = new Relabeler(rules);
    Callable<Boolean> work =
        () -> {
          boolean right = true;
          for (int i = 0; i < 5000; i++) {
            Labels labels = Labels.of("a", "v" + i % 2000, "m_b", "x" + i);
            Labels expected = labels("v" + i % 2000, "x" + i, Integer.toString(i % 2000));
            right &= expected.equals(relabeler.apply(LabelView.of(labels)));
          }
          return right;
        };
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (Future<Boolean> result : threads.invokeAll(List.of(work, work, work, work))) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Labels labels(String a, String b, String n) {
    return Labels.of("a", a, "b", b, "m_b", b, "n", n);
  }
}
