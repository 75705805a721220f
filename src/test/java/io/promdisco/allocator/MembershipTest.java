package io.promdisco.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.allocation.Allocation;
import io.promdisco.allocation.Collector;
import io.promdisco.testing.ManualTicker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which collectors take targets, as their pods come, change and go. */
class MembershipTest {
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final ManualTicker ticker = new ManualTicker();
  private final Membership membership =
      new Membership(Allocation.Strategy.CONSISTENT_HASHING, GRACE, ticker::nanos);

  private void ready(String... names) {
    for (String name : names) {
      membership.found(new Collector(name, ""), true);
    }
  }

  private void notReady(String name) {
    membership.found(new Collector(name, ""), false);
  }

  private Membership.State ask(String name) {
    return membership.asked(name, Polling.prometheus(Duration.ofSeconds(20)));
  }

  private void pass(int seconds) {
    ticker.advance(Duration.ofSeconds(seconds));
  }

  private List<String> members() {
    return membership.allocation().collectors().stream().map(Collector::name).toList();
  }

  private void start(String... names) {
    ready(names);
    membership.synced();
  }

  @Test
  void nobodyIsAMemberBeforeAllAreKnown() {
    ready("a");
    pass(60);
    assertThat(members()).isEmpty();
    assertThat(membership.isSynced()).isFalse();
    ready("b");
    membership.synced();
    assertThat(members()).containsExactly("a", "b");
  }

  @Test
  void joinsWithinFiveSecondsCountAsOne() {
    start("a");
    ready("b");
    pass(3);
    ready("c");
    assertThat(members()).containsExactly("a");
    assertThat(ask("b")).isEqualTo(Membership.State.JOINING);
    pass(2);
    assertThat(members()).containsExactly("a", "b", "c");
    assertThat(ask("b")).isEqualTo(Membership.State.MEMBER);
  }

  @Test
  void theFirstCollectorJoinsAtOnce() {
    start();
    ready("a");
    assertThat(members()).containsExactly("a");
  }

  @Test
  void aCollectorThatAsksJoinsThoughItsPodIsNotReady() {
    start("a");
    notReady("b");
    pass(60);
    assertThat(members()).containsExactly("a");
    assertThat(ask("b")).isEqualTo(Membership.State.JOINING);
    pass(5);
    assertThat(members()).containsExactly("a", "b");
  }

  @Test
  void anUnknownCollectorDoesNotJoin() {
    start("a");
    assertThat(ask("nobody")).isEqualTo(Membership.State.UNKNOWN);
    pass(60);
    assertThat(members()).containsExactly("a");
  }

  @Test
  void aPodThatIsDeletedLeavesAfterFiveSeconds() {
    start("a", "b");
    membership.lost("b");
    pass(4);
    assertThat(members()).containsExactly("a", "b");
    pass(1);
    assertThat(members()).containsExactly("a");
  }

  @Test
  void aPodThatIsReplacedUnderItsNameMovesNothing() {
    start("a", "b");
    Allocation before = membership.allocation();
    membership.lost("b");
    pass(2);
    notReady("b");
    pass(25);
    ready("b");
    pass(60);
    assertThat(membership.allocation()).isSameAs(before);
  }

  @Test
  void aPodThatIsNotReadyLeavesAfterTheGracePeriodIfItIsSilent() {
    start("a", "b");
    notReady("b");
    pass(29);
    assertThat(members()).containsExactly("a", "b");
    pass(1);
    assertThat(members()).containsExactly("a");
  }

  @Test
  void aPodThatIsNotReadyStaysWhileItAsks() {
    start("a", "b");
    notReady("b");
    for (int i = 0; i < 10; i++) {
      pass(20);
      assertThat(ask("b")).isEqualTo(Membership.State.MEMBER);
    }
    pass(39);
    assertThat(members()).containsExactly("a", "b");
    pass(1);
    assertThat(members()).containsExactly("a");
  }

  @Test
  void aPodThatIsReadyAgainInTimeStays() {
    start("a", "b");
    Allocation before = membership.allocation();
    notReady("b");
    pass(20);
    ready("b");
    pass(100);
    assertThat(membership.allocation()).isSameAs(before);
  }

  @Test
  void allMayLeaveAndComeBack() {
    start("a", "b");
    membership.lost("a");
    membership.lost("b");
    pass(5);
    assertThat(members()).isEmpty();
    ready("c");
    assertThat(members()).containsExactly("c");
  }

  @Test
  void aFixedListIsThereAtOnceAndForGood() {
    Membership fixed =
        Membership.of(Allocation.Strategy.CONSISTENT_HASHING, List.of("x", "y"), ticker::nanos);
    pass(100_000);
    assertThat(fixed.isSynced()).isTrue();
    assertThat(fixed.allocation().collectors()).hasSize(2);
    assertThat(fixed.asked("x", null)).isEqualTo(Membership.State.MEMBER);
    assertThat(fixed.polling("x")).isEqualTo(Polling.UNKNOWN);
  }

  @Test
  void theAnnouncedIntervalIsRemembered() {
    start("a");
    ask("a");
    Polling announced = new Polling(Duration.ofSeconds(20), Duration.ofSeconds(35));
    assertThat(membership.polling("a")).isEqualTo(announced);
    membership.asked("a", null);
    assertThat(membership.polling("a")).isEqualTo(announced);
  }

  @Test
  void aProgramThatIsNotPrometheusMayNeedTwoIntervalsMore() {
    assertThat(Polling.other(Duration.ofSeconds(20)))
        .isEqualTo(new Polling(Duration.ofSeconds(20), Duration.ofSeconds(75)));
    assertThat(Polling.UNKNOWN)
        .isEqualTo(new Polling(Duration.ofSeconds(30), Duration.ofSeconds(105)));
  }

  @Test
  void twoProgramsOfOneNameAreOneCollector() {
    start("a", "b");
    Allocation before = membership.allocation();
    for (int i = 0; i < 10; i++) {
      pass(1);
      assertThat(membership.asked("a", Polling.prometheus(Duration.ofSeconds(5))))
          .isEqualTo(Membership.State.MEMBER);
      assertThat(membership.asked("a", Polling.other(Duration.ofSeconds(60))))
          .isEqualTo(Membership.State.MEMBER);
    }
    assertThat(membership.allocation()).isSameAs(before);
    assertThat(membership.discovered()).isEqualTo(2);
  }

  @Test
  void announcedIntervalThatWouldDelayMovesForHoursIsCut() {
    start("a");
    membership.asked("a", Polling.prometheus(Duration.ofSeconds(9999)));
    assertThat(membership.polling("a")).isEqualTo(Polling.prometheus(Polling.LONGEST_REFRESH));
  }
}
