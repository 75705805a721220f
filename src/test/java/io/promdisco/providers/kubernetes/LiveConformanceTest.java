package io.promdisco.providers.kubernetes;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.RecordedCases;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** After every change, a running discoverer shows what a newly started Prometheus shows. */
class LiveConformanceTest {
  private int targets;

  @Test
  void afterEveryStepTheTargetsAreThoseOfAFreshPrometheus() throws IOException, DiscoveryException {
    RecordedCases<ConformanceCase> cases = ConformanceCase.all();
    int steps = 0;
    for (ConformanceCase recorded : cases) {
      run(recorded);
      steps += recorded.steps().size();
      cases.ran(recorded);
    }
    cases.printSummary("a running discoverer", steps + " steps", targets + " targets");
  }

  private void run(ConformanceCase recorded) throws IOException, DiscoveryException {
    FakeApiServer api = new FakeApiServer(recorded.cluster());
    Map<KubernetesSdConfig, RecordingSink> sinks = new HashMap<>();
    List<Discoverer> discoverers = new ArrayList<>();
    try (KubernetesDiscovererFactory factory =
        new KubernetesDiscovererFactory(config -> api, new ManualTicker(), Metrics.none())) {
      try {
        for (ConformanceCase.Job job : recorded.jobs()) {
          for (KubernetesSdConfig config : job.configs()) {
            if (!sinks.containsKey(config)) {
              RecordingSink sink = new RecordingSink();
              sinks.put(config, sink);
              Discoverer discoverer = factory.create(config, "kubernetes/" + sinks.size());
              discoverers.add(discoverer);
              discoverer.start(sink);
            }
          }
        }
        for (RecordingSink sink : sinks.values()) {
          eventually(() -> assertThat(sink.syncs()).isEqualTo(1));
        }
        for (int step = 0; step <= recorded.steps().size(); step++) {
          if (step > 0) {
            int next = step;
            api.change(cluster -> recorded.apply(next, cluster));
          }
          check(recorded, step, sinks);
        }
        stays(factory, sinks);
      } finally {
        for (Discoverer discoverer : discoverers) {
          discoverer.close();
        }
      }
    }
    assertThat(api.isClosed()).isEqualTo(!discoverers.isEmpty());
  }

  /**
   * A second discoverer of each config, which uses the same watches later, finds the same; until
   * then, the first one's groups have not changed again.
   */
  private static void stays(
      KubernetesDiscovererFactory factory, Map<KubernetesSdConfig, RecordingSink> sinks)
      throws DiscoveryException {
    for (Map.Entry<KubernetesSdConfig, RecordingSink> entry : sinks.entrySet()) {
      RecordingSink late = new RecordingSink();
      try (Discoverer discoverer = factory.create(entry.getKey(), "late")) {
        discoverer.start(late);
        eventually(() -> assertThat(late.syncs()).isEqualTo(1));
      }
      assertThat(ConformanceCase.sorted(entry.getValue().targets()))
          .isEqualTo(ConformanceCase.sorted(late.targets()));
      assertThat(entry.getValue().syncs()).isEqualTo(1);
    }
  }

  private void check(
      ConformanceCase recorded, int step, Map<KubernetesSdConfig, RecordingSink> sinks)
      throws IOException {
    Map<String, List<Map<String, String>>> expected = recorded.expected(step);
    for (ConformanceCase.Job job : recorded.jobs()) {
      List<Map<String, String>> right = expected.getOrDefault(job.name(), List.of());
      eventually(
          () -> {
            List<Map<String, String>> discovered = new ArrayList<>();
            for (KubernetesSdConfig config : job.configs()) {
              RecordingSink sink = sinks.get(config);
              assertThat(sink).isNotNull();
              discovered.addAll(sink.targets());
            }
            List<Map<String, String>> sorted = ConformanceCase.sorted(discovered);
            if (!ConformanceCase.agree(job, sorted, right)) {
              assertThat(sorted)
                  .as("%s after step %d, job %s", recorded, step, job.name())
                  .isEqualTo(right);
            }
          });
      targets += right.size();
    }
  }
}
