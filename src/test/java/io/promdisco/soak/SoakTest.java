package io.promdisco.soak;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.promdisco.testing.ExpectsErrors;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Replaces 20 pods a second during faults, reloads and changes of listeners, and compares the
 * result with a fresh start. Runs for some seconds in every build; with the profile {@code soak} it
 * runs for {@code soak.minutes} and also checks that nothing grows. {@code soak.seed} repeats a
 * run.
 */
@ExpectsErrors("listeners that throw are part of the storm")
class SoakTest {
  private static final Duration BETWEEN_PODS = Duration.ofMillis(50);
  private static final int PODS_BETWEEN_EVENTS = 30;
  private static final Path PICTURE = Path.of("target/soak/soak.svg");

  private final long seed = Long.getLong("soak.seed", System.nanoTime());
  private final MeasuredSeries heap = new MeasuredSeries("heap after GC", "MB");
  private final MeasuredSeries threads = new MeasuredSeries("threads", "threads");
  private final MeasuredSeries descriptors = new MeasuredSeries("open descriptors", "files");
  private final MeasuredSeries connections = new MeasuredSeries("connections", "connections");

  @Test
  @Timeout(60)
  void aShortStormEndsAsAFreshStartWithoutDeadlock() throws Exception {
    run(Duration.ofSeconds(8), Duration.ofSeconds(2), 6);
    assertThat(threads.mean()).isPositive();
  }

  @Test
  @EnabledIfSystemProperty(
      named = "soak.minutes",
      matches = "[0-9.]+",
      disabledReason = "takes an hour (run with -Psoak)")
  @Timeout(value = 2, unit = TimeUnit.DAYS)
  void memoryThreadsAndFilesDoNotGrow() throws Exception {
    double minutes = Double.parseDouble(System.getProperty("soak.minutes"));
    Duration length = Duration.ofMillis((long) (minutes * 60_000));
    run(length, length.dividedBy(120), PODS_BETWEEN_EVENTS);
    Files.createDirectories(PICTURE.getParent());
    List<MeasuredSeries> all = List.of(heap, threads, descriptors, connections);
    Files.writeString(PICTURE, MeasuredSeries.picture(all));
    all.forEach(System.out::println);
    System.out.println("picture: " + PICTURE);
    assertThat(heap.growth()).as("MB").isLessThan(Math.max(4, heap.mean() / 10));
    assertThat(threads.growth()).as("threads").isLessThan(Math.max(5, threads.mean() / 10));
    assertThat(descriptors.growth()).as("files").isLessThan(Math.max(5, descriptors.mean() / 10));
    assertThat(connections.growth()).as("connections").isLessThan(5);
  }

  private void run(Duration length, Duration sampling, int podsBetweenEvents) throws Exception {
    System.out.println("soak: seed " + seed + " (repeat with -Dsoak.seed)");
    try (SoakWorkload storm = new SoakWorkload(seed)) {
      long begin = System.nanoTime();
      long nextSample = begin + length.toNanos() / 10; // The first tenth is the warm-up.
      for (long tick = 1; System.nanoTime() - begin < length.toNanos(); tick++) {
        storm.replacePod();
        if (tick % podsBetweenEvents == 0) {
          storm.somethingHappens();
        }
        if (System.nanoTime() - nextSample >= 0) {
          nextSample += sampling.toNanos();
          sample(storm, (System.nanoTime() - begin) / 60e9);
        }
        long wait = begin + tick * BETWEEN_PODS.toNanos() - System.nanoTime();
        LockSupport.parkNanos(Math.max(0, wait));
      }
      storm.calm();
      Set<String> expected = storm.fresh();
      eventually(() -> assertThat(storm.targets()).isEqualTo(expected));
      System.out.printf(
          "soak: %d pods replaced, %d reloads, %d changes told, %d targets as of a fresh start%n",
          storm.replaced(), storm.reloads(), storm.changes(), expected.size());
    }
  }

  private void sample(SoakWorkload storm, double minute) throws IOException {
    var management = ManagementFactory.getThreadMXBean();
    assertThat(management.findDeadlockedThreads()).as("threads in a deadlock").isNull();
    System.gc(); // Measures what is reachable, not garbage.
    heap.add(minute, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6);
    threads.add(minute, management.getThreadCount());
    connections.add(minute, storm.connections());
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      descriptors.add(minute, (double) unix.getOpenFileDescriptorCount());
    } else {
      descriptors.add(minute, 0);
    }
  }
}
