package io.promdisco.scrape;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.providers.kubernetes.client.decode.PodBodies;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From changed groups to targets, routing between the jobs included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class ScrapeBenchmark {
  private static final int PODS = 50_000;

  /** Rules of each job. */
  @Param({"5", "20", "50"})
  public int rules;

  /** Jobs over the same pods; the first 50 keep a hundredth of the targets each. */
  @Param({"1", "20", "100"})
  public int jobs;

  private ScrapeManager manager = new ScrapeManager(job -> TargetSetReader.TargetSet.NONE, Metrics.none());
  private List<TargetSetUpdate> everything = List.of();
  private List<TargetSetUpdate> one = List.of();

  /** Decodes the pods and loads them once. */
  @Setup
  public void load() throws Exception {
    List<TargetGroup> groups = new PodBodies(PODS).groups();
    List<ScrapeConfig> configs = UsualRules.jobs(jobs, rules);
    manager = new ScrapeManager(job -> TargetSetReader.TargetSet.NONE, Metrics.none());
    manager.apply(configs);
    everything = updates(configs, false, groups);
    one = updates(configs, false, List.of(groups.get(0)));
    manager.onUpdates(updates(configs, true, groups));
  }

  private static List<TargetSetUpdate> updates(
      List<ScrapeConfig> jobs, boolean whole, List<TargetGroup> changed) {
    return jobs.stream()
        .map(
            job ->
                new TargetSetUpdate(
                    job.jobName(), false, whole, 1, 2 * PODS, Map.of("p", changed)))
        .toList();
  }

  /** All 100,000 targets. */
  @Benchmark
  public Object everything() {
    manager.onUpdates(everything);
    return manager;
  }

  /** One group of two targets, which the first job keeps, among 50,000. */
  @Benchmark
  public Object oneGroup() {
    manager.onUpdates(one);
    return manager;
  }
}
