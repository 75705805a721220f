package io.promdisco.relabel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/** Compares the plan with the reference, and the cheap matchers with the regex engine. */
class PlanPropertyTest {
  // A small choice of each, so that rules often use each other's labels.
  private static final String[] NAMES = {
    "a", "b", "ab", "ba", "x", "__meta_a", "__meta_b", "__meta_ab", "日", "x.y"
  };
  private static final String[] VALUES = {
    "", "x", "y", "xy", "yx", "xx", "X", "x;y", "x;", ";", "a", "b", "é", "𐐀", "x\n", "x:1", "ab"
  };
  private static final String[] FRAGMENTS = {
    "x",
    "y",
    "a",
    "b",
    ";",
    "é",
    "",
    "x?",
    "(x)?",
    "(y)??",
    "(x|y)",
    "(?:x|xy)",
    "[xy]",
    "[ab]",
    ".*",
    ".+",
    ".*?",
    "(.*)",
    "(.+)",
    "(.*?)",
    ".",
    "(.)",
    "x*",
    "(?P<n>x)",
    "(?<n>.*)",
    "(?P<n>y)?",
    "[^;]*",
    "([^:]+)",
    "(?i)X",
    "(?-s).*",
    "\\.",
    "\\w+",
    "\\pL",
    "^",
    "$",
    "__meta_",
    "_",
    "(a|b)?",
    "𐐀",
    "{",
    "x{2}",
    "(x){0}"
  };
  private static final String[] REPLACEMENTS = {
    "$1",
    "${1}",
    "$2$1",
    "$0",
    "${n}",
    "$n-$1",
    "$1_x",
    "${1}_x",
    "a",
    "ab",
    "",
    "x",
    "$$",
    "${1",
    "__meta_$1",
    "b$1",
    "$3"
  };
  private static final String[] TARGETS = {
    "a", "b", "ab", "__meta_a", "${1}", "a$1", "${n}b", "x_$2", "$1_x", "日"
  };

  @Provide
  Arbitrary<String> regex() {
    Arbitrary<String> sequence =
        Arbitraries.of(FRAGMENTS).list().ofMinSize(1).ofMaxSize(4).map(f -> String.join("", f));
    Arbitrary<String> nested = sequence.flatMap(this::around);
    Arbitrary<String> piece = Arbitraries.frequencyOf(tuple(3, sequence), tuple(1, nested));
    Arbitrary<String> alternatives =
        piece.list().ofMinSize(1).ofMaxSize(3).map(p -> String.join("|", p));
    Arbitrary<String> plain =
        Arbitraries.of("x", "(.*)", ".*", ".+", "x|y", "(x|y)", "__meta_(.+)", "x)|(y", "a)|(b*");
    return Arbitraries.frequencyOf(tuple(3, alternatives), tuple(2, plain));
  }

  private Arbitrary<String> around(String inner) {
    return Arbitraries.of(
        "(" + inner + ")", "(?:" + inner + ")?", "(" + inner + ")?", "(" + inner + ")*");
  }

  private static <T> Tuple2<Integer, T> tuple(int weight, T value) {
    return Tuple.of(weight, value);
  }

  @Provide
  Arbitrary<RelabelSpec> spec() {
    Arbitrary<List<String>> sources = Arbitraries.of(NAMES).list().ofMaxSize(3);
    Arbitrary<String> separator = Arbitraries.of(";", "", "x", ":").injectNull(0.6);
    return Combinators.combine(
            sources.injectNull(0.2),
            separator,
            regex().injectNull(0.3),
            Arbitraries.of(1L, 2L, 7L, -1L).injectNull(0.5),
            Arbitraries.of(TARGETS).injectNull(0.1),
            Arbitraries.of(REPLACEMENTS).injectNull(0.4),
            Arbitraries.of(RelabelRule.Action.class))
        .as(PlanPropertyTest::specFor);
  }

  /** Leaves out what the action refuses, so that most rules are valid. */
  private static RelabelSpec specFor(
      @Nullable List<String> sources,
      @Nullable String separator,
      @Nullable String regex,
      @Nullable Long modulus,
      @Nullable String target,
      @Nullable String replacement,
      RelabelRule.Action action) {
    return switch (action) {
      case LABELDROP, LABELKEEP ->
          new RelabelSpec(null, null, regex, null, null, null, action.text(), null);
      case KEEPEQUAL, DROPEQUAL ->
          new RelabelSpec(sources, null, null, null, target, null, action.text(), null);
      case LOWERCASE, UPPERCASE ->
          new RelabelSpec(sources, separator, regex, null, target, null, action.text(), null);
      default ->
          new RelabelSpec(
              sources, separator, regex, modulus, target, replacement, action.text(), null);
    };
  }

