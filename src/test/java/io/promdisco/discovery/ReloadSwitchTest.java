package io.promdisco.discovery;

import static io.promdisco.discovery.GroupFixtures.gone;
import static io.promdisco.discovery.GroupFixtures.group;
import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.discovery.ScriptedFactory.Config;
import io.promdisco.metrics.Metrics;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.ScrapeManager;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetChange;
import io.promdisco.testing.ManualTicker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Discovery and relabelling together: what a reload shows, and when (decision 0022). */
@Timeout(60)
final class ReloadSwitchTest {
  private final ManualTicker clock = new ManualTicker();
  private final ScriptedFactory factory = new ScriptedFactory();
  private final DiscoveryManager discovery =
      new DiscoveryManager(List.of(factory), clock, Metrics.none());
  private final ScrapeManager scrape = new ScrapeManager(discovery, Metrics.none());
  private final List<TargetChange> told = new CopyOnWriteArrayList<>();

  /** Everything that was reported about a target's address and rules. */
  private final List<String> everSeen = new CopyOnWriteArrayList<>();

  ReloadSwitchTest() {
    discovery.start(scrape);
    scrape.addListener(
        change -> {
          told.add(change);
          change.added().forEach(target -> everSeen.add(shown(target)));
          change.changed().forEach(changed -> everSeen.add(shown(changed.after())));
        });
  }

  @AfterEach
  void close() {
    discovery.close();
    scrape.close();
  }

  /** Applies a configuration of jobs with these rules and sources, each a list of names. */
  private void apply(String... jobsRulesAndSources) {
    List<ScrapeConfig> jobs = new ArrayList<>();
    Map<String, List<SdConfig>> sources = new LinkedHashMap<>();
    for (int i = 0; i < jobsRulesAndSources.length; i += 3) {
      String job = jobsRulesAndSources[i];
      List<SdConfig> configs = new ArrayList<>();
      for (String name : jobsRulesAndSources[i + 2].split(" ")) {
        configs.add(new Config(name));
      }
      sources.put(job, configs);
      jobs.addAll(jobs(job, jobsRulesAndSources[i + 1]));
    }
    discovery.expect(sources.keySet());
    Set<String> reshaped = scrape.apply(jobs);
    discovery.apply(sources, reshaped);
  }

