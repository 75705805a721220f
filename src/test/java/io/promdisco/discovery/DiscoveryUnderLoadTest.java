package io.promdisco.discovery;

import static io.promdisco.discovery.GroupFixtures.gone;
import static io.promdisco.discovery.GroupFixtures.group;
import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.SdConfig;
import io.promdisco.discovery.ScriptedFactory.Config;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.testing.ExpectsErrors;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.SystemTicker;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Applies and closes while every provider puts groups as fast as it can. */
@Timeout(120)
final class DiscoveryUnderLoadTest {
  private static final List<String> JOBS = List.of("web", "db", "mq", "cache");
  private static final List<String> SOURCES = List.of("v", "w", "x", "y", "z");
  private static final int APPLIES = 400;

  /** A clock a hundred times as fast: a pause between sends is a millisecond. */
  private record FastTicker(SystemTicker real) implements Ticker {
    private static final int FACTOR = 100;

    @Override
    public long nanos() {
      return real.nanos() * FACTOR;
    }

    @Override
    public Instant now() {
      return real.now();
    }

    @Override
    public Alarm schedule(Duration delay, Runnable task) {
      return real.schedule(delay.dividedBy(FACTOR), task);
    }
  }

  /** Discoverers that put and delete groups at random, each on its own thread. */
  private static final class StormFactory implements DiscovererFactory {
    volatile boolean calm;
    final AtomicInteger puts = new AtomicInteger();

    @Override
    public boolean accepts(SdConfig config) {
      return true;
    }

    @Override
    public Discoverer create(SdConfig config, String provider) {
      return new Storm(this, provider);
    }
  }

  private static final class Storm implements Discoverer {
    private final StormFactory factory;
    private final String provider;
    private volatile boolean closed;
    private Thread thread = new Thread();

    Storm(StormFactory factory, String provider) {
      this.factory = factory;
      this.provider = provider;
    }

    @Override
    public void start(TargetSink sink) {
      thread = NamedThreads.start("sd-storm-" + provider, () -> rage(sink));
    }

    private void rage(TargetSink sink) {
      Random random = new Random(provider.hashCode());
      while (!closed) {
        if (factory.calm) {
          LockSupport.parkNanos(100_000);
          continue;
        }
        List<TargetGroup> groups = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          String source = "s" + random.nextInt(40);
          groups.add(
              random.nextInt(3) == 0 ? gone(source) : group(source, "h:" + random.nextInt(9)));
        }
        sink.update(groups);
        if (factory.puts.incrementAndGet() % 16 == 0) {
          LockSupport.parkNanos(50_000); // Leaves some of the processor to the others.
        }
      }
    }

    @Override
    public void close() {
      closed = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Throws exceptions at random, sometimes after it has accepted everything. */
  private static final class MoodyFollower extends UpdateFollower {
    final AtomicInteger refusals = new AtomicInteger();
    private final Random random = new Random(7); // by sd-send

    @Override
    public void onUpdates(List<TargetSetUpdate> updates) {
      int mood = random.nextInt(10);
      if (mood == 0) {
        refusals.incrementAndGet();
        throw new IllegalStateException("nothing taken, on purpose");
      }
      super.onUpdates(updates);
      if (mood == 1) {
        refusals.incrementAndGet();
        throw new IllegalStateException("taken all the same, on purpose");
      }
    }
  }

  private static Map<String, List<SdConfig>> randomJobs(Random random) {
    Map<String, List<SdConfig>> jobs = new HashMap<>();
    for (String job : JOBS) {
      if (random.nextInt(3) > 0) {
        List<SdConfig> configs = new ArrayList<>();
        for (String source : SOURCES) {
          if (random.nextBoolean()) {
            configs.add(new Config(source));
          }
        }
        jobs.put(job, configs);
      }
    }
    return jobs;
  }

  @Test
  @ExpectsErrors("the reader refuses now and then")
  void followerHoldsWhatThePoolHoldsAfterAStormOfUpdatesAndReloads() {
    MoodyFollower follower = new MoodyFollower();
    StormFactory factory = new StormFactory();
    Random random = new Random(42);
    try (SystemTicker real = new SystemTicker();
        DiscoveryManager manager =
            new DiscoveryManager(List.of(factory), new FastTicker(real), Metrics.none())) {
      manager.start(follower);
      Map<String, List<SdConfig>> jobs = Map.of();
      for (int i = 0; i < APPLIES; i++) {
        jobs = randomJobs(random);
        manager.apply(jobs);
        if (random.nextBoolean()) {
          LockSupport.parkNanos(random.nextInt(4_000_000));
        }
      }
      factory.calm = true;
      Map<String, List<SdConfig>> last = jobs;
      eventually(() -> assertThat(follower.jobs()).isEqualTo(poolOf(manager, last)));
    }
    assertThat(follower.contradictions()).isEmpty();
    assertThat(follower.calls()).isGreaterThan(50);
    assertThat(follower.refusals).hasPositiveValue();
    assertThat(factory.puts.get()).isGreaterThan(1_000);
  }

  /** Returns what a new reader of the pool sees, in the form of {@link UpdateFollower#jobs}. */
  private static Map<String, Map<String, Map<String, TargetGroup>>> poolOf(
      DiscoveryManager manager, Map<String, List<SdConfig>> jobs) {
    Map<String, Map<String, Map<String, TargetGroup>>> out = new TreeMap<>();
    for (String job : jobs.keySet()) {
      Map<String, Map<String, TargetGroup>> providers = new TreeMap<>();
      manager
          .read(job)
          .groups()
          .forEach(
              (provider, groups) ->
                  groups.forEach(
                      group ->
                          providers
                              .computeIfAbsent(provider, name -> new TreeMap<>())
                              .put(group.source(), group)));
      out.put(job, providers);
    }
    return out;
  }

  @Test
  void closeInTheMiddleOfAStormEndsEverything() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      UpdateFollower follower = new UpdateFollower();
      StormFactory factory = new StormFactory();
      Random random = new Random(round);
      try (SystemTicker real = new SystemTicker()) {
        DiscoveryManager manager =
            new DiscoveryManager(List.of(factory), new FastTicker(real), Metrics.none());
        manager.start(follower);
        manager.apply(randomJobs(random));
        Thread applying =
            NamedThreads.start(
                "sd-test-apply",
                () -> {
                  for (int i = 0; i < 50; i++) {
                    manager.apply(randomJobs(random));
                  }
                });
        LockSupport.parkNanos(2_000_000);
        manager.close();
        applying.join();
        int calls = follower.calls();
        manager.apply(randomJobs(random));
        assertThat(follower.calls()).isEqualTo(calls);
        assertThat(follower.contradictions()).isEmpty();
      }
    }
  }
}
