package io.promdisco.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.allocation.Allocation.Strategy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds for every set of collectors and every set of targets. */
class AllocationPropertyTest {
  /** Mean number of targets of a collector. */
  private static final int MEAN = 1000;

  @Provide
  Arbitrary<Set<Collector>> collectors() {
    Arbitrary<String> names = Arbitraries.strings().alpha().numeric().ofMinLength(1).ofMaxLength(9);
    Arbitrary<String> nodes = Arbitraries.of("", "a", "b", "c");
    return Combinators.combine(names, nodes)
        .as(Collector::new)
        .set()
        .ofMaxSize(12)
        .uniqueElements(Collector::name);
  }

  @Provide
  Arbitrary<TargetKey> keys() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.of("", "a", "b", "d"))
        .as((hash, node) -> new TargetKey(hash, false, node));
  }

  @Property
  void theOrderOfTheCollectorsDoesNotMatter(
      @ForAll("collectors") Set<Collector> collectors,
      @ForAll Strategy strategy,
      @ForAll("keys") TargetKey key,
      @ForAll Random random) {
    List<Collector> shuffled = new ArrayList<>(collectors);
    Collections.shuffle(shuffled, random);
    assertThat(new Allocation(strategy, shuffled).owner(key))
        .isEqualTo(new Allocation(strategy, collectors).owner(key));
  }

  @Property
  void aChangeOfCollectorsGivesWhatANewAllocationGives(
      @ForAll("collectors") Set<Collector> first,
      @ForAll("collectors") Set<Collector> second,
      @ForAll Strategy strategy,
      @ForAll @Size(min = 1, max = 20) List<@net.jqwik.api.From("keys") TargetKey> keys) {
    Allocation before = new Allocation(strategy, first);
    Allocation after = new Allocation(strategy, second);
    Allocation.Update update = after.after(before);
    for (TargetKey key : keys) {
      assertThat(update.owner(key, before.owner(key))).isEqualTo(after.owner(key));
    }
  }

  @Property(tries = 20)
  void noCollectorHasMuchMoreOrLessThanTheMean(@ForAll @IntRange(min = 2, max = 20) int count) {
    Map<String, Integer> shares = shares(allocation(count), keys(count * MEAN));
    assertThat(shares).hasSize(count);
    assertThat(shares.values())
        .allSatisfy(share -> assertThat(share).isBetween(MEAN * 9 / 10, MEAN * 11 / 10));
  }

  @Property(tries = 20)
  void onlyItsShareMovesToACollectorThatJoins(@ForAll @IntRange(min = 1, max = 40) int count) {
    List<TargetKey> keys = keys(100 * MEAN);
    Allocation before = allocation(count);
    Allocation after = allocation(count + 1);
    String joined = "collector-" + count;
    long moved = 0;
    for (TargetKey key : keys) {
      if (!String.valueOf(after.owner(key)).equals(before.owner(key))) {
        assertThat(after.owner(key)).isEqualTo(joined);
        moved++;
      }
    }
    assertThat((double) moved / keys.size()).isLessThan(1.0 / (count + 1) + 0.005);
  }

  @Property(tries = 20)
  void onlyTheTargetsOfACollectorThatLeavesMove(
      @ForAll @IntRange(min = 2, max = 20) int count, @ForAll @IntRange(max = 1) int which) {
    List<Collector> left = new ArrayList<>(allocation(count).collectors());
    Collector gone = left.remove(which);
    Allocation before = allocation(count);
    Allocation after = new Allocation(Strategy.CONSISTENT_HASHING, left);
    for (TargetKey key : keys(count * 100)) {
      String owner = before.owner(key);
      if (!gone.name().equals(owner)) {
        assertThat(after.owner(key)).isEqualTo(owner);
      }
    }
  }

  private static Allocation allocation(int count) {
    return new Allocation(
        Strategy.CONSISTENT_HASHING,
        IntStream.range(0, count).mapToObj(i -> new Collector("collector-" + i, "")).toList());
  }

  /** Keys of pods' addresses, as they are in a cluster. */
  private static List<TargetKey> keys(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255) + ":9090")
        .map(address -> new TargetKey(TargetKey.hash(address), false, ""))
        .toList();
  }

  private static Map<String, Integer> shares(Allocation allocation, List<TargetKey> keys) {
    Map<String, Integer> shares = new HashMap<>();
    keys.forEach(key -> shares.merge(String.valueOf(allocation.owner(key)), 1, Integer::sum));
    return shares;
  }
}