  /** Rules that write their name to a label, and drop the target drop:1. */
  private static List<ScrapeConfig> jobs(String job, String rules) {
    String yaml =
        "scrape_configs: [{job_name: %s, relabel_configs: [{target_label: rules, replacement: %s},"
                .formatted(job, rules)
            + "{source_labels: [__address__], regex: 'drop:1', action: drop}]}]";
    return new ConfigLoader()
        .read("p.yml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("."))
        .configuration()
        .orElseThrow()
        .jobs();
  }

  private static String shown(Target target) {
    return target.address() + " " + target.labels().get("rules");
  }

  private PoolView pool(String job) {
    return scrape.pool(job).orElseThrow();
  }

  private List<String> targets(String job) {
    return pool(job).activeTargets().stream().map(ReloadSwitchTest::shown).toList();
  }

  private void becomes(String job, String... targets) {
    eventually(
        () -> {
          clock.advance(UpdateSender.PAUSE);
          assertThat(targets(job)).containsExactlyInAnyOrder(targets);
        });
  }

  private boolean complete(String job) {
    return discovery.job(job).orElseThrow().complete();
  }

  private void awaitSynced() {
    eventually(
        () -> {
          clock.advance(UpdateSender.PAUSE);
          assertThat(discovery.awaitSynced(Duration.ZERO)).isTrue();
        });
  }

  /** Puts a group with one target for each address; the first address is its source. */
  private void deliver(String source, String... addresses) {
    factory.sink(source).update(List.of(group(addresses[0], addresses)));
    factory.sink(source).synced();
  }

  private void loaded() {
    apply("web", "old", "x");
    deliver("x", "a:1", "both:1", "drop:1");
    awaitSynced();
    assertThat(targets("web")).containsExactlyInAnyOrder("a:1 old", "both:1 old");
    eventually(() -> assertThat(told).hasSize(1));
  }

  @Test
  void oldGroupsAreNeverShownWithNewRules() {
    loaded();
    apply("web", "new", "y");
    factory.sink("y").update(List.of(group("b:1", "b:1", "both:1")));
    clock.advance(DiscoveryManager.SWITCH_LIMIT.minusMillis(1));
    assertThat(targets("web")).containsExactlyInAnyOrder("a:1 old", "both:1 old");
    assertThat(complete("web")).isTrue();

    factory.sink("y").synced();

    awaitSynced();
    assertThat(targets("web")).containsExactlyInAnyOrder("b:1 new", "both:1 new");
    assertThat(complete("web")).isTrue();
    eventually(() -> assertThat(told).hasSize(2));
    assertThat(everSeen)
        .containsExactlyInAnyOrder("a:1 old", "both:1 old", "b:1 new", "both:1 new");
  }

  @Test
  void aTargetThatBothConfigurationsHaveIsNotReported() {
    loaded();
    apply("web", "old", "y");
    deliver("y", "b:1", "both:1");
    awaitSynced();
    eventually(() -> assertThat(told).hasSize(2));
    assertThat(told.get(1).added()).extracting(Target::address).containsExactly("b:1");
    assertThat(told.get(1).removed()).extracting(Target::address).containsExactly("a:1");
    assertThat(told.get(1).changed()).isEmpty();
  }

  @Test
  void atTheEndOfTheWaitTheNewConfigurationIsInForceAndIncomplete() {
    loaded();
    apply("web", "new", "y z");
    deliver("y", "b:1");
    clock.advance(DiscoveryManager.SWITCH_LIMIT);
    becomes("web", "b:1 new");
    assertThat(complete("web")).isFalse();
    eventually(
        () -> {
          clock.advance(UpdateSender.PAUSE);
          assertThat(discovery.job("web").orElseThrow().describe())
              .isEqualTo("incomplete: job web: scripted/2: has not delivered its targets yet");
        });

    deliver("z", "c:1");
    becomes("web", "b:1 new", "c:1 new");
    awaitSynced();
    assertThat(complete("web")).isTrue();
    assertThat(everSeen).doesNotContain("a:1 new", "b:1 old");
  }

  @Test
  void newRulesOverTheSameSourcesAreInForceImmediately() {
    loaded();
    apply("web", "new", "x");
    becomes("web", "a:1 new", "both:1 new");
    assertThat(complete("web")).isTrue();
    eventually(() -> assertThat(told).hasSize(2));
    assertThat(told.get(1).changed()).hasSize(2);
    assertThat(told.get(1).added()).isEmpty();
    assertThat(told.get(1).removed()).isEmpty();
  }

  @Test
  void otherRulesWaitForASourceThatHasNotDeliveredYet() {
    apply("web", "old", "x y");
    deliver("x", "a:1");
    factory.sink("y").update(List.of(group("b", "b:1")));
    becomes("web", "a:1 old", "b:1 old");

    apply("web", "new", "x y");
    factory.sink("y").update(List.of(group("b", "b:2")));
    becomes("web", "a:1 old", "b:2 old"); // It is still running, for both configurations.
    factory.sink("y").synced();

    becomes("web", "a:1 new", "b:2 new");
    awaitSynced();
    assertThat(complete("web")).isTrue();
  }

  @Test
  void aSecondReloadDuringTheWaitReplacesTheFirst() {
    loaded();
    apply("web", "first", "y");
    apply("web", "second", "y z");
    deliver("y", "b:1");
    deliver("z", "c:1");
    awaitSynced();
    assertThat(targets("web")).containsExactlyInAnyOrder("b:1 second", "c:1 second");
    assertThat(everSeen).noneMatch(shown -> shown.endsWith("first"));
    eventually(() -> assertThat(told).hasSize(2));
  }

  @Test
  void aReloadThatIsTakenBackDuringTheWaitTellsNothing() {
    loaded();
    apply("web", "new", "y");
    apply("web", "old", "x"); // The source is a new one: the old one has ended.
    deliver("x", "a:1", "both:1", "drop:1");
    awaitSynced();
    assertThat(targets("web")).containsExactlyInAnyOrder("a:1 old", "both:1 old");
    assertThat(complete("web")).isTrue();
    assertThat(told).hasSize(1);
  }

  @Test
  void otherJobsDoNotWait() {
    apply("web", "old", "x", "db", "old", "y");
    deliver("x", "a:1");
    deliver("y", "b:1");
    awaitSynced();

    apply("web", "new", "z", "db", "new", "y", "added", "new", "y");
    becomes("db", "b:1 new");
    becomes("added", "b:1 new");
    assertThat(targets("web")).containsExactly("a:1 old");
    deliver("y", "b:2");
    factory.sink("y").update(List.of(gone("b:1")));
    becomes("db", "b:2 new");
    assertThat(targets("web")).containsExactly("a:1 old");
  }

  @Test
  void aRemovedJobDisappearsImmediatelyEvenDuringTheWait() {
    loaded();
    apply("web", "new", "y");
    apply("other", "new", "y");
    assertThat(scrape.pool("web")).isEmpty();
    assertThat(discovery.job("web")).isEmpty();
    eventually(() -> assertThat(told).hasSize(2));
    assertThat(told.get(1).removed()).hasSize(2);
    deliver("y", "b:1");
    becomes("other", "b:1 new");

    apply("web", "again", "y");
    becomes("web", "b:1 again");
    assertThat(everSeen).doesNotContain("a:1 again", "a:1 new");
  }

  @Test
  void droppedTargetsAreThoseOfTheConfigurationInForce() {
    loaded();
    apply("web", "new", "y");
    factory.sink("y").update(List.of(group("b:1", "b:1")));
    assertThat(pool("web").counts().dropped()).isOne();
    assertThat(pool("web").droppedTargets(0)).hasSize(1);
    List<String> discovered = new ArrayList<>();
    pool("web")
        .forEachDiscovered(
            (target, outcome) -> discovered.add(target.discoveredLabels().get("__address__")));
    assertThat(discovered).containsExactlyInAnyOrder("a:1", "both:1", "drop:1");
    factory.sink("y").synced();
    becomes("web", "b:1 new");
    assertThat(pool("web").droppedTargets(0)).isEmpty();
  }
}
