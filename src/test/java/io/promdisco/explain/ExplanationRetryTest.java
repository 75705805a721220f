package io.promdisco.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.explain.Absence.Reason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationRetryTest {
  private final List<String> events = new ArrayList<>();

  private static Explanation answer(Reason why) {
    Absence absence = Absence.of(why, "reason");
    return new Explanation(
        ExplainQuery.parse("pod/shop/web-0"),
        List.of(new JobExplanation("pods", 0, 0, 0, List.of(), List.of(absence), List.of())),
        List.of(),
        List.of());
  }

  private Explanation look(int most, Reason... answers) throws InterruptedException {
    List<Reason> left = new ArrayList<>(List.of(answers));
    return ExplanationRetry.run(
        () -> {
          events.add("look");
          return answer(left.remove(0));
        },
        most,
        () -> events.add("pause"));
  }

  @Test
  void aClearAnswerNeedsOneAttempt() throws InterruptedException {
    assertThat(look(5, Reason.NO_ADDRESS).unclear()).isFalse();
    assertThat(events).containsExactly("look");
  }

  @Test
  void anUnclearAnswerIsRepeatedUntilItIsClear() throws InterruptedException {
    assertThat(look(5, Reason.UNCLEAR, Reason.UNCLEAR, Reason.SELECTOR).unclear()).isFalse();
    assertThat(events).containsExactly("look", "pause", "look", "pause", "look");
  }

  @Test
  void theNumberOfAttemptsIsLimited() throws InterruptedException {
    assertThat(look(2, Reason.UNCLEAR, Reason.UNCLEAR).unclear()).isTrue();
    assertThat(events).containsExactly("look", "pause", "look");
  }
}
