package io.promdisco.relabel;

import static io.promdisco.relabel.RuleFixtures.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.model.Labels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Rules and labels that try to use all memory or all time. Without the limits, or with quadratic
 * steps, these tests would take hours or end in an {@link OutOfMemoryError}.
 */
@Timeout(600)
class HostileRulesTest {
  private static final RelabelRule DOUBLE =
      rule("replace").sources("a").target("a").replacement("$1$1").compile();
  private static final RelabelRule NAMES =
      rule("labelmap").regex("(.+)").replacement("${1}_x").compile();

  /** The error of both evaluators, which must be the same. */
  private static String failure(List<RelabelRule> rules, Labels labels) {
    String[] messages = new String[2];
    assertThatThrownBy(() -> new Relabeler(rules).apply(LabelView.of(labels)))
        .isInstanceOf(RelabelLimitException.class)
        .satisfies(e -> messages[0] = e.getMessage());
    assertThatThrownBy(() -> ReferenceRelabeler.apply(rules, labels))
        .isInstanceOf(RelabelLimitException.class)
        .satisfies(e -> messages[1] = e.getMessage());
    assertThat(messages[0]).isEqualTo(messages[1]);
    return messages[0];
  }

  private static void same(List<RelabelRule> rules, Labels labels, Optional<Labels> expected) {
    assertThat(Optional.ofNullable(new Relabeler(rules).apply(LabelView.of(labels))))
        .isEqualTo(expected);
    assertThat(ReferenceRelabeler.apply(rules, labels)).isEqualTo(expected);
  }

  @Test
  void aValueThatDoublesAgainAndAgainFailsTheTargetAtItsRule() {
    List<RelabelRule> rules = Collections.nCopies(40, DOUBLE);
    assertThat(failure(rules, Labels.of("a", "x")))
        .isEqualTo(
            "relabel_configs[20]: replace: what the rule writes would have more than 1048576"
                + " characters (expected: fewer)");
    same(
        rules.subList(0, 20),
        Labels.of("a", "x"),
        Optional.of(Labels.of("a", "x".repeat(1 << 20))));
  }

