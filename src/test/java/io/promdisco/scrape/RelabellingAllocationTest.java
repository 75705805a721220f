package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.providers.kubernetes.client.decode.PodBodies;
import io.promdisco.testing.AllocatedBytes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bounds are one and a half times what was measured. */
class RelabellingAllocationTest {
  private static final int PODS = 1_000;
  private static final int TARGETS = 2 * PODS;

  private static double perUpdate(List<ScrapeConfig> jobs) throws Exception {
    List<TargetGroup> groups = new PodBodies(PODS).groups();
    try (ScrapeManager manager =
        new ScrapeManager(job -> TargetSetReader.TargetSet.NONE, Metrics.none())) {
      manager.apply(jobs);
      manager.onUpdates(updates(jobs, true, List.of()));
      List<TargetSetUpdate> updates = updates(jobs, false, groups);
      return AllocatedBytes.per(
          1,
          () -> {
            manager.onUpdates(updates);
            return manager;
          });
    }
  }

  private static List<TargetSetUpdate> updates(
      List<ScrapeConfig> jobs, boolean whole, List<TargetGroup> groups) {
    return jobs.stream()
        .map(
            job ->
                new TargetSetUpdate(job.jobName(), false, whole, 1, TARGETS, Map.of("p", groups)))
        .toList();
  }

  @Test
  void aTargetThatIsKeptCostsItsLabels() throws Exception {
    List<ScrapeConfig> all =
        List.of(JobFixtures.job("all", JobFixtures.copy("__meta_kubernetes_pod_name", "pod")));
    assertThat(perUpdate(all) / TARGETS).isLessThan(1_550);
  }

  @Test
  void aTargetThatTheRulesDropCostsNextToNothing() throws Exception {
    ScrapeConfig none =
        JobFixtures.job("none", JobFixtures.keep("__meta_kubernetes_pod_phase", "Fail.*"));
    assertThat(perUpdate(List.of(none)) / TARGETS).isLessThan(53);
  }

  /** However many targets there are. */
  @Test
  void aJobThatWantsNothingOfAnUpdateCostsLittle() throws Exception {
    List<ScrapeConfig> jobs = UsualRules.jobs(1_100, 5).subList(100, 1_100);
    assertThat(perUpdate(jobs) / jobs.size()).isLessThan(1_600);
  }

  @Test
  void aJobWhoseRulesAreNotReachedTakesLittle() throws Exception {
    List<ScrapeConfig> jobs = UsualRules.jobs(100, 5);
    double bytes =
        AllocatedBytes.per(
            jobs.size(),
            () -> {
              try (ScrapeManager manager =
                  new ScrapeManager(job -> TargetSetReader.TargetSet.NONE, Metrics.none())) {
                manager.apply(jobs);
                return manager;
              }
            });
    assertThat(bytes).isLessThan(65_000);
  }
}
