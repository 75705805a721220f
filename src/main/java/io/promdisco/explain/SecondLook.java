package io.promdisco.explain;

/** Repeats an explanation while it is unclear, because objects may be discovered shortly. */
public final class SecondLook {
  private SecondLook() {}

  /** Reads the targets and the clusters once. */
  public interface Look {
    /** Returns the current answer. */
    Explanation explain() throws InterruptedException;
  }

  /** Waits between two attempts. */
  public interface Pause {
    /** Returns after the pause. */
    void await() throws InterruptedException;
  }

  /**
   * The first clear answer, or the last unclear one.
   *
   * @param most the largest number of attempts; 1 or more
   */
  public static Explanation at(Look look, int most, Pause pause) throws InterruptedException {
    Explanation answer = look.explain();
    for (int looks = 1; answer.unclear() && looks < most; looks++) {
      pause.await();
      answer = look.explain();
    }
    return answer;
  }
}
