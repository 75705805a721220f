package io.promdisco.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.Internal;
import io.promdisco.util.IdleTimeout;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer. The thread that sent the request reads the body; any thread may fail or
 * close it.
 *
 * @hidden
 */
@Internal
public final class Exchange implements AutoCloseable, BodyReader.Source {
  private static final Duration LONGEST_CONNECTING = Duration.ofSeconds(30);

  /** The size of a TLS record. */
  private static final int BUFFER = 16 << 10;

  private final URI uri;
  private final HttpConnection connection;
  private final ClassicHttpRequest request;
  private final Function<Throwable, IOException> explain;
  private final BiConsumer<Exchange, @Nullable HttpConnection> atClose;
  private final BodyReader reader = new BodyReader(this);
  private final IdleTimeout silence;
  private final Ticker ticker;
  private final Object lock = new Object();
  private Ticker.Alarm alarm = () -> {};
  private volatile Ticker.Alarm connectAlarm = () -> {};

  @GuardedBy("lock")
  private @Nullable IOException failure;

  @GuardedBy("lock")
  private boolean closed;

  private volatile boolean listening;
  private volatile @Nullable ClassicHttpResponse response; // set when the headers were received

  // used by the thread that reads
  private @Nullable InputStream content;
  private @Nullable ByteBuffer piece;

  /**
   * Creates an exchange for a request over {@code connection}.
   *
   * @param uri the URL of the request
   * @param pause the time without a byte of the body after which it fails
   * @param explain converts a failure to one that people understand
   * @param atClose called when it is closed, with the connection if that can be reused
   */
  Exchange(
      URI uri,
      HttpConnection connection,
      ClassicHttpRequest request,
      Duration pause,
      Ticker ticker,
      Function<Throwable, IOException> explain,
      BiConsumer<Exchange, @Nullable HttpConnection> atClose) {
    this.uri = uri;
    this.connection = connection;
    this.request = request;
    this.explain = explain;
    this.atClose = atClose;
    silence = new IdleTimeout(ticker, pause, () -> !listening, this::fail);
    this.ticker = ticker;
  }

  private void giveUpConnecting() {
    if (!connection.isOpen()) {
      fail(new HttpConnectTimeoutException("no answer"));
    }
  }

  /**
   * Sends the request and waits for the headers of the answer.
   *
   * @throws IOException the original exception, so that the caller can decide about a retry
   */
  void awaitHead() throws IOException, InterruptedException {
    if (!connection.isOpen()) {
      connectAlarm = ticker.schedule(LONGEST_CONNECTING, this::giveUpConnecting);
    }
    try {
      ClassicHttpResponse came = connection.send(request);
      HttpEntity entity = came.getEntity();
      if (entity != null && entity.getContentLength() != 0) {
        content = entity.getContent();
      }
      response = came;
      connectAlarm.cancel();
      silence.start();
    } catch (IOException e) {
      throw reason(e);
    }
  }

  /** Fails if the proxy answers instead of the server. */
  void checkProxy() throws IOException {
    URI proxy = connection.proxy();
    if (proxy != null && connection.isForwarded() && code() == 407) {
      throw ProxyTunnel.unauthorized(proxy);
    }
  }

  /**
   * Returns why reading failed: an interrupt, {@link #fail} and {@link #close} all close the
   * connection.
   */
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

  /** Whether {@link #fail} or {@link #close} has ended it. */
  boolean isEnded() {
    synchronized (lock) {
      return failure != null;
    }
  }

  private ClassicHttpResponse head() {
    ClassicHttpResponse there = response;
    if (there == null) {
      throw new IllegalStateException("no answer yet");
    }
    return there;
  }

  /** Fails unless the headers of the answer arrive within {@code patience}. */
  Ticker.Alarm limitHead(Duration patience) {
    IOException late = timeoutError(patience, false);
    return ticker.schedule(
        patience,
        () -> {
          if (response == null) {
            fail(late);
          }
        });
  }

  /**
   * Returns the error for a missing answer.
   *
   * @param whole whether the limit was for the complete answer
   */
  static IOException timeoutError(Duration patience, boolean whole) {
    return new HttpTimeoutException(
        whole
            ? "no complete answer within " + patience.toMillis() / 1e3 + " s"
            : "no answer within " + patience.toSeconds() + " s");
  }

  /** Fails unless it is closed within {@code patience} after {@code begin}, in nanoseconds. */
  void limit(long begin, Duration patience) {
    Duration left = patience.minusNanos(ticker.nanos() - begin);
    IOException late = timeoutError(patience, true);
    if (left.isNegative() || left.isZero()) {
      fail(late);
    } else {
      alarm = ticker.schedule(left, () -> fail(late));
    }
  }

