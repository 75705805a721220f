package io.promdisco.explain;

/** Looks again while an answer is unclear: what is there may be about to be discovered. */
public final class SecondLook {
  private SecondLook() {}

  /** One look at the targets and the clusters. */
  public interface Look {
    /** The answer as things are now. */
    Explanation explain() throws InterruptedException;
  }

  /** Lets some time pass between two looks. */
  public interface Pause {
    /** Returns after the time. */
    void await() throws InterruptedException;
  }

  /**
   * The first clear answer, or the last unclear one.
   *
   * @param most how many looks to take at most; 1 or more
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
