package io.promdisco.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.explain.Absence.Why;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationRetryTest {
  private final List<String> events = new ArrayList<>();

  private static Explanation answer(Why why) {
    Absence absence = Absence.of(why, "reason");
    return new Explanation(
        Query.parse("pod/shop/web-0"),
        List.of(new JobAnswer("pods", 0, 0, 0, List.of(), List.of(absence))),
        List.of(),
        List.of());
  }

  private Explanation look(int most, Why... answers) throws InterruptedException {
    List<Why> left = new ArrayList<>(List.of(answers));
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
    assertThat(look(5, Why.NO_ADDRESS).unclear()).isFalse();
    assertThat(events).containsExactly("look");
  }

  @Test
  void anUnclearAnswerIsRepeatedUntilItIsClear() throws InterruptedException {
    assertThat(look(5, Why.UNCLEAR, Why.UNCLEAR, Why.SELECTOR).unclear()).isFalse();
    assertThat(events).containsExactly("look", "pause", "look", "pause", "look");
  }

  @Test
  void theNumberOfAttemptsIsLimited() throws InterruptedException {
    assertThat(look(2, Why.UNCLEAR, Why.UNCLEAR).unclear()).isTrue();
    assertThat(events).containsExactly("look", "pause", "look");
  }
}
