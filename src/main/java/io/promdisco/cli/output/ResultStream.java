package io.promdisco.cli.output;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Standard output, buffered. Remembers why it could not be written. Safe for all threads. */
final class ResultStream extends PrintStream {
  private static final int BUFFER_BYTES = 1 << 16;

  private final FailureRecorder recorder;

  /** Writes to {@code out}, in UTF-8. */
  ResultStream(OutputStream out) {
    this(new FailureRecorder(out));
  }

  private ResultStream(FailureRecorder recorder) {
    super(new BufferedOutputStream(recorder, BUFFER_BYTES), false, StandardCharsets.UTF_8);
    this.recorder = recorder;
  }

  /** The first failure to write; null if there was none. */
  @Nullable IOException failure() {
    return recorder.failure;
  }

  private static final class FailureRecorder extends FilterOutputStream {
    private volatile @Nullable IOException failure;

    FailureRecorder(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = failure == null ? e : failure;
        throw e;
      }
    }
  }
}
