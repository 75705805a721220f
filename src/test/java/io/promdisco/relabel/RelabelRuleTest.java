package io.promdisco.relabel;

import static io.promdisco.relabel.RuleFixtures.rule;
import static io.promdisco.relabel.RuleFixtures.withoutAction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.model.NameValidation;
import io.promdisco.model.Position;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelabelRuleTest {
  /** Each problem must begin like this, and there must be no others. */
  private static void assertProblems(RuleFixtures rule, String... beginnings) {
    ListAssert<String> problems = assertThat(rule.problems()).hasSize(beginnings.length);
    for (String beginning : beginnings) {
      problems.anyMatch(problem -> problem.startsWith(beginning));
    }
  }

  @Test
  void whatIsNotWrittenHasItsDefault() {
    RelabelRule rule = withoutAction().target("b").compile();

    assertThat(rule.action()).isEqualTo(RelabelRule.Action.REPLACE);
    assertThat(rule.sourceLabels()).isEmpty();
    assertThat(rule.separator()).isEqualTo(";");
    assertThat(rule.regex()).isEqualTo("(.*)");
    assertThat(rule.modulus()).isZero();
    assertThat(rule.replacement()).isEqualTo("$1");
    assertThat(rule.position()).isEmpty();
    assertThat(rule).hasToString("replace target_label=b");
  }

  @Test
  void anActionMayBeWrittenInAnyCase() {
    assertThat(rule("KeepEqual").target("b").compile().action())
        .isEqualTo(RelabelRule.Action.KEEPEQUAL);
  }

  @Test
  void theErrorForAnUnknownActionListsAllActions() {
    assertThat(rule("keep_equal").problems())
        .singleElement()
        .asString()
        .startsWith("action: unknown relabel action \"keep_equal\" (expected: one of replace, ")
        .contains("dropequal");
  }

  @Test
  void everyProblemOfARuleIsReported() {
    assertProblems(
        rule("hashmod").sources("a").regex("("),
        "regex: error parsing regexp: missing closing )",
        "modulus: relabel configuration for hashmod requires non-zero modulus",
        "target_label: relabel configuration for hashmod action requires 'target_label' value");
    assertProblems(
        rule("keepequal").target("b").replacement("x").regex("(.*)"),
        "replacement: 'replacement' can not be set for keepequal action",
        ": keepequal action requires only 'source_labels' and `target_label`, and no other fields");
  }

  @Test
  void aRuleThatIsBuiltReadsNoLabelWithoutAName() {
    RelabelRule.Builder rule =
        RelabelRule.builder().sourceLabels("a", "").targetLabel("b").replacement("c");
    assertThatThrownBy(rule::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("source_labels: \"\" is not a valid label name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"})
  void anActionThatWritesOrComparesNeedsATarget(String action) {
    assertThat(rule(action).modulus(1).problems())
        .contains(
            "target_label: relabel configuration for "
                + action
                + " action requires 'target_label' value");
  }

  @ParameterizedTest
  @ValueSource(strings = {"keepequal", "dropequal"})
  void comparingTakesNothingButSourcesAndTarget(String action) {
    String only = ": " + action + " action requires only 'source_labels' and `target_label`";

    assertProblems(rule(action).target("b").regex("(.*)"), only);
    assertProblems(rule(action).target("b").modulus(2), only);
    assertProblems(rule(action).target("b").separator(","), only);
    assertThat(rule(action).sources("a").target("b").separator(";").replacement("$1").problems())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"labeldrop", "labelkeep"})
  void filteringNamesTakesNothingButARegex(String action) {
    String only = ": " + action + " action requires only 'regex', and no other fields";

    assertProblems(rule(action).sources(), only);
    assertProblems(rule(action).target("b"), only);
    assertProblems(rule(action).modulus(2), only);
    assertProblems(rule(action).separator(""), only);
    assertProblems(rule(action).replacement("x"), only);
    assertThat(rule(action).regex("a").separator(";").replacement("$1").modulus(0).problems())
        .isEmpty();
  }

  @Test
  void fieldsThatAnActionDoesNotUseAreIgnoredBadOnesToo() {
    assertThat(rule("keep").target("").replacement("\ud800").modulus(3).problems()).isEmpty();
    assertThat(rule("drop").target("not a name").legacy().problems()).isEmpty();
    assertThat(rule("labelmap").sources("a").target("1").separator("-").legacy().problems())
        .isEmpty();
    assertThat(rule("hashmod").target("h").modulus(1).replacement("").regex("x").problems())
        .isEmpty();
  }

  @Test
  void legacyTargetsAreWordsAndReferences() {
    for (String good : List.of("a", "_1", "a$1", "${1}", "$a$b", "a1${x}2", "$1a")) {
      assertThat(withoutAction().target(good).legacy().problems()).as(good).isEmpty();
    }
    for (String bad : List.of("0a", "a-b", "x-${1}", "${1", "$", "$$", "a$", "日", "1$1")) {
      assertProblems(
          withoutAction().target(bad).legacy(),
          "target_label: \"" + bad + "\" is invalid 'target_label' for replace action");
    }
    assertProblems(
        rule("labelmap").replacement("lbl.$1").legacy(),
        "replacement: \"lbl.$1\" is invalid 'replacement' for labelmap action");
    assertProblems(
        rule("lowercase").target("$1").legacy(),
        "target_label: \"$1\" is invalid 'target_label' for lowercase action");
  }

  @Test
  void anyTextThatIsNotEmptyIsAName() {
    assertThat(withoutAction().target("日 b-${1").problems()).isEmpty();
    assertProblems(withoutAction().target("\ud800"), "target_label: ");
    assertProblems(rule("labelmap").replacement(""), "replacement: \"\" is invalid 'replacement'");
  }

  @Test
  void rulesAreEqualWhereverTheyStand() {
    RelabelRule here = at(new Position("a.yml", 1, 2), NameValidation.UTF8);
    RelabelRule there = at(new Position("b.yml", 3, 4), NameValidation.UTF8);

    assertThat(here).isEqualTo(there).hasSameHashCodeAs(there);
    assertThat(here.position()).contains(new Position("a.yml", 1, 2));
    assertThat(here).isNotEqualTo(at(new Position("a.yml", 1, 2), NameValidation.LEGACY));
    assertThat(rule("keep").sources("a").compile())
        .isNotEqualTo(rule("keep").sources("b").compile())
        .isNotEqualTo(rule("drop").sources("a").compile());
  }

  private static RelabelRule at(Position position, NameValidation names) {
    RelabelSpec spec = new RelabelSpec(null, null, null, null, "b", null, null, position);
    Optional<RelabelRule> rule = RelabelRule.compile(spec, names, (field, problem) -> {});
    return rule.orElseThrow();
  }

  @Test
  void aRuleIsShownOnOneLine() {
    RelabelRule rule =
        rule("replace")
            .sources("a", "b")
            .separator("\n")
            .regex("\"(.)\\d\"")
            .target("c")
            .replacement("$1\u0001")
            .compile();

    assertThat(rule)
        .hasToString(
            "replace source_labels=[a, b] separator=\"\\n\" regex=\"\\\"(.)\\\\d\\\"\""
                + " target_label=c replacement=\"$1\\x01\"");
    assertThat(rule("hashmod").target("h").modulus(-1).compile())
        .hasToString("hashmod modulus=18446744073709551615 target_label=h");
  }
}
