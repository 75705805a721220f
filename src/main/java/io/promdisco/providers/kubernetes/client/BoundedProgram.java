package io.promdisco.providers.kubernetes.client;

import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Runs a program to its end, within limits of time and output. One that goes beyond a limit is
 * killed with the programs that it has started.
 */
final class BoundedProgram {
  private static final String THREAD = "sd-exec";

  private final Process process;
  private final CompletableFuture<Result> result = new CompletableFuture<>();

  /**
   * What a program leaves.
   *
   * @param output what it printed to standard output
   * @param errors the beginning of what it printed to standard error
   */
  record Result(int code, byte[] output, byte[] errors) {
    /** Without the output, which may be a secret. */
    @Override
    public String toString() {
      return "Result[code=" + code + "]";
    }
  }

  private BoundedProgram(Process process) {
    this.process = process;
  }

  /**
   * Runs a started program.
   *
   * @param limit for its end and that of its output
   * @param largest most bytes of its output; as much is kept of its errors
   * @throws IOException if it goes beyond a limit; the message says beyond which
   */
  static Result run(Process process, Duration limit, int largest, Ticker ticker)
      throws IOException, InterruptedException {
    BoundedProgram program = new BoundedProgram(process);
    Ticker.Alarm alarm =
        ticker.schedule(
            limit,
            () -> program.fail("does not end within " + limit.toSeconds() + " s and was killed"));
    try {
      process.getOutputStream().close();
      return program.result(largest);
    } finally {
      alarm.cancel();
      program.kill();
    }
  }

  private Result result(int largest) throws IOException, InterruptedException {
    CompletableFuture<byte[]> output =
        read(
            process.getInputStream(),
            largest,
            () -> fail("prints more than " + (largest >> 10) + " KiB and was killed"));
    CompletableFuture<byte[]> errors = read(process.getErrorStream(), largest, () -> {});
    process
        .onExit()
        .thenCombine(
            output.thenCombine(errors, (out, err) -> new byte[][] {out, err}),
            (ended, both) -> result.complete(new Result(ended.exitValue(), both[0], both[1])));
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException problem ? problem : new IOException(e.getCause());
    }
  }

  private void fail(String problem) {
    result.completeExceptionally(new IOException(problem));
    kill();
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Keeps the beginning of a stream and reads the rest, so that the program does not wait. */
  private static CompletableFuture<byte[]> read(InputStream stream, int largest, Runnable beyond) {
    CompletableFuture<byte[]> all = new CompletableFuture<>();
    NamedThreads.start(
        THREAD,
        () -> {
          ByteArrayOutputStream kept = new ByteArrayOutputStream();
          byte[] buffer = new byte[8192];
          boolean told = false;
          try (stream) {
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
              int room = largest - kept.size();
              kept.write(buffer, 0, Math.min(n, room));
              if (n > room && !told) {
                told = true;
                beyond.run();
              }
            }
          } catch (IOException e) {
            all.complete(kept.toByteArray()); // The program was killed.
            return;
          }
          all.complete(kept.toByteArray());
        });
    return all;
  }
}