  @Provide
  Arbitrary<Labels> labels() {
    return Arbitraries.maps(Arbitraries.of(NAMES), Arbitraries.of(VALUES))
        .ofMaxSize(8)
        .map(Labels::of);
  }

  @Property(tries = 4000)
  void thePlanGivesWhatTheReferenceGives(
      @ForAll("specs") List<RelabelSpec> specs,
      @ForAll("labelSets") List<Labels> targets,
      @ForAll NameValidation names) {
    List<RelabelRule> rules = new ArrayList<>();
    for (RelabelSpec spec : specs) {
      RelabelRule.compile(spec, names, (field, problem) -> {}).ifPresent(rules::add);
    }
    Relabeler relabeler = new Relabeler(rules);
    for (Labels labels : targets) {
      Optional<Labels> expected = ReferenceRelabeler.apply(rules, labels);
      Statistics.collect(expected.isPresent() ? "kept" : "dropped");
      for (int again = 0; again < 2; again++) {
        assertThat(Optional.ofNullable(relabeler.apply(LabelView.of(labels))))
            .as("%s on %s", rules, labels)
            .isEqualTo(expected);
      }
      assertThat(RelabelTrace.of(rules, labels).result())
          .as("trace of %s on %s", rules, labels)
          .isEqualTo(expected);
    }
  }

  @Property(tries = 2000)
  void eachStepOfATraceIsThatOfTheReference(
      @ForAll("specs") List<RelabelSpec> specs,
      @ForAll("labels") Labels labels,
      @ForAll NameValidation names) {
    List<RelabelRule> rules = new ArrayList<>();
    for (RelabelSpec spec : specs) {
      RelabelRule.compile(spec, names, (field, problem) -> {}).ifPresent(rules::add);
    }
    Map<String, String> set = new TreeMap<>();
    LabelView.of(labels).forEach(set::put);
    for (RelabelTrace.Step step : RelabelTrace.of(rules, labels).steps()) {
      assertThat(step.before()).isEqualTo(Labels.of(set));
      assertThat(step.value()).isEqualTo(ReferenceRelabeler.value(step.rule(), set));
      assertThat(step.kept()).isEqualTo(ReferenceRelabeler.apply(step.rule(), set));
      assertThat(step.after()).isEqualTo(Labels.of(set));
    }
  }

  @Provide
  Arbitrary<List<RelabelSpec>> specs() {
    return spec().list().ofMaxSize(6);
  }

  @Provide
  Arbitrary<List<Labels>> labelSets() {
    return labels().list().ofMinSize(1).ofMaxSize(5);
  }

  @Property(tries = 4000)
  void cheapMatchersFindWhatTheEngineFinds(
      @ForAll("simpleRegex") String text, @ForAll("values") List<String> values)
      throws RegexException {
    Regex regex = Regex.compile(text);
    ValueMatcher withGroups = ValueMatcher.of(regex, true);
    ValueMatcher without = ValueMatcher.of(regex, false);
    Statistics.collect(without.isCheap() ? "cheap" : "engine");
    for (String value : values) {
      int[] expected = regex.find(value, 0);
      int[] groups = new int[2 * regex.groupNames().size()];

      assertThat(without.matches(value)).as("%s on %s", text, value).isEqualTo(expected != null);
      assertThat(withGroups.find(value, groups) ? groups : null)
          .as("%s on %s", text, value)
          .isEqualTo(expected);
    }
  }

  @Provide
  Arbitrary<String> simpleRegex() {
    Arbitrary<String> sequence =
        Arbitraries.of(
                "a", "b", "ab", "-", "\\.", ".*", ".+", ".*?", "(.*)", "(.+)", "[ab]", "a?", "b??",
                "")
            .list()
            .ofMaxSize(4)
            .map(pieces -> String.join("", pieces));
    Arbitrary<String> grouped =
        Combinators.combine(
                sequence,
                sequence,
                sequence,
                Arbitraries.of("(", "(?:", "(?P<n>"),
                Arbitraries.of(")", ")?", ")??"))
            .as((before, a, b, open, close) -> before + open + a + "|" + b + close);
    return Arbitraries.oneOf(sequence, grouped, grouped.flatMap(g -> sequence.map(s -> g + s)));
  }

  @Provide
  Arbitrary<List<String>> values() {
    return Arbitraries.of("a", "b", "-", ".", "𐐀", "\n")
        .list()
        .ofMaxSize(6)
        .map(letters -> String.join("", letters))
        .list()
        .ofSize(6);
  }
}
