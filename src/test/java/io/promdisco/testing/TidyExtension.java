package io.promdisco.testing;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After each test no thread of ours may be left. Registered for every test through the service
 * file; our threads' names begin with {@code sd-}.
 */
public final class TidyExtension implements AfterEachCallback {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getTags().contains("keeps-threads")) {
      return;
    }
    long end = System.nanoTime() + LIMIT.toNanos();
    Set<String> left = ours();
    while (!left.isEmpty() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      left = ours();
    }
    if (!left.isEmpty()) {
      throw new AssertionError("threads left running after the test: " + left);
    }
  }

  private static Set<String> ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("sd-"))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
