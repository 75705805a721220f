package io.promdisco.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AnswerMemoryTest {
  private static final int SIZE = 100 << 10;

  private final AnswerMemory memory = new AnswerMemory(2 * SIZE);

  private static final class Answer implements AnswerMemory.Holder {
    boolean cut;

    @Override
    public void cut(Throwable cause) {
      cut = true;
    }
  }

  private Answer holding(Object thing) {
    Answer answer = new Answer();
    memory.hold(answer, thing, SIZE);
    return answer;
  }

  @Test
  void readersOfTheOldestDocumentAreCut() {
    byte[] first = new byte[1];
    Answer one = holding(first);
    Answer another = holding(first);
    assertThat(memory.total()).as("shared").isEqualTo(SIZE);
    Answer second = holding(new byte[1]);
    assertThat(one.cut || another.cut || second.cut).isFalse();

    Answer third = holding(new byte[1]);
    assertThat(one.cut && another.cut).isTrue();
    assertThat(second.cut || third.cut).isFalse();
    assertThat(memory.total()).isEqualTo(2 * SIZE);
  }

  @Test
  void releasedAnswersAreNotCounted() {
    Answer first = holding(new byte[1]);
    memory.release(first);
    memory.release(first);
    Answer second = holding(new byte[1]);
    Answer third = holding(new byte[1]);
    assertThat(second.cut || third.cut).isFalse();
  }

  @Test
  void anAnswerIsNotEndedForItsOwnMemory() {
    Answer answer = holding(new byte[1]);
    memory.hold(answer, new byte[1], 10 * SIZE);
    assertThat(answer.cut).isFalse();
  }

  @Test
  void countsWhatAnObjectHasGrown() {
    Answer first = holding(new byte[1]);
    Answer second = new Answer();
    byte[] growing = new byte[1];
    memory.hold(second, growing, SIZE);
    assertThat(first.cut).isFalse();

    memory.hold(second, growing, SIZE + 1);
    assertThat(first.cut).isTrue();
    assertThat(memory.total()).isEqualTo(SIZE + 1);
    memory.release(second);
    assertThat(memory.total()).isZero();
  }
}
