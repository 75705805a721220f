package io.promdisco.discovery;

import static io.promdisco.discovery.GroupFixtures.gone;
import static io.promdisco.discovery.GroupFixtures.group;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TargetPoolTest {
  private final TargetPool pool = new TargetPool();

  private long configuration;

  /** Applies a new configuration, which is in force immediately. */
  private void jobs(Map<String, List<String>> sets) {
    pool.configure(++configuration, sets, Set.of());
    pool.switchAll(configuration);
  }

  private static TargetSetUpdate whole(
      String job, long configuration, int targets, Map<String, List<TargetGroup>> groups) {
    return new TargetSetUpdate(job, false, true, configuration, targets, groups);
  }

  private List<TargetSetUpdate> drain() {
    return pool.drain().updates();
  }

  private TargetSetUpdate drainOne() {
    List<TargetSetUpdate> updates = drain();
    assertThat(updates).hasSize(1);
    return updates.get(0);
  }

  @Test
  void newSetIsSentOnceEvenWithoutProviders() {
    jobs(Map.of("empty", List.of()));
    assertThat(drain()).containsExactly(whole("empty", 1, 0, Map.of()));
    assertThat(drain()).isEmpty();
  }

  @Test
  void onlyChangedGroupsTravel() {
    jobs(Map.of("web", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1"), group("b", "2:1", "2:2")));
    pool.drain();

    pool.update("k/0", List.of(group("b", "3:1")));
    TargetSetUpdate update = drainOne();
    assertThat(update.changes()).isEqualTo(Map.of("k/0", List.of(group("b", "3:1"))));
    assertThat(update.targets()).isEqualTo(2);
  }

  @Test
  void setsWhoseProvidersDidNotChangeAreNotSent() {
    jobs(Map.of("web", List.of("k/0"), "db", List.of("k/1")));
    pool.drain();
    pool.update("k/1", List.of(group("a", "1:1")));
    assertThat(drainOne().job()).isEqualTo("db");
  }

  @Test
  void groupEqualToThePresentOneMarksNothing() {
    jobs(Map.of("web", List.of("k/0")));
    assertThat(pool.update("k/0", List.of(group("a", "1:1")))).isTrue();
    pool.drain();
    assertThat(pool.update("k/0", List.of(group("a", "1:1")))).isFalse();
    assertThat(pool.update("k/0", List.of(gone("never there")))).isFalse();
    assertThat(drain()).isEmpty();
  }

  @Test
  void newestStateOfAGroupIsSentOnce() {
    jobs(Map.of("web", List.of("k/0")));
    pool.drain();
    for (int i = 0; i < 100; i++) {
      pool.update("k/0", List.of(group("a", "host:" + i)));
    }
    assertThat(drainOne().changes()).isEqualTo(Map.of("k/0", List.of(group("a", "host:99"))));
  }

  @Test
  void emptyGroupDeletesAndIsForgotten() {
    jobs(Map.of("web", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1")));
    pool.drain();
    pool.update("k/0", List.of(gone("a")));
    TargetSetUpdate update = drainOne();
    assertThat(update.changes()).isEqualTo(Map.of("k/0", List.of(gone("a"))));
    assertThat(update.targets()).isZero();
    assertThat(pool.targets("k/0")).isZero();
    assertThat(pool.read("web").groups()).isEqualTo(Map.of("k/0", List.of()));
  }

  @Test
  @SuppressWarnings("NullAway") // A discoverer may put null.
  void nullGroupsAreIgnoredAndTheOthersTaken() {
    jobs(Map.of("web", List.of("k/0")));
    pool.drain();
    assertThat(pool.update("k/0", Arrays.asList(null, group("a", "1:1"), null))).isTrue();
    assertThat(drainOne().changes()).isEqualTo(Map.of("k/0", List.of(group("a", "1:1"))));
  }

  @Test
  void changesOfAProviderAreBuiltOnceForAllItsSets() {
    Map<String, List<String>> sets = new HashMap<>();
    for (int job = 0; job < 21; job++) {
      sets.put("job-" + job, List.of("k/0"));
    }
    jobs(sets);
    pool.drain();
    List<TargetGroup> groups = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      groups.add(group("pod/shop/web-" + i, "10.0.0.1:" + i));
    }
    pool.update("k/0", groups);

    List<TargetSetUpdate> updates = drain();
    assertThat(updates).hasSize(21);
    List<TargetGroup> first = changes(updates.get(0), "k/0");
    assertThat(first).hasSize(50_000);
    for (TargetSetUpdate update : updates) {
      assertThat(changes(update, "k/0")).isSameAs(first);
    }
  }

  @Test
  void wholeOfAProviderIsBuiltOnceForAllNewSets() {
    jobs(Map.of("web", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1")));
    pool.drain();
    jobs(Map.of("web", List.of("k/0"), "db", List.of("k/0"), "mq", List.of("k/0")));
    List<TargetSetUpdate> updates = drain();
    assertThat(updates).extracting(TargetSetUpdate::job).containsExactlyInAnyOrder("db", "mq");
    assertThat(changes(updates.get(0), "k/0")).containsExactly(group("a", "1:1"));
    assertThat(changes(updates.get(0), "k/0")).isSameAs(changes(updates.get(1), "k/0"));
  }

  @Test
  void sharedChangesCannotBeAltered() {
    jobs(Map.of("web", List.of("k/0")));
    pool.drain();
    pool.update("k/0", List.of(group("a", "1:1")));
    List<TargetGroup> shared = changes(drainOne(), "k/0");
    assertThatThrownBy(shared::clear).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void setThatLosesAProviderIsSentWithWhatIsLeft() {
    jobs(Map.of("web", List.of("k/0", "k/1")));
    pool.update("k/0", List.of(group("a", "1:1")));
    pool.update("k/1", List.of(group("b", "2:1")));
    pool.drain();
    jobs(Map.of("web", List.of("k/1")));
    pool.removeProvider("k/0");
    assertThat(drainOne()).isEqualTo(whole("web", 2, 1, Map.of("k/1", List.of(group("b", "2:1")))));
  }

  @Test
  void aRemovedSetIsReportedOnceAndItsProviderIsIgnored() {
    jobs(Map.of("web", List.of("k/0")));
    pool.drain();
    jobs(Map.of());
    pool.removeProvider("k/0");
    assertThat(pool.update("k/0", List.of(group("a", "1:1")))).isFalse();
    assertThat(drain()).containsExactly(TargetSetUpdate.removal("web"));
    assertThat(drain()).isEmpty();
  }

  @Test
  void setThatWasAwayForAMomentLearnsWhatWentMeanwhile() {
    UpdateFollower follower = new UpdateFollower();
    jobs(Map.of("web", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1"), group("b", "2:1")));
    follower.onUpdates(drain());

    jobs(Map.of());
    pool.update("k/0", List.of(gone("a")));
    jobs(Map.of("web", List.of("k/0")));
    follower.onUpdates(drain());
    assertThat(follower.groups("web")).containsExactly(group("b", "2:1"));
    assertThat(follower.contradictions()).isEmpty();
  }

  @Test
  void setThatLeftAProviderForAMomentLearnsWhatWentMeanwhile() {
    UpdateFollower follower = new UpdateFollower();
    jobs(Map.of("web", List.of("k/0"), "db", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1"), group("b", "2:1")));
    follower.onUpdates(drain());

    jobs(Map.of("web", List.of(), "db", List.of("k/0")));
    pool.update("k/0", List.of(gone("a")));
    jobs(Map.of("web", List.of("k/0"), "db", List.of("k/0")));
    follower.onUpdates(drain());
    assertThat(follower.groups("web")).containsExactly(group("b", "2:1"));
    assertThat(follower.groups("db")).containsExactly(group("b", "2:1"));
    assertThat(follower.contradictions()).isEmpty();
  }

  @Test
  void whatWasPutBackIsDrainedAgainAsItIsThen() {
    jobs(Map.of("web", List.of("k/0")));
    pool.drain();
    pool.update("k/0", List.of(group("a", "1:1"), group("b", "2:1")));
    TargetPool.Drain lost = pool.drain();
    pool.update("k/0", List.of(gone("a"), group("c", "3:1")));
    pool.putBack(lost);
    TargetSetUpdate update = drainOne();
    assertThat(changes(update, "k/0"))
        .containsExactlyInAnyOrder(gone("a"), group("b", "2:1"), group("c", "3:1"));
    assertThat(update.targets()).isEqualTo(2);
  }

  @Test
  void wholeThatWasPutBackIsDrainedAgainForThatSetOnly() {
    jobs(Map.of("web", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1")));
    pool.drain();
    jobs(Map.of("web", List.of("k/0"), "late", List.of("k/0")));
    pool.putBack(pool.drain());
    assertThat(drainOne())
        .isEqualTo(whole("late", 2, 1, Map.of("k/0", List.of(group("a", "1:1")))));
  }

  @Test
  void setRemovedDuringARefusedSendLearnsOnItsReturnWhatWent() {
    UpdateFollower follower = new UpdateFollower();
    jobs(Map.of("web", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1"), group("b", "2:1")));
    follower.onUpdates(drain());

    pool.update("k/0", List.of(gone("a")));
    TargetPool.Drain refused = pool.drain();
    jobs(Map.of("db", List.of("k/0")));
    pool.putBack(refused);
    jobs(Map.of("db", List.of("k/0"), "web", List.of("k/0")));
    follower.onUpdates(drain());
    assertThat(follower.groups("web")).containsExactly(group("b", "2:1"));
    assertThat(follower.contradictions()).isEmpty();
  }

  @Test
  void changeTakenWhileNoSetHadTheProviderIsNotLostWhenTheSendIsRefused() {
    UpdateFollower follower = new UpdateFollower();
    jobs(Map.of("web", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1"), group("b", "2:1")));
    follower.onUpdates(drain());

    jobs(Map.of("web", List.of()));
    pool.update("k/0", List.of(gone("a")));
    pool.putBack(pool.drain());
    jobs(Map.of("web", List.of("k/0")));
    follower.onUpdates(drain());
    assertThat(follower.groups("web")).containsExactly(group("b", "2:1"));
    assertThat(follower.contradictions()).isEmpty();
  }

  @Test
  void removalAndEmptySetThatWerePutBackAreDrainedAgain() {
    jobs(Map.of("web", List.of("k/0")));
    pool.drain();
    jobs(Map.of("empty", List.of()));
    TargetPool.Drain lost = pool.drain();
    assertThat(lost.updates()).extracting(TargetSetUpdate::job).containsExactly("web", "empty");
    pool.putBack(lost);
    assertThat(drain()).isEqualTo(lost.updates());
  }

  @Test
  void readerIsGivenEveryGroupOfItsJob() {
    jobs(Map.of("web", List.of("k/0", "s/0"), "db", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1")));
    pool.update("s/0", List.of(group("0", "2:1")));
    TargetSetReader.TargetSet read = pool.read("web");
    pool.update("k/0", List.of(gone("a")));
    assertThat(read.groups())
        .isEqualTo(Map.of("k/0", List.of(group("a", "1:1")), "s/0", List.of(group("0", "2:1"))));
    assertThat(read.configuration()).isEqualTo(1);
    assertThat(pool.read("unknown")).isEqualTo(TargetSetReader.TargetSet.NONE);
  }

  /** One target of k/0 is in force; then the set gets these providers. */
  private void replaceBy(String... providers) {
    jobs(Map.of("web", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1")));
    pool.settle("k/0", true);
    pool.drain();
    configure(providers);
  }

  private void configure(String... providers) {
    pool.configure(++configuration, Map.of("web", List.of(providers)), Set.of());
    pool.removeProvider("k/0");
  }

  @Test
  void setKeepsItsGroupsUntilAllItsNewProvidersHaveDelivered() {
    replaceBy("k/1", "k/2");
    pool.update("k/1", List.of(group("b", "2:1")));
    pool.settle("k/1", true);
    TargetPool.Drain drain = pool.drain();
    assertThat(drain.updates()).isEmpty();
    assertThat(drain.waiting()).containsExactly("web");
    assertThat(pool.read("web"))
        .isEqualTo(new TargetSetReader.TargetSet(1, Map.of("k/0", List.of(group("a", "1:1")))));
    assertThat(pool.targetsBySet()).isEqualTo(Map.of("web", 1));

    pool.settle("k/2", true);
    drain = pool.drain();
    assertThat(drain.updates())
        .containsExactly(whole("web", 2, 1, Map.of("k/1", List.of(group("b", "2:1")))));
    assertThat(drain.waiting()).isEmpty();
    assertThat(drain.partial()).isEmpty();
    assertThat(pool.targets("k/0")).as("forgotten").isZero();
  }

  @Test
  void endOfTheWaitSendsWhatThereIsAsPartial() {
    replaceBy("k/1", "k/2");
    pool.update("k/1", List.of(group("b", "2:1")));
    pool.settle("k/1", true);
    pool.switchAll(1);
    assertThat(pool.drain().updates()).as("a wait that ended before").isEmpty();

    pool.switchAll(2);
    TargetPool.Drain drain = pool.drain();
    assertThat(drain.updates())
        .containsExactly(whole("web", 2, 1, Map.of("k/1", List.of(group("b", "2:1")))));
    assertThat(drain.partial()).containsExactly("web");
    assertThat(pool.drain().partial()).isEmpty();
  }

  @Test
  void newestOfSeveralWaitingConfigurationsIsApplied() {
    replaceBy("k/1");
    configure("k/2");
    pool.removeProvider("k/1");
    pool.switchAll(2);
    assertThat(pool.drain().waiting()).containsExactly("web");
    pool.update("k/1", List.of(group("b", "2:1")));
    pool.update("k/2", List.of(group("c", "3:1")));
    assertThat(pool.drain().updates()).isEmpty();

    pool.settle("k/2", true);
    assertThat(drainOne()).isEqualTo(whole("web", 3, 1, Map.of("k/2", List.of(group("c", "3:1")))));
  }

  @Test
  void configurationThatChangesNothingMoreDoesNotProlongTheWait() {
    replaceBy("k/1");
    configure("k/1");
    pool.switchAll(2);
    assertThat(drainOne()).isEqualTo(whole("web", 2, 0, Map.of()));
  }

  @Test
  void otherRulesSendTheWholeSetOnceItsProvidersHaveDelivered() {
    jobs(Map.of("web", List.of("k/0"), "db", List.of("k/0"), "mq", List.of("k/1")));
    pool.update("k/0", List.of(group("a", "1:1")));
    pool.update("k/1", List.of(group("b", "2:1")));
    pool.settle("k/0", true);
    pool.drain();
    pool.configure(
        2,
        Map.of("web", List.of("k/0"), "db", List.of("k/0"), "mq", List.of("k/1")),
        Set.of("web", "mq"));
    TargetPool.Drain drain = pool.drain();
    assertThat(drain.updates())
        .containsExactly(whole("web", 2, 1, Map.of("k/0", List.of(group("a", "1:1")))));
    assertThat(drain.waiting()).containsExactly("mq");
  }

  @Test
  void setWithoutTargetsHasNothingToWaitFor() {
    jobs(Map.of("web", List.of("k/0")));
    pool.drain();
    configure("k/1");
    TargetPool.Drain drain = pool.drain();
    assertThat(drain.updates()).containsExactly(whole("web", 2, 0, Map.of()));
    assertThat(drain.partial()).containsExactly("web");
    assertThat(drain.waiting()).isEmpty();
  }

  @Test
  void providerThatCannotBeMadeIsNotWaitedForAndTheSetIsPartial() {
    replaceBy("k/1");
    pool.settle("k/1", false);
    TargetPool.Drain drain = pool.drain();
    assertThat(drain.updates()).containsExactly(whole("web", 2, 0, Map.of()));
    assertThat(drain.partial()).containsExactly("web");
  }

  @Test
  void changesOfAProviderThatIsStillInForceTravelDuringTheWait() {
    jobs(Map.of("web", List.of("k/0"), "db", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1")));
    pool.drain();
    pool.configure(2, Map.of("web", List.of("k/1"), "db", List.of("k/0")), Set.of());
    pool.update("k/0", List.of(group("a", "1:2")));
    assertThat(drain())
        .extracting(TargetSetUpdate::job, TargetSetUpdate::configuration, TargetSetUpdate::whole)
        .containsExactlyInAnyOrder(tuple("web", 1L, false), tuple("db", 1L, false));
  }

  private static List<TargetGroup> changes(TargetSetUpdate update, String provider) {
    List<TargetGroup> changes = update.changes().get(provider);
    if (changes == null) {
      throw new AssertionError(provider + ": no changes in " + update);
    }
    return changes;
  }
}
