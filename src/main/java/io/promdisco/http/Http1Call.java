package io.promdisco.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.http.h2.Breath;
import io.promdisco.http.h2.Http2Connection;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Silence;
import io.promdisco.util.Ticker;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpConnectTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A GET request over HTTP/1.1 with a connection to itself. The thread that asks reads, decrypts and
 * takes the answer apart; nothing is handed from one thread to another. A thread of its own
 * connects, as looking up a name cannot be interrupted.
 */
final class Http1Call implements Call {
  private static final String CONNECTS = "sd-http1-connect";

  private final Dialer dialer;
  private final String request;
  private final Silence silence;
  private final FutureTask<String> connecting;
  private final Ticker.Alarm connectAlarm;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private @Nullable IOException failure;

  private volatile boolean listening;
  private volatile @Nullable Http1Answer answer; // once its head is there

  /**
   * Begins to connect.
   *
   * @param request the whole of it
   * @param longestPause time without a byte of the body after which it is given up
   */
  Http1Call(Dialer dialer, String request, Ticker ticker, Duration longestPause) {
    this.dialer = dialer;
    this.request = request;
    silence = new Silence(ticker, longestPause, () -> !listening, this::fail);
    connecting = new FutureTask<>(dialer::connect);
    connectAlarm = ticker.schedule(Http2Connection.LONGEST_CONNECTING, this::giveUpConnecting);
    NamedThreads.start(CONNECTS, connecting);
  }

  private void giveUpConnecting() {
    if (!connecting.isDone()) {
      fail(new HttpConnectTimeoutException("no answer"));
    }
  }

  @Override
  public void awaitHead() throws IOException, InterruptedException {
    try {
      connecting.get();
      connectAlarm.cancel();
      OutputStream out = dialer.output();
      out.write(request.getBytes(ISO_8859_1));
      out.flush();
      Http1Answer coming = new Http1Answer(new Incoming());
      coming.readHead();
      answer = coming;
      silence.start();
    } catch (ExecutionException e) {
      throw reason(e.getCause() instanceof IOException io ? io : new IOException(e.getCause()));
    } catch (CancellationException e) {
      throw reason(new IOException("closed", e));
    } catch (IOException e) {
      throw reason(e);
    }
  }

  /** Why it broke: an interrupt and whoever ends it close the connection beneath. */
  private IOException reason(IOException problem) throws InterruptedException {
    if (Thread.interrupted()) {
      InterruptedException interrupted = new InterruptedException();
      interrupted.initCause(problem);
      throw interrupted;
    }
    synchronized (lock) {
      return failure == null ? problem : failure;
    }
  }

  /** What the server sends. */
  private final class Incoming extends FilterInputStream {
    private final Breath breath = new Breath(dialer);

    Incoming() throws IOException {
      super(dialer.input());
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      breath.take();
      silence.sign(); // Until now the server may have waited for us.
      listening = true;
      try {
        int count = in.read(target, from, length);
        breath.read(count);
        return count;
      } finally {
        listening = false;
        silence.sign();
      }
    }
  }

  private Http1Answer head() {
    Http1Answer there = answer;
    if (there == null) {
      throw new IllegalStateException("no answer yet");
    }
    return there;
  }

  @Override
  public int code() {
    return head().code();
  }

  @Override
  public String header(String name) {
    return head().header(name);
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException, InterruptedException {
    try {
      return head().next();
    } catch (IOException e) {
      throw reason(e);
    }
  }

  @Override
  public void failUnanswered(IOException problem) {
    if (answer == null) {
      fail(problem);
    }
  }

  @Override
  public void fail(IOException problem) {
    synchronized (lock) {
      if (failure == null) {
        failure = problem;
      }
    }
    connectAlarm.cancel();
    silence.stop();
    connecting.cancel(false);
    dialer.close();
  }

  @Override
  public void close() {
    fail(new IOException("closed"));
  }
}
