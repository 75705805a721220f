package io.promdisco.providers.kubernetes.client.kubeconfig;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program within limits of time and output. Kills a program beyond a limit, with its child
 * processes.
 */
final class PluginProcess {
  private static final String THREAD = "sd-exec";

  private final Process process;
  private final Capture output;
  private final Capture errors;
  private final CompletableFuture<Result> result = new CompletableFuture<>();

  /** The limit that was exceeded, for the error. */
  private volatile @Nullable String problem;

  /**
   * The result of a program.
   *
   * @param output what it printed to standard output
   * @param errors a colon and the first line that it printed to standard error; empty if it printed
   *     nothing
   */
  record Result(int code, String output, String errors) {
    /** Leaves out the output, which may be a secret. */
    @Override
    public String toString() {
      return "Result[code=" + code + "]";
    }
  }

  private PluginProcess(Process process, int largest) {
    this.process = process;
    this.output = new Capture(largest, () -> fail("printed more than " + (largest >> 10) + " KiB"));
    this.errors = new Capture(largest, () -> {});
  }

  /**
   * Runs a started program.
   *
   * @param limit the time until it and its output end
   * @param largest the maximum number of bytes of its output; the same number of bytes of its
   *     errors is stored
   * @throws IOException if it exceeds a limit; the message says which, and quotes the first line of
   *     its errors
   */
  static Result run(Process process, Duration limit, int largest, Ticker ticker)
      throws IOException, InterruptedException {
    PluginProcess program = new PluginProcess(process, largest);
    Ticker.Alarm alarm =
        ticker.schedule(
            limit, () -> program.fail("did not end within " + limit.toSeconds() + " s"));
    try {
      process.getOutputStream().close();
      return program.result();
    } finally {
      alarm.cancel();
      program.kill();
      process.destroyForcibly(); // also closes its streams, which an orphan may hold open
    }
  }

  private Result result() throws IOException, InterruptedException {
    NamedThreads.start(THREAD, () -> output.read(process.getInputStream()));
    NamedThreads.start(THREAD, () -> errors.read(process.getErrorStream()));
    CompletableFuture<Void> unused =
        CompletableFuture.allOf(process.onExit(), output.end, errors.end).thenRun(this::finish);
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException problem ? problem : new IOException(e.getCause());
    }
  }

  /** Kills the program. A child process that inherited its streams may keep them open. */
  private void fail(String beyond) {
    problem = beyond;
    kill();
    CompletableFuture<Void> unused =
        errors.end.copy().completeOnTimeout(null, 1, TimeUnit.SECONDS).thenRun(this::finish);
  }

  private void finish() {
    String beyond = problem;
    if (beyond == null) {
      result.complete(new Result(process.exitValue(), output.text(), errors.firstLine()));
    } else {
      result.completeExceptionally(
          new IOException(beyond + " and was killed" + errors.firstLine()));
    }
  }

  private void kill() {
    List<ProcessHandle> started = process.descendants().toList();
    // The program is killed first, because it would report that its children ended. It is killed by
    // its handle, because Process would close the streams, and its last output could not be read.
    process.toHandle().destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
  }

  /** Keeps the beginning of a stream and reads the rest, so that the program does not wait. */
  private static final class Capture {
    private static final int LONGEST_LINE = 200;

    private final int largest;
    private final Runnable beyond;
    final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();

    @GuardedBy("this")
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    Capture(int largest, Runnable beyond) {
      this.largest = largest;
      this.beyond = beyond;
    }

    void read(InputStream stream) {
      byte[] buffer = new byte[8192];
      boolean told = false;
      try (stream) {
        for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
          if (!keep(buffer, n) && !told) {
            told = true;
            beyond.run();
          }
        }
      } catch (IOException e) {
        end.complete(null); // The program was killed.
        return;
      }
      end.complete(null);
    }

    private synchronized boolean keep(byte[] bytes, int count) {
      int room = largest - kept.size();
      kept.write(bytes, 0, Math.min(count, room));
      return count <= room;
    }

    synchronized String text() {
      return kept.toString(UTF_8).strip();
    }

    /** A colon and the first line, shortened if it is long; empty if there is none. */
    String firstLine() {
      String text = text();
      int length = text.indexOf('\n');
      String line = length < 0 ? text : text.substring(0, length);
      return line.isEmpty() ? "" : ": " + line.substring(0, Math.min(line.length(), LONGEST_LINE));
    }
  }
}
