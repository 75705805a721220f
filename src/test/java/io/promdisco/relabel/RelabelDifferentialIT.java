package io.promdisco.relabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.Promdisco;
import io.promdisco.config.Configuration;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.model.Labels;
import io.promdisco.scrape.PoolCounts;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.TargetsDocument;
import io.promdisco.testing.PrometheusJudge;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random rules on random targets, here and in a real Prometheus. Compares which jobs are refused,
 * and for the others which targets are active and dropped, with all labels, URLs and intervals.
 *
 * <p>{@code -Dpromdisco.cases=N} makes N jobs (default: 1500), {@code -Dpromdisco.seed=S} makes
 * others.
 */
class RelabelDifferentialIT {
  private static final int CASES = Integer.getInteger("promdisco.cases", 1500);
  private static final long SEED = Long.getLong("promdisco.seed", 1);
  private static final int AT_ONCE = 400;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** In agent mode a target may come with the second of two updates, which are 5 s apart. */
  private static final Duration LATEST = Duration.ofSeconds(15);

  private final List<String> differences = new ArrayList<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  @Test
  void everyRuleDoesWhatItDoesInPrometheus(@TempDir Path folder) throws Exception {
    assumeTrue(PrometheusJudge.isAvailable(), "no -Dpromdisco.realclients=FOLDER");
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(config, configuration(List.of()));
    try (PrometheusJudge prometheus = PrometheusJudge.start(folder, config)) {
      for (int from = 0; from < CASES; from += AT_ONCE) {
        Map<String, String> jobs = new LinkedHashMap<>();
        for (int i = from; i < Math.min(CASES, from + AT_ONCE); i++) {
          String name = "job-" + i;
          jobs.put(name, new ScrapeJobGenerator(new Random(SEED * 1_000_003 + i)).next(name));
        }
        counts.merge("generated", jobs.size(), Integer::sum);
        keepAccepted(folder, jobs);
        Files.writeString(config, configuration(jobs.values()));
        assertThat(prometheus.reload()).isEmpty();
        prometheus.awaitSynced(jobs.keySet());
        compare(prometheus, new ConfigLoader().load(config), jobs);
      }
    }
    System.out.println("relabelling against Prometheus, seed " + SEED + ": " + counts);
    if (!differences.isEmpty()) {
      Path report = Path.of("target", "relabel-differences.txt");
      Files.createDirectories(report.toAbsolutePath().getParent());
      Files.write(report, differences);
    }
    assertThat(differences.stream().limit(10)).as(differences.size() + " differences").isEmpty();
    assertThat(counts).containsKeys("active", "dropped", "failed", "refused");
  }

  private static String configuration(Iterable<String> jobs) {
    StringBuilder yaml = new StringBuilder("global: {scrape_interval: 1h}\nscrape_configs:\n");
    jobs.forEach(job -> yaml.append("- ").append(job).append('\n'));
    return yaml.toString();
  }

  /** Removes the jobs that both refuse, and those whose result depends on chance. */
  private void keepAccepted(Path folder, Map<String, String> jobs) throws IOException {
    Map<String, Path> files = new LinkedHashMap<>();
    for (Map.Entry<String, String> job : jobs.entrySet()) {
      Path file = folder.resolve(job.getKey() + ".yml");
      files.put(job.getKey(), Files.writeString(file, configuration(List.of(job.getValue()))));
    }
    Map<Path, String> refused = PrometheusJudge.refused(folder, List.copyOf(files.values()));
    for (Map.Entry<String, Path> file : files.entrySet()) {
      ConfigLoader.LoadResult ours = new ConfigLoader().read(file.getValue());
      String theirs = refused.get(file.getValue());
      String job = jobs.getOrDefault(file.getKey(), "");
      Files.delete(file.getValue());
      if (ours.valid() != (theirs == null)) {
        differences.add(
            job + "\n  verdict of promtool: " + theirs + "\n  ours: " + ours.problems());
      }
      if (!ours.valid() || theirs != null) {
        counts.merge("refused", 1, Integer::sum);
        jobs.remove(file.getKey());
      }
    }
  }

