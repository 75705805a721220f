package io.promdisco.discovery;

import static io.promdisco.discovery.Groups.gone;
import static io.promdisco.discovery.Groups.group;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TargetPoolTest {
  private final TargetPool pool = new TargetPool();

  private void jobs(Map<String, List<String>> sets) {
    sets.values().forEach(providers -> providers.forEach(pool::addProvider));
    sets.forEach(pool::putSet);
    pool.retainSets(sets.keySet());
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
    assertThat(drain()).containsExactly(new TargetSetUpdate("empty", false, Map.of(), Map.of()));
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
    assertThat(update.providers()).isEqualTo(Map.of("k/0", 2));
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
    assertThat(update.providers()).isEqualTo(Map.of("k/0", 0));
    assertThat(pool.targets("k/0")).isZero();
    List<TargetGroup> left = new ArrayList<>();
    pool.forEachGroup("web", (provider, group) -> left.add(group));
    assertThat(left).isEmpty();
  }

  @Test
  @SuppressWarnings("NullAway") // A discoverer that was not checked may put null.
  void nullGroupsAreIgnoredAndTheOthersTaken() {
    jobs(Map.of("web", List.of("k/0")));
    pool.drain();
    assertThat(pool.update("k/0", Arrays.asList(null, group("a", "1:1"), null))).isTrue();
    assertThat(drainOne().changes()).isEqualTo(Map.of("k/0", List.of(group("a", "1:1"))));
  }

  @Test
  void changesOfAProviderAreBuiltOnceForAllItsSets() {
    List<String> shared = List.of("k/0");
    for (int job = 0; job < 21; job++) {
      pool.addProvider("k/0");
      pool.putSet("job-" + job, shared);
    }
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
  void setThatLosesAProviderIsToldWhichAreLeft() {
    jobs(Map.of("web", List.of("k/0", "k/1")));
    pool.update("k/0", List.of(group("a", "1:1")));
    pool.update("k/1", List.of(group("b", "2:1")));
    pool.drain();
    jobs(Map.of("web", List.of("k/1")));
    pool.removeProvider("k/0");
    assertThat(drainOne()).isEqualTo(new TargetSetUpdate("web", false, Map.of("k/1", 1), Map.of()));
  }

  @Test
  void removedSetIsToldOnceAndItsProviderPutsIntoNothing() {
    jobs(Map.of("web", List.of("k/0")));
    pool.drain();
    pool.retainSets(Set.of());
    pool.removeProvider("k/0");
    assertThat(pool.update("k/0", List.of(group("a", "1:1")))).isFalse();
    assertThat(drain()).containsExactly(TargetSetUpdate.removal("web"));
    assertThat(drain()).isEmpty();
  }

  @Test
  void setThatWasAwayForAMomentLearnsWhatWentMeanwhile() {
    Follower follower = new Follower();
    jobs(Map.of("web", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1"), group("b", "2:1")));
    follower.onUpdates(drain());

    pool.retainSets(Set.of());
    pool.update("k/0", List.of(gone("a")));
    jobs(Map.of("web", List.of("k/0")));
    follower.onUpdates(drain());
    assertThat(follower.groups("web")).containsExactly(group("b", "2:1"));
    assertThat(follower.contradictions()).isEmpty();
  }

  @Test
  void setThatLeftAProviderForAMomentLearnsWhatWentMeanwhile() {
    Follower follower = new Follower();
    jobs(Map.of("web", List.of("k/0"), "db", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1"), group("b", "2:1")));
    follower.onUpdates(drain());

    pool.putSet("web", List.of());
    pool.update("k/0", List.of(gone("a")));
    pool.putSet("web", List.of("k/0"));
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
    assertThat(update.providers()).isEqualTo(Map.of("k/0", 2));
  }

  @Test
  void wholeThatWasPutBackIsDrainedAgainForThatSetOnly() {
    jobs(Map.of("web", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1")));
    pool.drain();
    jobs(Map.of("web", List.of("k/0"), "late", List.of("k/0")));
    pool.putBack(pool.drain());
    assertThat(drainOne())
        .isEqualTo(
            new TargetSetUpdate(
                "late", false, Map.of("k/0", 1), Map.of("k/0", List.of(group("a", "1:1")))));
  }

  @Test
  void setRemovedDuringARefusedSendLearnsOnItsReturnWhatWent() {
    Follower follower = new Follower();
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
    Follower follower = new Follower();
    jobs(Map.of("web", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1"), group("b", "2:1")));
    follower.onUpdates(drain());

    pool.putSet("web", List.of());
    pool.update("k/0", List.of(gone("a")));
    pool.putBack(pool.drain());
    pool.putSet("web", List.of("k/0"));
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
  void readerIsGivenEveryGroupOfItsJobAndNoLockIsHeld() {
    jobs(Map.of("web", List.of("k/0", "s/0"), "db", List.of("k/0")));
    pool.update("k/0", List.of(group("a", "1:1")));
    pool.update("s/0", List.of(group("0", "2:1")));
    List<String> seen = new ArrayList<>();
    pool.forEachGroup(
        "web",
        (provider, group) -> {
          seen.add(provider + " " + group.source());
          // On another thread: it would wait for ever if this one held the pool's lock.
          CompletableFuture.runAsync(() -> pool.update(provider, List.of(gone(group.source()))))
              .orTimeout(10, TimeUnit.SECONDS)
              .join();
        });
    assertThat(seen).containsExactly("k/0 a", "s/0 0");
    pool.forEachGroup("unknown", (provider, group) -> seen.add("unknown"));
    assertThat(seen).hasSize(2);
  }

  private static List<TargetGroup> changes(TargetSetUpdate update, String provider) {
    List<TargetGroup> changes = update.changes().get(provider);
    if (changes == null) {
      throw new AssertionError(provider + ": no changes in " + update);
    }
    return changes;
  }
}
