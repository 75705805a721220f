package io.promdisco.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Records which tests ran and which were skipped, and why, for the {@link BuildSummary} at the end
 * of the build. Each JVM appends to its own file, whose name begins with the system property {@code
 * build.report}: a folder and the kind of the tests. Without that property nothing is written.
 * Registered through the service file; for one test at a time.
 */
public final class BuildReport implements TestExecutionListener {
  private static final String PROPERTY = "build.report";

  private final Map<String, Long> begun = new HashMap<>(); // in nanoseconds
  private final Map<String, Long> cpu =
      new HashMap<>(); // processor time of the process, in nanoseconds
  private final Map<String, Integer> tests = new TreeMap<>();
  private @Nullable TestPlan plan;

  /**
   * Prints {@code line}, and shows it at the end of the build: how many recorded cases a suite ran,
   * for example.
   */
  public static void say(String line) {
    System.out.println(line);
    write("said", line);
  }

  @Override
  public void testPlanExecutionStarted(TestPlan testPlan) {
    plan = testPlan;
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    if (isClass(test)) {
      begun.put(test.getUniqueId(), System.nanoTime());
      cpu.put(test.getUniqueId(), processCpu());
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    skipped(test, reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      skipped(test, result.getThrowable().map(Throwable::getMessage).orElse(""));
    } else if (test.isTest()) {
      tests.merge(className(test), 1, Integer::sum);
    }
    if (isClass(test) && begun.containsKey(test.getUniqueId())) {
      String name = className(test);
      write(
          "ran",
          name,
          Integer.toString(tests.getOrDefault(name, 0)),
          millisSince(begun.getOrDefault(test.getUniqueId(), 0L), System.nanoTime()),
          millisSince(cpu.getOrDefault(test.getUniqueId(), 0L), processCpu()));
      tests.remove(name);
    }
  }

  private void skipped(TestIdentifier test, String reason) {
    long count = 0;
    if (plan != null && !isMethod(test)) {
      count = plan.getDescendants(test).stream().filter(BuildReport::isMethod).count();
    }
    write("skipped", className(test), Long.toString(Math.max(1, count)), reason);
  }

  private static String millisSince(long begin, long end) {
    return Long.toString(Duration.ofNanos(end - begin).toMillis());
  }

  private static long processCpu() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }

  private static boolean isMethod(TestIdentifier test) {
    return test.getSource().filter(MethodSource.class::isInstance).isPresent();
  }

  private boolean isClass(TestIdentifier test) {
    return outermost(test).filter(test::equals).isPresent();
  }

  /** The outermost class that contains {@code test}. */
  private Optional<TestIdentifier> outermost(TestIdentifier test) {
    Optional<TestIdentifier> found = Optional.empty();
    Optional<TestIdentifier> at = Optional.of(test);
    while (at.isPresent()) {
      if (at.get().getSource().filter(ClassSource.class::isInstance).isPresent()) {
        found = at;
      }
      at = plan == null ? Optional.empty() : plan.getParent(at.get());
    }
    return found;
  }

  private String className(TestIdentifier test) {
    return outermost(test)
        .flatMap(TestIdentifier::getSource)
        .map(source -> ((ClassSource) source).getClassName())
        .map(name -> name.substring(name.lastIndexOf('.') + 1).replaceFirst("\\$.*", ""))
        .orElse(test.getDisplayName());
  }

  private static synchronized void write(String... fields) {
    String prefix = System.getProperty(PROPERTY, "");
    if (prefix.isEmpty()) {
      return;
    }
    StringBuilder line = new StringBuilder();
    for (String field : fields) {
      line.append(line.isEmpty() ? "" : "\t").append(field.replaceAll("\\s+", " ").strip());
    }
    Path file = Path.of(prefix + "." + ProcessHandle.current().pid() + ".tsv");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(
          file, line.append('\n'), UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
