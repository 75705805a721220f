package io.promdisco;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.Configuration;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.extension.MemoryDiscovererFactory;
import io.promdisco.extension.MemorySdReader;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetChange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A reload that changes one of 200 jobs leaves the state of the others unchanged. */
class ReloadOfOneJobTest {
  private static final int JOBS = 200;
  private static final String CHANGED = "job77";

  private final MemoryDiscovererFactory factory = new MemoryDiscovererFactory();
  private final List<TargetChange> changes = new CopyOnWriteArrayList<>();

  /**
   * @param target of the job that changes
   * @param rule of the job that changes
   */
  private static Configuration configuration(String target, String rule) {
    StringBuilder yaml = new StringBuilder("scrape_configs:\n");
    for (int i = 0; i < JOBS; i++) {
      String name = "job" + i;
      boolean changed = name.equals(CHANGED);
      yaml.append("- job_name: ").append(name);
      yaml.append("\n  memory_sd_configs: [{name: ").append(name).append(", target: '");
      yaml.append(changed ? target : "h:" + i).append("'}]\n  relabel_configs: [");
      yaml.append(changed ? rule : "{target_label: x, replacement: y}").append("]\n");
    }
    return new ConfigLoader(List.of(new MemorySdReader()))
        .read("p.yml", yaml.toString().getBytes(StandardCharsets.UTF_8), Path.of("."))
        .configuration()
        .orElseThrow();
  }

  private static Map<String, Target> targets(Promdisco promdisco) {
    Map<String, Target> targets = new LinkedHashMap<>();
    promdisco
        .pools()
        .forEach(pool -> pool.activeTargets().forEach(target -> targets.put(pool.job(), target)));
    return targets;
  }

  @Test
  void otherSourcesAndTargetsAreNotTouched() throws Exception {
    try (Promdisco promdisco = Promdisco.builder().source(factory).build()) {
      promdisco.apply(configuration("before:1", "{target_label: x, replacement: y}"));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(20))).isTrue();
      assertThat(factory.events()).hasSize(JOBS).allMatch(event -> event.startsWith("create "));
      promdisco.listen(changes::add);
      eventually(() -> assertThat(changes).hasSize(JOBS));
      Map<String, Target> before = targets(promdisco);
      changes.clear();

      promdisco.apply(configuration("after:1", "{target_label: x, replacement: y}"));
      eventually(() -> assertThat(targets(promdisco).get(CHANGED)).asString().contains("after:1"));
      assertThat(factory.events().subList(JOBS, factory.events().size()))
          .containsExactlyInAnyOrder("create " + CHANGED, "close " + CHANGED);
      othersAreTheSame(before, targets(promdisco));

      promdisco.apply(configuration("after:1", "{target_label: x, replacement: z}"));
      eventually(() -> assertThat(changes).anyMatch(change -> leaves(change, "z")));
      assertThat(factory.events()).as("a rule is none of the source's business").hasSize(JOBS + 2);
      othersAreTheSame(before, targets(promdisco));

      promdisco.apply(configuration("after:1", "{target_label: x, replacement: last}"));
      eventually(() -> assertThat(changes).anyMatch(change -> leaves(change, "last")));
      assertThat(changes).allMatch(change -> change.job().equals(CHANGED));
    }
  }

  /** Whether a change gives a target the label {@code x} with a value. */
  private static boolean leaves(TargetChange change, String value) {
    return change.changed().stream().anyMatch(pair -> value.equals(pair.after().labels().get("x")));
  }

  private static void othersAreTheSame(Map<String, Target> before, Map<String, Target> after) {
    assertThat(after).hasSize(JOBS);
    List<String> touched = new ArrayList<>();
    after.forEach(
        (job, target) -> {
          if (!job.equals(CHANGED) && !target.equals(before.get(job))) {
            touched.add(job);
          }
        });
    assertThat(touched).isEmpty();
  }
}
