package io.promdisco.explain;

/** Repeats a query while the answer is unclear, because objects may be discovered soon. */
public final class ExplanationRetry {
  private ExplanationRetry() {}

  /** Reads the targets and the clusters once. */
  public interface Attempt {
    /** Returns the current answer. */
    Explanation explain() throws InterruptedException;
  }

  /** Waits between two attempts. */
  public interface Pause {
    /** Returns after the pause. */
    void await() throws InterruptedException;
  }

  /**
   * Returns the first clear answer, or the last unclear one.
   *
   * @param most the maximum number of attempts; 1 or more
   */
  public static Explanation run(Attempt attempt, int most, Pause pause)
      throws InterruptedException {
    Explanation answer = attempt.explain();
    for (int attempts = 1; answer.unclear() && attempts < most; attempts++) {
      pause.await();
      answer = attempt.explain();
    }
    return answer;
  }
}
