package io.promdisco.testing;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * After each test none of our threads may be left, and nothing may have been logged at ERROR unless
 * the test is marked with {@link ExpectsErrors}. Registered for every test through the service
 * file; the names of our threads begin with {@code sd-}.
 */
public final class LeakCheckExtension implements BeforeEachCallback, AfterEachCallback {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LeakCheckExtension.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    Log log = new Log(System.err);
    context.getStore(NAMESPACE).put(Log.class, log);
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Log log = context.getStore(NAMESPACE).get(Log.class, Log.class);
    List<String> errors = List.of();
    if (log != null) {
      System.setErr(log.original);
      errors = log.errors();
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
    if (!errors.isEmpty() && !expectsErrors(context)) {
      throw new AssertionError("unexpected ERROR lines in the log: " + errors);
    }
  }

  private static boolean expectsErrors(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getElement(), ExpectsErrors.class)
        || AnnotationSupport.isAnnotated(context.getTestClass(), ExpectsErrors.class);
  }

  private static Set<String> ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("sd-"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Passes standard error on and keeps a copy. */
  private static final class Log extends OutputStream {
    private final PrintStream original;
    private final ByteArrayOutputStream copy = new ByteArrayOutputStream(); // guarded by this

    Log(PrintStream original) {
      this.original = original;
    }

    @Override
    public synchronized void write(int b) {
      original.write(b);
      copy.write(b);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      original.write(bytes, offset, length);
      copy.write(bytes, offset, length);
    }

    synchronized List<String> errors() {
      return copy.toString(StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.contains(" ERROR io.promdisco"))
          .toList();
    }
  }
}
