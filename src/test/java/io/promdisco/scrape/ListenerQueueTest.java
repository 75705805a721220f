package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.promdisco.model.Labels;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ListenerQueueTest {
  private final ListenerQueue queue = new ListenerQueue();

  @Test
  void anAdditionAndItsRemovalCancelEachOtherOut() {
    Target a = target("j", "a:1", "1");
    queue.put(added("j", a));
    ListenerQueue.PutResult put = queue.put(removed("j", a));
    assertThat(put).isEqualTo(new ListenerQueue.PutResult(-1, 1));
    assertThat(queue.size()).isZero();
    queue.put(added("j", target("j", "b:1", "1")));
    assertThat(next().added()).extracting(Target::address).containsExactly("b:1");
  }

  @Test
  void aRemovalAndTheAdditionOfAnEqualTargetCancelEachOtherOut() {
    queue.put(removed("j", target("j", "a:1", "1")));
    queue.put(added("j", target("j", "a:1", "1")));
    assertThat(queue.size()).isZero();
  }

  @Test
  void anAdditionAndLaterChangesAreAnAdditionOfTheNewest() {
    queue.put(added("j", target("j", "a:1", "1")));
    queue.put(changed("j", target("j", "a:1", "1"), target("j", "a:1", "2")));
    queue.put(changed("j", target("j", "a:1", "2"), target("j", "a:1", "3")));
    TargetChange change = next();
    assertThat(change.added()).extracting(t -> t.labels().get("version")).containsExactly("3");
    assertThat(change.changed()).isEmpty();
    assertThat(change.removed()).isEmpty();
  }

  @Test
  void changesOfOtherTargetsStayChangesOfTheirOwn() {
    queue.put(added("j", target("j", "a:1", "1")));
    queue.put(added("j", target("j", "b:1", "1")));
    queue.put(added("k", target("k", "a:1", "1")));
    assertThat(next().added()).extracting(Target::address).containsExactly("a:1");
    assertThat(next().added()).extracting(Target::address).containsExactly("b:1");
    assertThat(next().job()).isEqualTo("k");
    assertThat(queue.size()).isZero();
  }

  @Test
  void aChangeOfAWaitingTargetIsMergedWithAllOfItsJob() {
    queue.put(added("j", target("j", "a:1", "1")));
    queue.put(added("k", target("k", "a:1", "1")));
    queue.put(added("j", target("j", "b:1", "1")));
    queue.put(changed("j", target("j", "b:1", "1"), target("j", "b:1", "2")));
    assertThat(queue.size()).isEqualTo(3);
    assertThat(next().added())
        .extracting(Target::address, t -> t.labels().get("version"))
        .containsExactly(tuple("a:1", "1"), tuple("b:1", "2"));
    assertThat(next().job()).isEqualTo("k");
    assertThat(queue.size()).isZero();
  }

  @Test
  void changesThatLeadBackToTheBeginningAreNothing() {
    queue.put(changed("j", target("j", "a:1", "1"), target("j", "a:1", "2")));
    queue.put(changed("j", target("j", "a:1", "2"), target("j", "a:1", "1")));
    assertThat(queue.size()).isZero();
  }

  @Test
  void holdsAtMostOneEntryForEachTarget() {
    for (int i = 0; i < 10_000; i++) {
      queue.put(added("j", target("j", "a:1", "" + i)));
      queue.put(removed("j", target("j", "a:1", "" + i)));
    }
    queue.put(added("j", target("j", "a:1", "last")));
    assertThat(queue.size()).isEqualTo(1);
    assertThat(next().added()).hasSize(1);
  }

  @Test
  void theInitialStateIsCompleteBetweenEarlierAndLaterChanges() {
    queue.put(added("a", target("a", "a:1", "1")));
    queue.put(added("b", target("b", "b:1", "1")));
    queue.completeInitialState();
    queue.put(added("c", target("c", "c:1", "1")));
    queue.completeInitialState();
    assertThat(next().job()).isEqualTo("a");
    assertThat(next().job()).isEqualTo("b");
    assertThat(taken()).isNull();
    assertThat(next().job()).isEqualTo("c");
  }

  @Test
  void waitingEndsOnceEverythingPutBeforeHasBeenDelivered() throws Exception {
    queue.put(added("a", target("a", "a:1", "1")));
    queue.completeInitialState();
    assertThat(queue.awaitDelivered(System.nanoTime())).isFalse();
    ListenerQueue.Delivery first = queue.take();
    assertThat(first).isNotNull();
    assertThat(queue.awaitDelivered(System.nanoTime())).isFalse();
    queue.delivered();
    assertThat(queue.awaitDelivered(System.nanoTime())).isFalse();
    queue.take();
    queue.delivered();
    assertThat(queue.awaitDelivered(System.nanoTime())).isTrue();
    queue.put(added("a", target("a", "a:2", "1")));
    assertThat(queue.awaitDelivered(System.nanoTime())).isFalse();
  }

  @Test
  void closingReportsWhatIsDropped() {
    queue.put(added("a", target("a", "a:1", "1"), target("a", "a:2", "1")));
    queue.put(removed("b", target("b", "b:1", "1")));
    queue.put(changed("b", target("b", "b:2", "1"), target("b", "b:2", "2")));
    assertThat(queue.close()).isEqualTo(new ListenerQueue.Dropped(2, 1, 1, false));
    assertThat(queue.take()).isNull();
    assertThat(queue.put(added("a", target("a", "a:3", "1"))))
        .isEqualTo(new ListenerQueue.PutResult(0, 0));
  }

  private TargetChange next() {
    return Objects.requireNonNull(taken());
  }

  private @Nullable TargetChange taken() {
    ListenerQueue.Delivery delivery = Objects.requireNonNull(queue.take());
    queue.delivered();
    return delivery.change();
  }

  private static TargetChange added(String job, Target... targets) {
    return new TargetChange(job, List.of(targets), List.of(), List.of());
  }

  private static TargetChange removed(String job, Target... targets) {
    return new TargetChange(job, List.of(), List.of(), List.of(targets));
  }

  private static TargetChange changed(String job, Target before, Target after) {
    return new TargetChange(
        job, List.of(), List.of(new TargetChange.Changed(before, after)), List.of());
  }

  private static Target target(String job, String address, String version) {
    TargetBuilder builder =
        new TargetBuilder(JobFixtures.job(job, JobFixtures.copy("__meta_version", "version")));
    TargetOutcome outcome =
        builder.build(
            "p", JobFixtures.group("g", Labels.of("__meta_version", version), address), 0);
    assertThat(outcome).isInstanceOf(TargetOutcome.Kept.class);
    return ((TargetOutcome.Kept) outcome).target();
  }
}
