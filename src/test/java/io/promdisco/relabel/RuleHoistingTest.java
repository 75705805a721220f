package io.promdisco.relabel;

import static io.promdisco.relabel.RuleFixtures.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

class RuleHoistingTest {
  private static final RelabelRule KEEP = rule("keep").sources("ns").regex("shop").compile();

  private static Optional<Set<String>> guards(RelabelRule... before) {
    List<RelabelRule> rules = new ArrayList<>(Arrays.asList(before));
    rules.add(KEEP);
    return new RuleHoisting(rules).guards(before.length);
  }

  @Test
  void ruleBehindOnesThatOnlyDecideMayBeAskedFirst() {
    assertThat(guards(rule("drop").sources("ns").regex("x").compile())).contains(Set.of());
  }

  @Test
  void ruleBehindOneThatWritesAnotherLabelMayBeAskedFirst() {
    assertThat(guards(rule("replace").sources("a").target("b").compile())).contains(Set.of());
    assertThat(guards(rule("hashmod").sources("a").target("b").modulus(2).compile()))
        .contains(Set.of());
    assertThat(guards(rule("labeldrop").regex("x.*").compile())).contains(Set.of());
    assertThat(guards(rule("labelkeep").regex("n.*").compile())).contains(Set.of());
  }

  @Test
  void ruleBehindOneThatMayWriteItsLabelWaits() {
    assertThat(guards(rule("replace").sources("a").target("ns").compile())).isEmpty();
    assertThat(guards(rule("replace").sources("a").regex("(.*)").target("${1}").compile()))
        .isEmpty();
    assertThat(guards(rule("uppercase").sources("a").target("ns").compile())).isEmpty();
    assertThat(guards(rule("labeldrop").regex("n.*").compile())).isEmpty();
    assertThat(guards(rule("labelkeep").regex("x.*").compile())).isEmpty();
    assertThat(guards(rule("labelmap").regex("x(.+)").replacement("y$1").compile())).isEmpty();
    assertThat(guards(rule("labelmap").regex("(x.+)").compile())).isEmpty();
    assertThat(guards(rule("labelmap").regex("[^x]_(.+)").compile())).isEmpty();
  }

  @Test
  void labelmapWritesFromOneOtherLabelWhichIsTheGuard() {
    assertThat(guards(rule("labelmap").regex("pod_(.+)").compile())).contains(Set.of("pod_ns"));
    assertThat(guards(rule("labelmap").regex("(?:pod|node)_(.+)_x").compile()))
        .contains(Set.of("pod_ns_x", "node_ns_x"));
    assertThat(guards(rule("labelmap").regex("(.+)").compile())).contains(Set.of());
  }

  @Test
  void guardThatAnEarlierRuleMayWriteGuardsNothing() {
    RelabelRule map = rule("labelmap").regex("pod_(.+)").compile();

    assertThat(guards(rule("replace").sources("a").target("pod_ns").compile(), map)).isEmpty();
    assertThat(guards(map, map)).contains(Set.of("pod_ns", "pod_pod_ns"));
  }

  @Test
  void requiredValuesAreThoseThatAKeepRuleAccepts() {
    RelabelRule map = rule("labelmap").regex("pod_(.+)").compile();
    RelabelRule keep = rule("keep").sources("ns", "app").regex("shop;(web|db)").compile();

    assertThat(new Relabeler(List.of(map, keep)).requiredValues())
        .containsExactly(
            new RequiredValues(
                List.of("ns", "app"),
                ";",
                Set.of("shop;web", "shop;db"),
                Set.of("pod_ns", "pod_app")));
    assertThat(
            new Relabeler(List.of(rule("keep").sources("ns").regex("s.*").compile()))
                .requiredValues())
        .isEmpty();
    assertThat(
            new Relabeler(List.of(rule("drop").sources("ns").regex("s").compile()))
                .requiredValues())
        .isEmpty();
  }

  @Provide
  Arbitrary<List<RelabelRule>> rules() {
    return Arbitraries.of(
            rule("labelmap").regex("p_(.+)").compile(),
            rule("labelmap").regex("(?:p|q)_(.*)").compile(),
            rule("labelmap").regex("(.+)").compile(),
            rule("labelmap").regex("(.+)_p").compile(),
            rule("labelmap").regex("p_(.+)").replacement("q_$1").compile(),
            rule("replace").sources("b").target("a").compile(),
            rule("replace").sources("a").target("p_a").compile(),
            rule("replace").sources("a").regex("x").target("b").replacement("").compile(),
            rule("replace").sources("a").regex("(.*)").target("${1}").replacement("y").compile(),
            rule("uppercase").sources("p_a").target("b").compile(),
            rule("labeldrop").regex("p_.*").compile(),
            rule("labelkeep").regex("a|b|p_a").compile(),
            rule("keep").sources("a").regex("x|y").compile(),
            rule("keep").sources("a", "b").regex("x;x|;y").compile(),
            rule("drop").sources("b").regex("x").compile(),
            rule("dropequal").sources("a").target("b").compile(),
            rule("keepequal").sources("p_a").target("b").compile())
        .list()
        .ofMaxSize(6);
  }

  @Provide
  Arbitrary<Labels> labels() {
    return Arbitraries.maps(
            Arbitraries.of("a", "b", "p_a", "p_b", "q_a", "p_p_a", "a_p"),
            Arbitraries.of("", "x", "y", "b"))
        .map(Labels::of);
  }

  @Property(tries = 20_000)
  void hoistedRulesDecideAsInTheirTurn(
      @ForAll("rules") List<RelabelRule> rules, @ForAll("labels") Labels labels) {
    Optional<Labels> expected = ReferenceRelabeler.apply(rules, labels);
    Statistics.collect(expected.isPresent() ? "kept" : "dropped");

    assertThat(Optional.ofNullable(new Relabeler(rules).apply(LabelView.of(labels))))
        .isEqualTo(expected);
  }

  @Property(tries = 20_000)
  void targetWithoutARequiredValueIsDropped(
      @ForAll("rules") List<RelabelRule> rules, @ForAll("labels") Labels labels) {
    for (RequiredValues demand : new Relabeler(rules).requiredValues()) {
      String value =
          String.join(
              demand.separator(), demand.sourceLabels().stream().map(labels::getOrEmpty).toList());
      boolean guarded = demand.guards().stream().anyMatch(g -> !labels.getOrEmpty(g).isEmpty());
      boolean missed = !guarded && !demand.values().contains(value);
      Statistics.collect(missed ? "missed" : "met");

      if (missed) {
        assertThat(ReferenceRelabeler.apply(rules, labels)).isEmpty();
      }
    }
  }
}
