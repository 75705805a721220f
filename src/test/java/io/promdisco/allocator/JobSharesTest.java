package io.promdisco.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.allocation.Allocation;
import io.promdisco.allocation.Collector;
import io.promdisco.allocation.Holders.Handover;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import io.promdisco.model.TargetGroup;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelSpec;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetBuilder;
import io.promdisco.scrape.TargetOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Shares of collectors as targets, collectors and time change. */
class JobSharesTest {
  private static final Duration IN_FORCE = Duration.ofSeconds(30);
  private static final Duration INTERVAL = Duration.ofSeconds(70);
  private static final TargetBuilder BUILDER =
      new TargetBuilder(
          ScrapeConfig.builder("j")
              .scrapeInterval(INTERVAL)
              .relabelRules(
                  List.of(
                      rule("__meta_hash", "__tmp_hash"),
                      rule("__meta_all", "__tmp_disable_sharding")))
              .build());

  private JobShares shares = new JobShares(Handover.GAPLESS, name -> IN_FORCE);
  private Allocation allocation = allocation("a", "b", "c");
  private long now;

  private static RelabelRule rule(String from, String to) {
    RelabelSpec spec =
        new RelabelSpec(List.of(from), null, "(.+)", null, to, null, "replace", null);
    return RelabelRule.compile(spec, NameValidation.UTF8, (field, what) -> {}).orElseThrow();
  }

  private static Allocation allocation(String... names) {
    return new Allocation(
        Allocation.Strategy.CONSISTENT_HASHING,
        Arrays.stream(names).map(name -> new Collector(name, "")).toList());
  }

  private static Target target(String address, String... labels) {
    List<String> all = new ArrayList<>(List.of("__address__", address));
    all.addAll(List.of(labels));
    TargetGroup group =
        new TargetGroup("g", List.of(Labels.of(all.toArray(new String[0]))), Labels.EMPTY);
    return ((TargetOutcome.Kept) BUILDER.build("static/0", group, 0)).target();
  }

  private static List<Target> targets(int from, int to) {
    List<Target> targets = new ArrayList<>();
    for (int i = from; i < to; i++) {
      targets.add(target("h" + i + ":1"));
    }
    return targets;
  }

  private void whole(Collection<Target> targets) {
    shares.update(new PoolView.News(1, true, targets, List.of()), allocation, now);
  }

  private void change(Collection<Target> present, Collection<Target> gone) {
    shares.update(new PoolView.News(1, false, present, gone), allocation, now);
  }

  private void become(String... names) {
    allocation = allocation(names);
    shares.update(null, allocation, now);
  }

