package io.promdisco.http;

import io.promdisco.util.Ticker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. The thread that asked reads the body; any thread may fail or close
 * it.
 */
public final class Exchange implements AutoCloseable, BodyReader.Source {
  private final URI uri;
  private final Call call;
  private final Function<Throwable, IOException> explain;
  private final Consumer<Exchange> atClose;
  private final BodyReader reader = new BodyReader(this);
  private Ticker.Alarm alarm = () -> {};

  /**
   * A request that has been sent.
   *
   * @param uri what was asked for
   * @param explain makes of any failure one that people understand
   * @param atClose run when it is closed
   */
  Exchange(
      URI uri, Call call, Function<Throwable, IOException> explain, Consumer<Exchange> atClose) {
    this.uri = uri;
    this.call = call;
    this.explain = explain;
    this.atClose = atClose;
  }

  /**
   * Waits for the head of the answer and lets the body come.
   *
   * @throws IOException as it was, so that the caller may see whether to try again
   */
  void awaitHead() throws IOException, InterruptedException {
    call.awaitHead();
  }

  /** Fails when the head of the answer has not come after {@code patience}. */
  Ticker.Alarm limitHead(Ticker ticker, Duration patience) {
    IOException late = late(patience, false);
    return ticker.schedule(patience, () -> call.failUnanswered(late));
  }

  /**
   * Says that there was no answer in time.
   *
   * @param whole whether it should have been there as a whole
   */
  static IOException late(Duration patience, boolean whole) {
    return new HttpTimeoutException(
        whole
            ? "no whole answer within " + patience.toMillis() / 1e3 + " s"
            : "no answer within " + patience.toSeconds() + " s");
  }

  /** Fails when it has not been closed {@code patience} after {@code begin}, in nanoseconds. */
  void limit(Ticker ticker, long begin, Duration patience) {
    Duration left = patience.minusNanos(ticker.nanos() - begin);
    IOException late = late(patience, true);
    if (left.isNegative() || left.isZero()) {
      fail(late);
    } else {
      alarm = ticker.schedule(left, () -> fail(late));
    }
  }

  /** What was asked for: after redirects, where they led. */
  public URI uri() {
    return uri;
  }

  /** The status. */
  public int code() {
    return call.code();
  }

  /** A header's first value, or the empty string. */
  public String header(String name) {
    return call.header(name.toLowerCase(Locale.ROOT));
  }

  /** The content type without its parameters, in lower case; may be empty. */
  public String contentType() {
    String type = header("content-type");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /** How long the server asks to wait, or null. */
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
      return null; // Neither of the two forms: as if it were not there.
    }
  }

  /** Reads the body; failures are explained. */
  public BodyReader reader() {
    return reader;
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException, InterruptedException {
    try {
      return call.next();
    } catch (IOException e) {
      throw explain.apply(e);
    }
  }

  /** The beginning of the body, at most {@code limit} bytes of it, as far as it arrives. */
  public byte[] beginning(int limit) throws InterruptedException {
    byte[] bytes = new byte[limit];
    int length = 0;
    try {
      while (length < limit && !reader.atEnd()) {
        bytes[length++] = reader.read("answer");
      }
    } catch (IOException e) {
      return Arrays.copyOf(bytes, length); // What came says more than how it ended.
    }
    return Arrays.copyOf(bytes, length);
  }

  /**
   * The first piece of the body that arrives: the rest of a stream may never come. Empty if there
   * is none.
   */
  byte[] firstPiece() throws InterruptedException {
    try {
      ByteBuffer piece = call.next();
      byte[] bytes = new byte[piece == null ? 0 : piece.remaining()];
      if (piece != null) {
        piece.get(bytes);
      }
      return bytes;
    } catch (IOException e) {
      return new byte[0]; // What the head says is enough.
    }
  }

  /** Ends the exchange for whoever waits for it. */
  void fail(IOException problem) {
    call.fail(problem);
  }

  /** Gives up what has not been read. */
  @Override
  public void close() {
    call.close();
    alarm.cancel();
    atClose.accept(this);
  }
}
