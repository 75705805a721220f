package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DistinctTargetsTest {
  private final DistinctTargets table = new DistinctTargets();
  private final TargetBuilder builder = new TargetBuilder(JobFixtures.job("j"));

  @Test
  void holdsWhatAMapWouldHoldHoweverTargetsComeAndGo() {
    Random random = new Random(3);
    Map<Long, Integer> model = new HashMap<>();
    List<Target> added = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      boolean growing = (i / 5_000) % 2 == 0;
      if (added.isEmpty() || random.nextInt(10) < (growing ? 7 : 3)) {
        Target target = target("h:" + random.nextInt(2_000));
        assertThat(table.add(target)).isEqualTo(!model.containsKey(target.hash()));
        model.merge(target.hash(), 1, Integer::sum);
        added.add(target);
      } else {
        Target target = added.remove(random.nextInt(added.size()));
        int left = model.merge(target.hash(), -1, Integer::sum);
        assertThat(table.remove(target)).isEqualTo(left == 0);
        model.remove(target.hash(), 0);
        assertThat(table.contains(target)).isEqualTo(left > 0);
      }
      assertThat(table.distinct()).isEqualTo(model.size());
    }

    List<Long> distinct = new ArrayList<>();
    table.forEachDistinct(target -> distinct.add(target.hash()));
    assertThat(distinct).containsExactlyInAnyOrderElementsOf(model.keySet());
    assertThat(table.all()).hasSameSizeAs(added);
  }

  @Test
  void equalTargetsOfSeveralGroupsAreOneUntilTheLastGoes() {
    Target one = target("h:1");
    Target equal = target("h:1");

    assertThat(table.add(one)).isTrue();
    assertThat(table.add(equal)).isFalse();
    assertThat(table.distinct()).isEqualTo(1);
    assertThat(table.remove(one)).isFalse();
    assertThat(table.remove(equal)).isTrue();
    assertThat(table.all()).isEmpty();
  }

  @Test
  void equalTargetsAreAddedAndRemovedInLinearTime() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          List<Target> all = new ArrayList<>();
          for (int i = 0; i < 400_000; i++) {
            all.add(target("h:1"));
            table.add(all.get(i));
          }
          assertThat(table.distinct()).isEqualTo(1);
          assertThat(table.all()).hasSameSizeAs(all);
          all.forEach(table::remove);
          assertThat(table.all()).isEmpty();
        });
  }

  @Test
  void removingWhatWasNeverAddedIsAnError() {
    table.add(target("h:1"));

    assertThatThrownBy(() -> table.remove(target("h:1")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("h:1");
  }

  private Target target(String address) {
    TargetGroup group = JobFixtures.group("g", Labels.EMPTY, address);
    return ((TargetOutcome.Kept) builder.build("p", group, 0)).target();
  }
}