  private String share(String collector) {
    try {
      return new String(shares.document(collector).plain(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Set<String> addresses(String collector) {
    Set<String> addresses = new HashSet<>();
    shares
        .assigned(collector, Set.of(), Integer.MAX_VALUE)
        .forEach(each -> addresses.add(each.target().discoveredAddress()));
    return addresses;
  }

  @Test
  void everyTargetIsInExactlyOneShare() {
    whole(targets(0, 300));
    Set<String> all = new HashSet<>();
    int count = 0;
    for (String collector : List.of("a", "b", "c")) {
      all.addAll(addresses(collector));
      count += addresses(collector).size();
    }
    assertThat(all).hasSize(300);
    assertThat(count).isEqualTo(300);
    assertThat(shares.counts().values()).allSatisfy(n -> assertThat(n).isBetween(70, 130));
  }

  @Test
  void oneChangedTargetChangesOneShare() throws IOException {
    whole(targets(0, 300));
    List<Object> before = documents();
    change(targets(300, 301), List.of());
    assertThat(changed(before)).isEqualTo(1);
    before = documents();
    change(List.of(), targets(300, 301));
    assertThat(changed(before)).isEqualTo(1);
    assertThat(addresses("")).hasSize(300);
  }

  private List<Object> documents() throws IOException {
    List<Object> documents = new ArrayList<>();
    for (String collector : List.of("a", "b", "c")) {
      documents.add(shares.document(collector));
    }
    return documents;
  }

  private int changed(List<Object> before) throws IOException {
    List<Object> after = documents();
    int changed = 0;
    for (int i = 0; i < 3; i++) {
      changed += after.get(i) == before.get(i) ? 0 : 1;
    }
    return changed;
  }

  @Test
  void aTargetWithOtherDiscoveredLabelsIsWrittenAnew() {
    whole(List.of(target("h:1", "__meta_version", "1")));
    String owner = shares.assigned("", Set.of(), 1).get(0).holders().get(0);
    assertThat(share(owner)).contains("\"__meta_version\":\"1\"");
    change(List.of(target("h:1", "__meta_version", "2")), List.of());
    assertThat(share(owner)).contains("\"__meta_version\":\"2\"");
    assertThat(addresses("")).hasSize(1);
  }

  @Test
  void defaultsOfTheJobAreNotServed() {
    whole(List.of(target("h:1", "__meta_x", "y", "own", "z")));
    String owner = shares.assigned("", Set.of(), 1).get(0).holders().get(0);
    assertThat(share(owner))
        .isEqualTo("[{\"targets\":[\"h:1\"],\"labels\":{\"__meta_x\":\"y\",\"own\":\"z\"}}]");
  }

  @Test
  void equalSharesAreEqualDocumentsWhateverTheOrderOfEvents() throws IOException {
    whole(targets(0, 100));
    JobShares other = new JobShares(Handover.GAPLESS, name -> IN_FORCE);
    for (int i = 99; i >= 0; i--) {
      other.update(new PoolView.News(1, false, targets(i, i + 1), List.of()), allocation, now);
    }
    for (String collector : List.of("a", "b", "c")) {
      assertThat(other.document(collector).tag(false))
          .isEqualTo(shares.document(collector).tag(false));
    }
  }

  @Test
  void gaplessAMovedTargetIsInBothSharesUntilTheNewOwnerHasScrapedIt() {
    whole(targets(0, 300));
    Set<String> ofA = addresses("a");
    become("a", "b", "c", "d");
    Set<String> moved = addresses("d");
    moved.retainAll(ofA);
    assertThat(moved).isNotEmpty();
    assertThat(addresses("a")).isEqualTo(ofA);
    now = IN_FORCE.plus(INTERVAL).toNanos() - 1;
    become("a", "b", "c", "d");
    assertThat(addresses("a")).isEqualTo(ofA);
    now++;
    become("a", "b", "c", "d");
    assertThat(addresses("a")).doesNotContainAnyElementsOf(moved);
    assertThat(addresses("d")).containsAll(moved);
    assertThat(shares.counts().values().stream().mapToInt(n -> n).sum()).isEqualTo(300);
  }

  @Test
  void exclusiveAMovedTargetIsInNoShareForAWhile() {
    shares = new JobShares(Handover.EXCLUSIVE, name -> IN_FORCE);
    whole(targets(0, 300));
    become("a", "b", "c", "d");
    assertThat(addresses("d")).isEmpty();
    int held = shares.counts().values().stream().mapToInt(n -> n).sum();
    assertThat(held).isLessThan(300);
    now = IN_FORCE.toNanos() - 1;
    become("a", "b", "c", "d");
    assertThat(addresses("d")).isEmpty();
    now++;
    become("a", "b", "c", "d");
    assertThat(addresses("d")).hasSize(300 - held);
  }

  @Test
  void theTargetsOfACollectorThatLeftGoToTheOthersAtOnce() {
    whole(targets(0, 300));
    become("a", "b");
    assertThat(addresses("a").size() + addresses("b").size()).isEqualTo(300);
    assertThat(share("c")).isEqualTo("[]");
    become();
    assertThat(shares.unassigned()).isEqualTo(300);
    become("x");
    assertThat(addresses("x")).hasSize(300);
  }

  @Test
  void targetsWithoutShardingAreInEveryShare() {
    whole(List.of(target("h:1", "__meta_all", "1")));
    for (String collector : List.of("a", "b", "c")) {
      assertThat(share(collector)).contains("h:1");
    }
    become("a", "b", "c", "d");
    assertThat(share("d")).contains("h:1");
    assertThat(share("nobody")).isEqualTo("[]");
    whole(List.of());
    assertThat(share("a")).isEqualTo("[]");
  }

  @Test
  void targetsWithTheSameHashStayTogether() {
    List<Target> targets = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      targets.add(target("h" + i + ":1", "__meta_hash", "same"));
    }
    whole(targets);
    assertThat(shares.counts().values()).containsExactlyInAnyOrder(20, 0, 0);
  }

  @Test
  void aWholeUpdateRemovesWhatItDoesNotName() {
    whole(targets(0, 10));
    whole(targets(5, 12));
    assertThat(addresses("")).hasSize(7).contains("h5:1", "h11:1");
  }

  @Test
  void oneChangeAmongManyTargetsIsQuickAndSoIsOneMoreCollector() {
    String[] names = new String[101];
    for (int i = 0; i < names.length; i++) {
      names[i] = "collector-" + i;
    }
    allocation = allocation(Arrays.copyOf(names, 100));
    whole(targets(0, 100_000));
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      List<Target> one = targets(200_000 + i, 200_001 + i);
      long begin = System.nanoTime();
      change(one, List.of());
      times.add(System.nanoTime() - begin);
    }
    times.sort(null);
    assertThat(Duration.ofNanos(times.get(25))).isLessThan(Duration.ofMillis(1));
    long begin = System.nanoTime();
    become(names);
    Duration joining = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(joining).isLessThan(Duration.ofSeconds(1));
  }
}