  private void compare(
      PrometheusJudge prometheus, Configuration configuration, Map<String, String> jobs)
      throws Exception {
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.apply(configuration);
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(60))).isTrue();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      TargetsDocument.write(promdisco.pools(), TargetsDocument.State.ANY, null, List::of, out);
      Set<String> failing =
          promdisco.pools().stream()
              .filter(pool -> pool.counts().failed() > 0)
              .map(PoolView::job)
              .collect(Collectors.toSet());
      Map<String, List<String>> ours = byJob(JSON.readTree(out.toByteArray()).get("data"), failing);
      Set<String> left = new HashSet<>();
      for (PoolView pool : promdisco.pools()) {
        count(pool);
        if (dependsOnOrder(pool)) {
          left.add(pool.job());
          counts.merge("left to chance by Prometheus", 1, Integer::sum);
        } else if (isBeyondALimit(pool)) {
          left.add(pool.job());
          counts.merge("beyond a limit of promdisco", 1, Integer::sum);
        }
      }
      long end = System.nanoTime() + LATEST.toNanos();
      List<String> found =
          differences(jobs, left, ours, byJob(prometheus.targets(), prometheus.failing()));
      while (!found.isEmpty() && System.nanoTime() - end < 0) {
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        found = differences(jobs, left, ours, byJob(prometheus.targets(), prometheus.failing()));
      }
      differences.addAll(found);
    }
  }

  private void count(PoolView pool) {
    counts.merge("active", pool.counts().active(), Integer::sum);
    counts.merge("dropped", pool.counts().dropped(), Integer::sum);
    counts.merge("failed", pool.counts().failed(), Integer::sum);
    counts.merge("jobs compared", 1, Integer::sum);
  }

  private static List<String> differences(
      Map<String, String> jobs,
      Set<String> left,
      Map<String, List<String>> ours,
      Map<String, List<String>> theirs) {
    List<String> found = new ArrayList<>();
    jobs.forEach(
        (name, job) -> {
          List<String> expected = theirs.getOrDefault(name, List.of());
          List<String> actual = ours.getOrDefault(name, List.of());
          if (!expected.equals(actual) && !left.contains(name)) {
            List<String> missing = new ArrayList<>(expected);
            actual.forEach(missing::remove);
            List<String> more = new ArrayList<>(actual);
            expected.forEach(more::remove);
            found.add(
                job
                    + "\n  only in Prometheus: "
                    + String.join("\n    ", missing)
                    + "\n  only here: "
                    + String.join("\n    ", more));
          }
        });
    return found;
  }

  /** The targets of each job in an answer, sorted. */
  private static Map<String, List<String>> byJob(JsonNode data, Set<String> failing) {
    Map<String, List<String>> byJob = new HashMap<>();
    failing.forEach(job -> byJob.put(job, new ArrayList<>(List.of("some targets fail"))));
    for (JsonNode target : data.get("activeTargets")) {
      StringBuilder text = new StringBuilder("active");
      for (String field : List.of("scrapeUrl", "scrapeInterval", "scrapeTimeout")) {
        text.append(' ').append(target.get(field));
      }
      text.append(" labels=").append(sorted(target.get("labels")));
      text.append(" discovered=").append(sorted(target.get("discoveredLabels")));
      byJob.computeIfAbsent(job(target), any -> new ArrayList<>()).add(text.toString());
    }
    for (JsonNode target : data.get("droppedTargets")) {
      byJob
          .computeIfAbsent(job(target), any -> new ArrayList<>())
          .add("dropped discovered=" + sorted(target.get("discoveredLabels")));
    }
    data.get("droppedTargetCounts")
        .properties()
        .forEach(
            count ->
                byJob
                    .computeIfAbsent(count.getKey(), any -> new ArrayList<>())
                    .add("number of dropped targets: " + count.getValue()));
    byJob.values().forEach(list -> list.sort(null));
    return byJob;
  }

  private static String job(JsonNode target) {
    return target.get("scrapePool").asText();
  }

  private static String sorted(JsonNode labels) {
    Map<String, String> sorted = new TreeMap<>();
    labels.properties().forEach(label -> sorted.put(label.getKey(), label.getValue().toString()));
    return sorted.toString();
  }

  /**
   * Whether Prometheus's answer depends on the random order of a map. If labelmap gives two labels
   * the same name, the last one wins. If several groups have equal targets, the last one shows its
   * discovered labels. If several groups have dropped targets, only the first ones are shown.
   */
  private static boolean dependsOnOrder(PoolView pool) {
    List<RelabelRule> rules = pool.config().relabelRules();
    Set<String> groups = new HashSet<>();
    boolean[] depends = {false};
    pool.forEachDiscovered(
        (target, outcome) -> {
          groups.add(target.source());
          for (RelabelTrace.Step step : RelabelTrace.of(rules, target.discoveredLabels()).steps()) {
            depends[0] |=
                step.rule().action() == RelabelRule.Action.LABELMAP
                    && givesOneNameTwice(step.rule(), step.before());
          }
        });
    PoolCounts counts = pool.counts();
    long shown = pool.config().keepDroppedTargets();
    boolean equal = counts.discovered() - counts.dropped() - counts.failed() > counts.active();
    boolean hidden = shown > 0 && counts.dropped() > shown;
    return depends[0] || (groups.size() > 1 && (equal || hidden));
  }

  /** Whether a target fails because of a limit that promdisco has and Prometheus does not have. */
  private static boolean isBeyondALimit(PoolView pool) {
    return pool.failedTargets(0).stream().anyMatch(failed -> failed.message().contains("too deep"));
  }

  private static boolean givesOneNameTwice(RelabelRule rule, Labels labels) {
    Map<String, String> written = new HashMap<>();
    boolean[] twice = {false};
    labels.forEach(
        (name, value) -> {
          @Nullable String to = ReferenceRelabeler.mapped(rule, name);
          String before = to == null ? null : written.put(to, value);
          twice[0] |= before != null && !before.equals(value);
        });
    return twice[0];
  }
}
