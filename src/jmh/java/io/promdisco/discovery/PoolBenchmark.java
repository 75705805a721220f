package io.promdisco.discovery;

import io.promdisco.model.TargetGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of a change of one of 100,000 groups in the target pool, with 20 jobs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PoolBenchmark {
  private static final int GROUPS = 100_000;
  private static final int JOBS = 20;

  private final TargetPool pool = new TargetPool();
  private final List<TargetGroup> all = new ArrayList<>();
  private final List<List<TargetGroup>> changes = new ArrayList<>();
  private int turn;

  /** Fills the pool. */
  public PoolBenchmark() {
    for (int i = 0; i < GROUPS; i++) {
      all.add(GroupFixtures.group("pod/" + i, "10.0.0.1:" + i, "10.0.0.2:" + i));
    }
    changes.add(List.of(GroupFixtures.group("pod/7", "10.0.0.3:7")));
    changes.add(List.of(all.get(7)));
    Map<String, List<String>> jobs = new HashMap<>();
    for (int i = 0; i < JOBS; i++) {
      jobs.put("job-" + i, List.of("p"));
    }
    pool.configure(1, jobs, Set.of());
    pool.settle("p", true);
    pool.update("p", all);
    pool.drain();
  }

  /** A change, and the updates that are sent for it. */
  @Benchmark
  public Object oneGroup() {
    pool.update("p", changes.get(turn++ & 1));
    return pool.drain();
  }

  /** All groups again, as from a polled source. */
  @Benchmark
  public boolean unchanged() {
    return pool.update("p", all);
  }
}