  @Test
  void labelmapsThatDoubleTheLabelsAgainAndAgainFailTheTargetAtTheirRule() {
    Labels.Builder labels = Labels.builder();
    for (int i = 0; i < 100; i++) {
      labels.set("l" + i, "v");
    }
    List<RelabelRule> rules = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rules.add(rule("labelmap").regex("(.+)").replacement("${1}_" + i).compile());
    }
    assertThat(failure(rules, labels.build()))
        .isEqualTo(
            "relabel_configs[9]: labelmap: the target would have more than 100000 labels (expected:"
                + " fewer)");
  }

  @Test
  void namesThatGrowFailTheTarget() {
    RelabelRule longer =
        rule("labelmap").regex("(.+)").replacement("$1".repeat(1000) + "x").compile();
    assertThat(failure(Collections.nCopies(3, longer), Labels.of("abcdefgh", "v")))
        .startsWith("relabel_configs[1]: labelmap: what the rule writes would have more than");
    Labels.Builder many = Labels.builder();
    for (int i = 0; i < 2_000; i++) {
      many.set("label_" + i, "v");
    }
    RelabelRule wide = rule("labelmap").regex("(.+)").replacement("$1".repeat(1000)).compile();
    assertThat(failure(List.of(wide), many.build()))
        .startsWith("relabel_configs[0]: labelmap: the names of the target's labels");
  }

  @Test
  void oneTemplateAndOneJoinMakeNoHugeText() {
    Labels large = Labels.of("a", "x".repeat(1 << 20), "b", "");
    RelabelRule template =
        rule("replace").sources("a").target("b").replacement("$1".repeat(100_000)).compile();
    assertThat(failure(List.of(template), large)).contains("what the rule writes");
    String[] sources = Collections.nCopies(100_000, "a").toArray(new String[0]);
    for (String action : List.of("keep", "drop", "replace")) {
      RuleFixtures join = rule(action).sources(sources);
      RelabelRule joined = (action.equals("replace") ? join.target("b") : join).compile();
      assertThat(failure(List.of(joined), large))
          .contains("the joined values of the source labels");
    }
    RelabelRule upper = rule("uppercase").sources("a").target("b").compile();
    assertThat(failure(List.of(upper), Labels.of("a", "x".repeat((1 << 20) + 1))))
        .startsWith("relabel_configs[0]: uppercase");
  }

  @Test
  void aRuleThatWouldWriteTooMuchChangesNothingAndALaterRuleMayDropTheTarget() {
    RelabelRule early = rule("drop").sources("b").regex("y").compile();
    RelabelRule late = rule("drop").sources("a").regex("x{32}").compile();
    List<RelabelRule> grow = new ArrayList<>(Collections.nCopies(5, DOUBLE));
    grow.add(rule("replace").sources("a").target("a").replacement("$1".repeat(100_000)).compile());
    List<RelabelRule> rules = new ArrayList<>(grow);
    rules.add(early);
    same(rules, Labels.of("a", "x", "b", "y"), Optional.empty());
    assertThat(failure(rules, Labels.of("a", "x", "b", "z"))).startsWith("relabel_configs[5]");
    grow.add(late);
    same(grow, Labels.of("a", "x"), Optional.empty());
    RelabelTrace trace = RelabelTrace.of(grow, Labels.of("a", "x"));
    assertThat(trace.steps().get(5).problem()).contains("what the rule writes");
    assertThat(trace.steps().get(5).changed()).isFalse();
    assertThat(trace.dropped()).isPresent();
  }

  @Test
  void labelsThatWereDiscoveredHaveNoLimit() {
    Labels.Builder labels = Labels.builder();
    for (int i = 0; i < 150_000; i++) {
      labels.set("l" + i, "v");
    }
    labels.set("large", "x".repeat(2 << 20));
    Labels all = labels.build();
    RelabelRule same = rule("labelmap").regex("(.+)").compile();
    same(List.of(same), all, Optional.of(all));
    assertThat(failure(List.of(NAMES), all)).contains("100000 labels");
  }

  /** A hundred thousand names in random order, half of them with the same hash. */
  private static Labels many() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 25_000; i++) {
      names.add("name_" + i);
      StringBuilder name = new StringBuilder();
      for (int bit = 0; bit < 15; bit++) {
        name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      names.add(name.toString());
    }
    Collections.shuffle(names, new Random(1));
    Labels.Builder labels = Labels.builder();
    for (String name : names) {
      labels.set(name, "v");
    }
    return labels.build();
  }

  @Test
  void everyRuleTakesTimeInProportionToTheLabels() {
    Labels labels = many();
    assertThat(labels.size()).isEqualTo(50_000);
    List<RelabelRule> rules = new ArrayList<>();
    rules.add(NAMES);
    rules.add(rule("labeldrop").regex(".*_x").compile());
    rules.add(rule("labelmap").regex("(.+)").compile());
    rules.add(rule("labelkeep").regex("(.+)").compile());
    rules.add(rule("replace").target("new").replacement("v").compile());
    for (int i = 0; i < 5; i++) {
      rules.add(rule("labelmap").regex("(.+)").replacement("all" + i).compile());
    }
    Labels after = new Relabeler(rules).apply(LabelView.of(labels));
    assertThat(after).isNotNull();
    assertThat(Optional.of(after)).isEqualTo(ReferenceRelabeler.apply(rules, labels));
    assertThat(after.size()).isEqualTo(50_006);
  }

  @Test
  @Timeout(20)
  void longLiteralsAreCompiledInLinearTime() throws RegexException {
    Regex.compile("a".repeat(300_000));
    Regex.compile("\\Q" + "a.".repeat(150_000) + "\\E");
  }

  @Test
  void longLiteralsMatchAsTheyAreWritten() throws RegexException {
    String text = "a.\ud83d\ude00".repeat(1_001);
    Regex quoted = Regex.compile("\\Q" + text + "\\E+(c+)");
    assertThat(quoted.matches(text + "\ud83d\ude00c")).isTrue();
    assertThat(quoted.matches(text + "ac")).isFalse();
    Regex plain = Regex.compile(text + "+(c+)|" + text + "?");
    assertThat(plain.find(text + "\ud83d\ude00cc", 0))
        .containsExactly(0, text.length() + 4, text.length() + 2, text.length() + 4);
    assertThat(plain.matches(text.substring(0, text.length() - 2))).isTrue();
    assertThat(plain.matches(text.substring(1))).isFalse();
  }

  @Test
  void classesOfUnicodeAreLimitedInNumber() throws RegexException {
    assertThat(Regex.compile("\\pL".repeat(60)).matches("é".repeat(60))).isTrue();
    for (String many :
        List.of(
            "\\pL".repeat(90_000),
            "\\P{Greek}".repeat(90_000),
            "[\\pL\\PN]".repeat(90_000),
            "(?i)[\\pL]".repeat(90_000),
            "(?i)" + "\\pL".repeat(90_000))) {
      assertThatThrownBy(() -> Regex.compile(many))
          .hasMessage("error parsing regexp: expression too large");
    }
  }

  /** Steps that copy what was read before take minutes. */
  @Test
  void longLiteralsAreReadInLinearTime() throws RegexException {
    int length = 1 << 20;
    for (String part : List.of("[b]", "\\.", "b", "()", "(?:b)", "(b)")) {
      String regex = part.repeat(length / part.length());
      LiteralPattern.pathsOf(regex);
      LiteralPattern.pathsOf("[ab]{0}[ab][ab][ab][ab][ab]" + regex);
    }
    assertThat(LiteralPattern.pathsOf("[b]".repeat(length))).hasSize(1);
  }
}
