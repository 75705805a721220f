package io.promdisco.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.allocation.Holders.Handover;
import org.junit.jupiter.api.Test;

/** Who has a target while it moves. Times are in nanoseconds. */
class HoldersTest {
  /** Clocks may begin anywhere, also shortly before they overflow. */
  private static final long START = Long.valueOf(Long.MAX_VALUE - 5);

  private static final long WAIT = 30;

  private static Holders move(Holders from, Handover how, String to, long after) {
    return from.moved(how, to, true, WAIT, START + after);
  }

  @Test
  void theFirstOwnerHasTheTargetAtOnce() {
    Holders first = Holders.of("a", START);
    assertThat(first.at(START)).containsExactly("a");
    assertThat(first.changesIn(START)).isZero();
  }

  @Test
  void gaplessTheOldOwnerKeepsTheTargetForAWhile() {
    Holders moved = move(Holders.of("a", START), Handover.GAPLESS, "b", 0);
    assertThat(moved.at(START)).containsExactly("b", "a");
    assertThat(moved.at(START + WAIT - 1)).containsExactly("b", "a");
    assertThat(moved.at(START + WAIT)).containsExactly("b");
    assertThat(moved.changesIn(START)).isEqualTo(WAIT);
    assertThat(moved.changesIn(START + WAIT)).isZero();
  }

  @Test
  void exclusiveTheNewOwnerWaits() {
    Holders moved = move(Holders.of("a", START), Handover.EXCLUSIVE, "b", 0);
    assertThat(moved.at(START)).isEmpty();
    assertThat(moved.at(START + WAIT)).containsExactly("b");
    assertThat(moved.changesIn(START + 10)).isEqualTo(WAIT - 10);
    assertThat(moved.changesIn(START + WAIT)).isZero();
  }

  @Test
  void gaplessTwoMovesAreKeptApart() {
    Holders moved = move(Holders.of("a", START), Handover.GAPLESS, "b", 0);
    moved = move(moved, Handover.GAPLESS, "c", 10);
    assertThat(moved.at(START + 10)).containsExactly("c", "a", "b");
    assertThat(moved.at(START + WAIT)).containsExactly("c", "b");
    assertThat(moved.at(START + WAIT + 10)).containsExactly("c");
  }

  @Test
  void gaplessAMoveBackNamesTheOwnerOnce() {
    Holders moved = move(Holders.of("a", START), Handover.GAPLESS, "b", 0);
    moved = move(moved, Handover.GAPLESS, "a", 10);
    assertThat(moved.at(START + 10)).containsExactly("a", "b");
    assertThat(moved.at(START + WAIT + 10)).containsExactly("a");
  }

  @Test
  void nobodyWaitsForAnOwnerThatIsGone() {
    for (Handover how : Handover.values()) {
      Holders moved = Holders.of("a", START).moved(how, "b", false, WAIT, START);
      assertThat(moved.at(START)).containsExactly("b");
    }
  }

  @Test
  void exclusiveAnOwnerThatNeverHadTheTargetDoesNotShortenTheWait() {
    Holders moved = move(Holders.of("a", START), Handover.EXCLUSIVE, "b", 0);
    moved = moved.moved(Handover.EXCLUSIVE, "c", false, WAIT, START + 10);
    assertThat(moved.at(START + 10)).isEmpty();
    assertThat(moved.at(START + WAIT)).containsExactly("c");
  }

  @Test
  void theFirstCollectorGetsATargetWithoutOwnerAtOnce() {
    for (Handover how : Handover.values()) {
      Holders moved = move(Holders.of(null, START), how, "a", 3);
      assertThat(moved.at(START + 3)).containsExactly("a");
    }
  }
}
