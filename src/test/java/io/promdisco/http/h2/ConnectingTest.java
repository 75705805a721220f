package io.promdisco.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** Connections that come to nothing. */
class ConnectingTest {
  private static final List<Field> REQUEST = List.of(new Field(":method", "GET"));
  private static final Duration PAUSE = Duration.ofSeconds(20);

  private final ManualTicker ticker = new ManualTicker();

  /** Connects, and then is as a test says. */
  private static class FakeLine implements Line {
    final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public String connect() throws IOException {
      return "h2";
    }

    /** Blocks until it is closed. */
    int read() throws IOException {
      awaitClose();
      throw new SocketException("closed");
    }

    void awaitClose() throws IOException {
      try {
        closed.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    void write() throws IOException {}

    @Override
    public InputStream input() {
      return new InputStream() {
        @Override
        public int read() throws IOException {
          return FakeLine.this.read();
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
          target[from] = (byte) read();
          return 1;
        }
      };
    }

    @Override
    public OutputStream output() {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          FakeLine.this.write();
        }
      };
    }

    @Override
    public boolean hasMore() {
      return false;
    }

    @Override
    public boolean isDrained() {
      return true;
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  private Http2Connection start(Line line) {
    Http2Connection connection = Http2Connection.start(line, "sd-test", ticker);
    connection.release();
    return connection;
  }

  private static boolean open(Http2Connection connection) throws Exception {
    return connection.awaitOpen(PAUSE, new IOException("late"));
  }

  /** Does not get anywhere before it is closed. */
  private static final class Unreachable extends FakeLine {
    @Override
    public String connect() throws IOException {
      awaitClose();
      throw new SocketException("closed");
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUp() throws Exception {
    FakeLine line = new Unreachable();
    try (Http2Connection connection = start(line)) {
      assertThat(connection.reserve()).isTrue();
      ticker.advance(Http2Connection.LONGEST_CONNECTING);
      assertThatExceptionOfType(HttpConnectTimeoutException.class)
          .isThrownBy(() -> open(connection));
      assertThat(connection.isClosed()).isTrue();
      assertThat(line.closed.getCount()).isZero();
      assertThat(ticker.pending()).isEmpty();
    }
  }

  @Test
  void whoeverWaitsMayHaveLessPatience() throws Exception {
    try (Http2Connection connection = start(new Unreachable())) {
      assertThat(connection.reserve()).isTrue();
      CompletableFuture<Boolean> waiting =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return connection.awaitOpen(Duration.ofSeconds(3), new IOException("late"));
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task, "waits").start());
      ticker.awaitAlarms(2);
      ticker.advance(Duration.ofSeconds(3));
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
          .withMessageContaining("late");
      assertThat(connection.isClosed()).isFalse();
    }
  }

  @Test
  void closingEndsTheWaitForAServer() throws Exception {
    Http2Connection connection = start(new Unreachable());
    assertThat(connection.reserve()).isTrue();
    connection.close();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> open(connection))
        .withMessage("closed");
    assertThat(ticker.pending()).isEmpty();
  }

  @Test
  void aRequestAfterTheEndLearnsOfTheReason() throws Exception {
    FakeLine line =
        new FakeLine() {
          @Override
          int read() throws IOException {
            throw new SSLException("certificate_required");
          }
        };
    try (Http2Connection connection = start(line)) {
      assertThat(open(connection)).isTrue();
      line.closed.await();
      assertThatExceptionOfType(Http2Exception.class)
          .isThrownBy(() -> connection.request(REQUEST, PAUSE))
          .withCauseInstanceOf(SSLException.class)
          .satisfies(e -> assertThat(e.isUnprocessed()).isTrue());
    }
  }

  @Test
  void aRequestThatCannotBeWrittenMayBeRepeatedOverAnotherConnection() throws Exception {
    AtomicBoolean broken = new AtomicBoolean();
    FakeLine line =
        new FakeLine() {
          @Override
          void write() throws IOException {
            if (broken.get()) {
              throw new SocketException("broken pipe");
            }
          }
        };
    try (Http2Connection connection = start(line)) {
      assertThat(connection.reserve()).isTrue();
      assertThat(open(connection)).isTrue();
      broken.set(true);
      Http2Stream stream = connection.request(REQUEST, PAUSE);
      assertThatExceptionOfType(Http2Exception.class)
          .isThrownBy(stream::awaitHead)
          .withCauseInstanceOf(SocketException.class)
          .satisfies(e -> assertThat(e.isUnprocessed()).isTrue());
      assertThat(connection.reserve()).isFalse();
      connection.release();
      assertThat(line.closed.getCount()).isZero();
    }
  }

  @Test
  void whatTheServerSaidBeforeItHungUpCountsMore() throws Exception {
    FakeLine line =
        new FakeLine() {
          @Override
          int read() throws IOException {
            throw new SSLException("certificate_required");
          }

          @Override
          void write() throws IOException {
            throw new SocketException("broken pipe");
          }
        };
    try (Http2Connection connection = start(line)) {
      assertThatExceptionOfType(SSLException.class).isThrownBy(() -> open(connection));
    }
  }
}
