package io.promdisco.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.client.decode.PodBodies;
import io.promdisco.testing.AllocatedBytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Bounds are one and a half times what was measured. */
class TargetPoolAllocationTest {
  private static final int PODS = 1_000;

  private final TargetPool pool = new TargetPool();

  TargetPoolAllocationTest() {
    Map<String, List<String>> sets = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      sets.put("job-" + i, List.of("p"));
    }
    pool.configure(1, sets, Set.of());
  }

  @Test
  void aGroupThatHasNotChangedCostsNextToNothing() throws Exception {
    PodBodies bodies = new PodBodies(PODS);
    pool.update("p", bodies.groups());
    pool.drain();
    List<TargetGroup> equal = bodies.groups();

    double bytes =
        AllocatedBytes.per(PODS, () -> pool.update("p", equal) ? pool : pool.drain().updates());
    assertThat(bytes).isLessThan(57);
    assertThat(pool.drain().updates()).isEmpty();
  }

  @Test
  void oneChangedGroupCostsTheSameHoweverManyThereAre() throws Exception {
    List<TargetGroup> groups = new PodBodies(PODS).groups();
    pool.update("p", groups);
    pool.drain();
    List<TargetGroup> goes = List.of(TargetGroup.empty(groups.get(7).source()));
    List<TargetGroup> comes = List.of(groups.get(7));

    double bytes =
        AllocatedBytes.per(
            2,
            () -> {
              pool.update("p", goes);
              assertThat(pool.drain().updates()).hasSize(20);
              pool.update("p", comes);
              return pool.drain();
            });
    assertThat(bytes).isLessThan(22_000);
  }
}
