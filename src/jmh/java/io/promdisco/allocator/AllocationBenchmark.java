package io.promdisco.allocator;

import io.promdisco.allocation.Allocation;
import io.promdisco.allocation.Collector;
import io.promdisco.allocation.Holders.Handover;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.RenderedDocument;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetBuilder;
import io.promdisco.scrape.TargetOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What changes of targets and collectors cost: 100,000 targets, 100 collectors. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AllocationBenchmark {
  private static final int TARGETS = 100_000;
  private static final int COLLECTORS = 100;

  private final TargetBuilder builder = new TargetBuilder(ScrapeConfig.builder("j").build());
  private final JobShares shares =
      new JobShares(Handover.GAPLESS, collector -> Duration.ofSeconds(45));
  private final Allocation usual = allocation(COLLECTORS);
  private final Allocation larger = allocation(COLLECTORS + 1);
  private final List<Target> one;
  private final String owner;
  private int turn;
  private long nanos;

  /** Assigns the targets, and renders each share. */
  public AllocationBenchmark() {
    List<Target> all = new ArrayList<>();
    for (int i = 0; i < TARGETS; i++) {
      all.add(target("10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256 + ":9090"));
    }
    shares.update(new PoolView.News(1, true, all, List.of()), usual, nanos);
    one = List.of(target("10.99.0.1:9090"));
    change(true);
    owner = String.valueOf(shares.assigned("", Set.of("10.99.0.1:9090"), 1).get(0).owner());
    change(false);
  }

  private static Allocation allocation(int count) {
    return new Allocation(
        Allocation.Strategy.CONSISTENT_HASHING,
        IntStream.range(0, count).mapToObj(i -> new Collector("collector-" + i, "")).toList());
  }

  private Target target(String address) {
    TargetGroup group =
        new TargetGroup(
            "g",
            List.of(
                Labels.of(
                    "__address__",
                    address,
                    "__meta_kubernetes_namespace",
                    "shop",
                    "__meta_kubernetes_pod_name",
                    "web-" + address)),
            Labels.EMPTY);
    return ((TargetOutcome.Kept) builder.build("static/0", group, 0)).target();
  }

  private void change(boolean there) {
    PoolView.News news =
        there
            ? new PoolView.News(1, false, one, List.of())
            : new PoolView.News(1, false, List.of(), one);
    shares.update(news, usual, ++nanos);
  }

  /** A target comes or goes. */
  @Benchmark
  public void oneTarget() {
    change((++turn & 1) == 1);
  }

  /** The same, and the share that it changes is rendered, 1,000 targets. */
  @Benchmark
  public RenderedDocument oneTargetAndItsShare() throws IOException {
    change((++turn & 1) == 1);
    return shares.document(owner);
  }

  /** A collector joins or leaves, and its targets move; the time of the handover passes. */
  @Benchmark
  public void oneCollector() {
    nanos += Duration.ofHours(1).toNanos();
    shares.update(null, (++turn & 1) == 1 ? larger : usual, nanos);
  }

  /** Nothing has changed: a poll. */
  @Benchmark
  public RenderedDocument unchangedPoll() throws IOException {
    shares.update(null, usual, nanos);
    return shares.document(owner);
  }
}
