package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.metrics.Metrics;
import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

class GroupRouterTest {
  private static final RelabelRule MAP = map("pod_(.+)");

  private static RelabelRule map(String regex) {
    return JobFixtures.compile(
        new RelabelSpec(null, null, regex, null, null, null, "labelmap", null),
        NameValidation.UTF8);
  }

  private static TargetBuilder job(String name, RelabelRule... rules) {
    return new TargetBuilder(JobFixtures.job(name, rules));
  }

  private static List<List<String>> route(List<TargetBuilder> jobs, TargetGroup... groups) {
    return new GroupRouter(jobs)
        .route(List.of(groups)).stream()
            .map(offered -> offered.stream().map(TargetGroup::source).toList())
            .toList();
  }

  @Test
  void groupIsOfferedToTheJobsThatWantItsValue() {
    List<TargetBuilder> jobs =
        List.of(
            job("a", MAP, JobFixtures.keep("ns", "a")),
            job("ab", MAP, JobFixtures.keep("ns", "a|b")),
            job("all"));

    assertThat(
            route(
                jobs,
                JobFixtures.group("1", Labels.of("ns", "a"), "x:1", "x:2"),
                JobFixtures.group("2", Labels.of("ns", "b"), "x:1"),
                JobFixtures.group("3", Labels.of("ns", "c"), "x:1")))
        .containsExactly(List.of("1"), List.of("1", "2"), List.of("1", "2", "3"));
  }

  @Test
  void groupWithAGuardIsOfferedToAll() {
    List<TargetBuilder> jobs = List.of(job("a", MAP, JobFixtures.keep("ns", "a")));

    assertThat(route(jobs, JobFixtures.group("1", Labels.of("ns", "b", "pod_ns", "a"), "x:1")))
        .containsExactly(List.of("1"));
  }

  @Test
  void targetsOfOneGroupMayBeWantedByDifferentJobs() {
    List<TargetBuilder> jobs =
        List.of(job("a", JobFixtures.keep("port", "a")), job("b", JobFixtures.keep("port", "b")));
    TargetGroup group =
        new TargetGroup(
            "1",
            List.of(
                Labels.of("__address__", "x:1", "port", "a"),
                Labels.of("__address__", "x:2", "port", "c"),
                Labels.of("__address__", "x:3", "port", "a")),
            Labels.of("port", "b"));

    assertThat(route(jobs, group)).containsExactly(List.of("1"), List.of());
  }

  @Test
  void jobIsFiledUnderTheDemandThatTellsMostJobsApart() {
    List<TargetBuilder> jobs =
        List.of(
            job("a", JobFixtures.keep("scrape", "true"), JobFixtures.keep("ns", "a")),
            job("b", JobFixtures.keep("scrape", "true"), JobFixtures.keep("ns", "b")));

    assertThat(route(jobs, JobFixtures.group("1", Labels.of("ns", "b", "scrape", "true"), "x:1")))
        .containsExactly(List.of(), List.of("1"));
  }

  @Test
  void requiredValueOfALabelThatTheJobAddsIsNotUsed() {
    List<TargetBuilder> jobs = List.of(job("a", JobFixtures.keep("job", "a")));

    assertThat(route(jobs, JobFixtures.group("1", "x:1"))).containsExactly(List.of("1"));
  }

  @Provide
  Arbitrary<List<RelabelRule>> rules() {
    return Arbitraries.of(
            MAP,
            map("(?:pod|q)_(.+)"),
            JobFixtures.keep("ns", "a"),
            JobFixtures.keep("ns", "a|b"),
            JobFixtures.keep("ns", "c|"),
            JobFixtures.keep("ns", "[a-b]"),
            JobFixtures.keep("port", "a"),
            JobFixtures.keep("job", "job-1"),
            JobFixtures.copy("port", "ns"),
            JobFixtures.set("x", "y"))
        .list()
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<TargetGroup> group() {
    Arbitrary<Labels> labels =
        Arbitraries.maps(
                Arbitraries.of("ns", "port", "pod_ns", "q_ns"), Arbitraries.of("", "a", "b", "c"))
            .map(Labels::of);
    Arbitrary<Labels> target =
        labels.map(own -> Labels.builder().setAll(own).set("__address__", "x:1").build());
    return Combinators.combine(
            Arbitraries.of("1", "2", "3", "4"), target.list().ofMaxSize(3), labels)
        .as(TargetGroup::new);
  }

  @Provide
  Arbitrary<List<TargetGroup>> batch() {
    return group().list().uniqueElements(TargetGroup::source).ofMaxSize(4);
  }

  /** Several jobs share the change lists of one provider, for many batches. */
  @Property(tries = 3000)
  void jobsKeepWhatTheyKeepWhenTheyAreOfferedEverything(
      @ForAll @Size(min = 1, max = 4) List<@From("rules") List<RelabelRule>> jobs,
      @ForAll @Size(min = 1, max = 4) List<@From("batch") List<TargetGroup>> batches) {
    try (ScrapeManager manager = new ScrapeManager(new FakeDiscovery(), Metrics.none())) {
      manager.apply(
          numbered(jobs).entrySet().stream()
              .map(job -> JobFixtures.job(job.getKey(), job.getValue().toArray(new RelabelRule[0])))
              .toList());
      Map<String, TargetGroup> held = new LinkedHashMap<>();
      for (List<TargetGroup> batch : batches) {
        boolean whole = held.isEmpty();
        batch.forEach(group -> held.put(group.source(), group));
        manager.onUpdates(
            numbered(jobs).keySet().stream()
                .map(job -> new TargetSetUpdate(job, false, whole, 1, 1, Map.of("p", batch)))
                .toList());
      }
      numbered(jobs)
          .forEach(
              (job, rules) -> {
                List<Labels> expected = expected(job, rules, held);
                Statistics.collect(expected.isEmpty() ? "dropped" : "kept");
                assertThat(manager.pool(job).orElseThrow().activeTargets())
                    .extracting(Target::labels)
                    .containsExactlyInAnyOrderElementsOf(expected);
              });
    }
  }

  private static Map<String, List<RelabelRule>> numbered(List<List<RelabelRule>> jobs) {
    Map<String, List<RelabelRule>> named = new LinkedHashMap<>();
    jobs.forEach(rules -> named.put("job-" + named.size(), rules));
    return named;
  }

  private static List<Labels> expected(
      String job, List<RelabelRule> rules, Map<String, TargetGroup> held) {
    TargetBuilder builder = job(job, rules.toArray(new RelabelRule[0]));
    Map<Long, Labels> kept = new LinkedHashMap<>();
    for (TargetGroup group : held.values()) {
      for (int i = 0; i < group.targets().size(); i++) {
        if (builder.build("p", group, i) instanceof TargetOutcome.Kept made) {
          kept.put(made.target().hash(), made.target().labels());
        }
      }
    }
    return new ArrayList<>(kept.values());
  }
}
