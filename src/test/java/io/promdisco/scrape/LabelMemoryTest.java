package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.metrics.Metrics;
import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import io.promdisco.model.TargetGroup;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelSpec;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rules that write long values cannot fill the memory, however many targets there are. */
class LabelMemoryTest {
  private static final String PROVIDER = "static/0";
  private static final int LONG = 5000;

  /** Writes a value that no other target shares. */
  private static final RelabelRule WRITES =
      JobFixtures.compile(
          new RelabelSpec(
              List.of("__address__"),
              null,
              null,
              null,
              "long",
              "${1}" + "x".repeat(LONG),
              "replace",
              null),
          NameValidation.UTF8);

  private final FakeDiscovery discovery = new FakeDiscovery();
  private final ScrapeManager manager =
      new ScrapeManager(discovery, Metrics.none(), () -> 0, new LabelMemory(5 * LONG));

  @AfterEach
  void close() {
    manager.close();
  }

  private PoolCounts counts(String job) {
    return manager.pools().stream()
        .filter(pool -> pool.job().equals(job))
        .findFirst()
        .orElseThrow()
        .counts();
  }

  private static TargetGroup group(String source, int targets) {
    String[] addresses = new String[targets];
    for (int i = 0; i < targets; i++) {
      addresses[i] = source + i + ":1";
    }
    return JobFixtures.group(source, addresses);
  }

  @Test
  void targetsBeyondTheLimitFailAndThoseThatGoMakeRoom() {
    discovery.apply(manager, List.of(JobFixtures.job("j", WRITES)));
    discovery.send(manager, "j", PROVIDER, group("a", 3), group("b", 3));
    assertThat(counts("j")).isEqualTo(new PoolCounts(6, 4, 0, 2));

    discovery.send(manager, "j", PROVIDER, group("a", 3)); // takes its own place
    assertThat(counts("j")).isEqualTo(new PoolCounts(6, 4, 0, 2));

    discovery.send(manager, "j", PROVIDER, TargetGroup.empty("a"));
    discovery.send(manager, "j", PROVIDER, group("b", 4));
    assertThat(counts("j")).isEqualTo(new PoolCounts(4, 4, 0, 0));
  }

  @Test
  void jobsTogetherHaveALimitAndThoseWithUsualLabelsAreNotConcerned() {
    List<String> many = List.of("1", "2", "3", "4", "5", "6", "7");
    discovery.apply(
        manager,
        List.of(
            JobFixtures.job("1", WRITES),
            JobFixtures.job("2", WRITES),
            JobFixtures.job("3", WRITES),
            JobFixtures.job("4", WRITES),
            JobFixtures.job("5", WRITES),
            JobFixtures.job("6", WRITES),
            JobFixtures.job("7", WRITES),
            JobFixtures.job("usual")));
    many.forEach(job -> discovery.send(manager, job, PROVIDER, group("a", 10)));
    discovery.send(manager, "usual", PROVIDER, group("a", 1000));

    assertThat(many.stream().mapToInt(job -> counts(job).active()).sum()).isBetween(15, 20);
    assertThat(counts("usual")).isEqualTo(new PoolCounts(1000, 1000, 0, 0));
  }

  @Test
  void textThatWasDiscoveredOrIsInTheConfigurationCountsForNothing() {
    Labels labels = Labels.of("found", "y".repeat(LONG));
    discovery.apply(
        manager,
        List.of(
            JobFixtures.job(
                "j", JobFixtures.set("fixed", "z".repeat(LONG)), JobFixtures.copy("found", "to"))));
    String[] addresses = new String[100];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = "h" + i + ":1";
    }
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("a", labels, addresses));

    assertThat(counts("j")).isEqualTo(new PoolCounts(100, 100, 0, 0));
  }
}
