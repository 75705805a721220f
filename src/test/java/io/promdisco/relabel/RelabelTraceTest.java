package io.promdisco.relabel;

import static io.promdisco.relabel.RuleFixtures.rule;
import static io.promdisco.relabel.RuleFixtures.withoutAction;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelabelTraceTest {
  private static final Labels LABELS = Labels.of("a", "x", "b", "y", "c", "");
  private static final RelabelRule COPY = withoutAction().sources("a", "b").target("b").compile();
  private static final RelabelRule REMOVE = rule("labeldrop").regex("a").compile();
  private static final RelabelRule DROP = rule("drop").sources("b").regex("x;y").compile();

  @Test
  void eachRuleThatWasReachedHasAStep() {
    RelabelTrace trace = RelabelTrace.of(List.of(COPY, REMOVE, DROP, COPY), LABELS);

    assertThat(trace.steps()).extracting(RelabelTrace.Step::index).containsExactly(0, 1, 2);
    RelabelTrace.Step copy = trace.steps().get(0);
    assertThat(copy.rule()).isEqualTo(COPY);
    assertThat(copy.value()).isEqualTo("x;y");
    assertThat(copy.before()).isEqualTo(Labels.of("a", "x", "b", "y"));
    assertThat(copy.after()).isEqualTo(Labels.of("a", "x", "b", "x;y"));
    assertThat(copy.changedNames()).containsExactly("b");
    assertThat(trace.steps().get(1).changedNames()).containsExactly("a");
  }

  @Test
  void namesTheRuleThatDroppedTheTarget() {
    RelabelTrace trace = RelabelTrace.of(List.of(COPY, DROP), LABELS);

    assertThat(trace.result()).isEmpty();
    assertThat(trace.dropped())
        .hasValueSatisfying(
            step -> {
              assertThat(step.rule()).isEqualTo(DROP);
              assertThat(step.value()).isEqualTo("x;y");
              assertThat(step.changed()).isFalse();
            });
  }

  @Test
  void aTargetThatIsKeptHasAResult() {
    RelabelTrace trace = RelabelTrace.of(List.of(REMOVE), LABELS);

    assertThat(trace.dropped()).isEmpty();
    assertThat(trace.result()).contains(Labels.of("b", "y"));
    assertThat(RelabelTrace.of(List.of(), LABELS).result()).contains(Labels.of("a", "x", "b", "y"));
  }
}