  /** The URL of the request; after redirects, the last one. */
  public URI uri() {
    return uri;
  }

  /** The status. */
  public int code() {
    return head().getCode();
  }

  /** Returns the first value of a header, or an empty string. */
  public String header(String name) {
    Header header = head().getFirstHeader(name);
    return header == null ? "" : header.getValue();
  }

  /** The proxy of the request, as part of a sentence; empty if there is none. */
  public String throughProxy() {
    URI proxy = connection.proxy();
    return proxy == null ? "" : ", through " + ProxyTunnel.shown(proxy);
  }

  /** The content type without its parameters, in lower case; may be empty. */
  public String contentType() {
    String type = header("content-type");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /** The pause that the server requests, or null. */
  public @Nullable Duration retryAfter() {
    String value = header("retry-after").strip();
    if (value.isEmpty()) {
      return null;
    }
    try {
      return Duration.ofSeconds(Math.max(0, Math.min(Integer.parseInt(value), 24 * 3600)));
    } catch (NumberFormatException e) {
      return untilDate(value);
    }
  }

  private static @Nullable Duration untilDate(String value) {
    try {
      ZonedDateTime date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
      Duration left = Duration.between(ZonedDateTime.now(date.getZone()), date);
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeParseException e) {
      return null; // A header in neither form is ignored.
    }
  }

  /** Reads the body; failures are described for people. */
  public BodyReader reader() {
    return reader;
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException, InterruptedException {
    try {
      return read();
    } catch (IOException e) {
      throw explain.apply(reason(ConnectionFailures.ofHttp(e)));
    }
  }

  /** Returns the next piece, which overwrites the previous one. */
  private @Nullable ByteBuffer read() throws IOException {
    InputStream in = content;
    if (in == null) {
      return null;
    }
    ByteBuffer target = piece;
    if (target == null) {
      target = ByteBuffer.allocate(BUFFER);
      piece = target;
    }
    silence.received(); // Until now the server may have been waiting for this client.
    listening = true;
    int count;
    try {
      count = in.read(target.array());
    } finally {
      listening = false;
      silence.received();
    }
    if (count < 0) {
      content = null;
      return null;
    }
    return target.position(0).limit(count);
  }

  /** Returns the beginning of the body, at most {@code limit} bytes, as far as it arrives. */
  public byte[] beginning(int limit) throws InterruptedException {
    byte[] bytes = new byte[limit];
    int length = 0;
    try {
      while (length < limit && !reader.atEnd()) {
        bytes[length++] = reader.read("answer");
      }
    } catch (IOException e) {
      return Arrays.copyOf(bytes, length); // The received bytes are more useful than the failure.
    }
    return Arrays.copyOf(bytes, length);
  }

  /**
   * Returns the first piece of the body, because the rest of a stream may never arrive. Empty if
   * there is none.
   */
  byte[] firstPiece() throws InterruptedException {
    try {
      ByteBuffer first = next();
      byte[] bytes = new byte[first == null ? 0 : first.remaining()];
      if (first != null) {
        first.get(bytes);
      }
      return bytes;
    } catch (IOException e) {
      return new byte[0]; // The status is enough.
    }
  }

  /** Ends the exchange. A thread that waits for the answer fails with {@code problem}. */
  void fail(IOException problem) {
    synchronized (lock) {
      if (closed) {
        return; // Another exchange may use its connection now.
      }
      if (failure == null) {
        failure = problem;
      }
    }
    stop();
    connection.close();
  }

  private void stop() {
    connectAlarm.cancel();
    silence.stop();
    alarm.cancel();
  }

  /** Drops what was not read. Called by the thread that reads, or after it has ended. */
  @Override
  public void close() {
    boolean usable = isReusable();
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      usable &= failure == null;
    }
    stop();
    if (!usable) {
      connection.close();
    }
    atClose.accept(this, usable ? connection : null);
  }

  /** Whether the answer was read completely and the server keeps the connection open. */
  private boolean isReusable() {
    ClassicHttpResponse answer = response;
    synchronized (lock) {
      if (answer == null || closed || failure != null) {
        return false;
      }
    }
    try {
      if (!connection.isReusable(request, answer)) {
        return false;
      }
      InputStream left = content;
      if (left != null) { // The end of the body, such as the last chunk, may be unread.
        connection.waitForBytes(1);
        boolean isAll = left.read() < 0;
        connection.waitForBytes(0);
        return isAll;
      }
      return true;
    } catch (IOException e) {
      return false; // There is unread data.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
