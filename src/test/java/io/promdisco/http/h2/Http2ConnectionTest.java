package io.promdisco.http.h2;

import static io.promdisco.http.h2.Blocks.answer;
import static io.promdisco.http.h2.Blocks.block;
import static io.promdisco.http.h2.Blocks.data;
import static io.promdisco.http.h2.Blocks.frame;
import static io.promdisco.http.h2.Blocks.hex;
import static io.promdisco.http.h2.Blocks.join;
import static io.promdisco.http.h2.Blocks.lastData;
import static io.promdisco.http.h2.Blocks.number;
import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.http.h2.FakeLine.Frame;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class Http2ConnectionTest {
  private static final Duration LONG = Duration.ofHours(1);

  /** After so much the server is told that it may send as much again. */
  private static final int CREDIT = Http2Stream.WINDOW / 2;

  private final ManualTicker ticker = new ManualTicker();
  private final FakeLine server = new FakeLine();
  private final Http2Connection connection =
      Http2Connection.start(server.held(), "sd-http2-test", ticker);

  /** Each test takes its places itself. */
  @BeforeEach
  void giveBackTheFirstPlace() {
    connection.release();
  }

  @AfterEach
  void close() {
    connection.close();
  }

  private boolean isOpen() throws IOException, InterruptedException {
    return connection.awaitOpen(LONG, new IOException("not connected"));
  }

  /** Connects; both sides have said what they want. */
  private void open(int... settings) throws Exception {
    server.letConnect();
    assertThat(isOpen()).isTrue();
    server.send(new Frames().settings(settings));
    server.expect(Frames.SETTINGS);
    server.expect(Frames.WINDOW_UPDATE);
    assertThat(server.expect(Frames.SETTINGS).has(Frames.ACK)).isTrue();
  }

  private Http2Stream get(String path) throws Exception {
    return get(path, LONG);
  }

  private Http2Stream get(String path, Duration longestPause) throws Exception {
    Http2Stream stream =
        connection.request(
            List.of(
                new Field(":method", "GET"),
                new Field(":scheme", "https"),
                new Field(":authority", "h"),
                new Field(":path", path)),
            longestPause);
    assertThat(server.expect(Frames.HEADERS).stream()).isEqualTo(stream.id());
    return stream;
  }

  /** A request that is being answered. */
  private Http2Stream answered(String path) throws Exception {
    Http2Stream stream = get(path);
    server.send(answer(stream.id(), ":status", "200"));
    assertThat(stream.awaitHead()).containsExactly(new Field(":status", "200"));
    return stream;
  }

  private static String text(ByteBuffer bytes) {
    return ISO_8859_1.decode(bytes).toString();
  }

  /** So many characters of the body. */
  private static String read(Http2Stream stream, int count) throws Exception {
    StringBuilder all = new StringBuilder();
    while (all.length() < count) {
      ByteBuffer piece = stream.next();
      if (piece == null) {
        throw new AssertionError("ends after " + all);
      }
      all.append(text(piece));
    }
    return all.toString();
  }

  private static String rest(Http2Stream stream) throws Exception {
    StringBuilder all = new StringBuilder();
    for (ByteBuffer piece = stream.next(); piece != null; piece = stream.next()) {
      all.append(text(piece));
    }
    return all.toString();
  }

  private static void fails(String message, ThrowingCallable call) {
    assertThatExceptionOfType(IOException.class).isThrownBy(call).withMessage(message);
  }

  private static void failsUnprocessed(String message, ThrowingCallable call) {
    assertThatExceptionOfType(Http2Exception.class)
        .isThrownBy(call)
        .withMessage(message)
        .matches(Http2Exception::isUnprocessed);
  }

  /** Frames of 64 KiB of content, {@code count} bytes in all. */
  private static byte[] body(int stream, int count) {
    int most = 64 << 10;
    byte[][] frames = new byte[(count + most - 1) / most][];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = frame(Frames.DATA, 0, stream, new byte[Math.min(most, count - i * most)]);
    }
    return join(frames);
  }

  /** What the server sends is against the protocol: all ends, and it is told why. */
  private void breaks(int code, String message, byte[]... sent) throws Exception {
    open();
    Http2Stream stream = get("/");
    server.send(sent);
    fails("not HTTP/2: " + message, stream::awaitHead);
    Frame goAway = server.expect(Frames.GOAWAY);
    assertThat(goAway.number(0)).isZero();
    assertThat(goAway.number(4)).isEqualTo(code);
    server.awaitClosed();
    assertThat(connection.isClosed()).isTrue();
    fails("closed before an answer came", () -> connection.request(List.of(), LONG));
  }

  @Test
  void beginsWithThePrefaceAndSaysHowMuchItTakes() throws Exception {
    server.letConnect();
    Frame settings = server.expect(Frames.SETTINGS);
    assertThat(new String(server.preface(), ISO_8859_1))
        .isEqualTo("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assertThat(settings.stream()).isZero();
    assertThat(settings.content()).isEqualTo(hex("0002 00000000  0004 00200000  0005 00020000"));
    Frame window = server.expect(Frames.WINDOW_UPDATE);
    assertThat(window.stream()).isZero();
    assertThat(window.number(0)).isEqualTo((1 << 30) - 65535);
  }

  @Test
  void requestIsSentAndItsAnswerRead() throws Exception {
    open();
    Http2Stream stream =
        connection.request(
            List.of(new Field(":method", "GET"), new Field("authorization", "Bearer t\u00e9")),
            LONG);
    Frame request = server.expect(Frames.HEADERS);
    assertThat(request.stream()).isOne();
    assertThat(request.flags()).isEqualTo(Frames.END_STREAM | Frames.END_HEADERS);
    assertThat(new HeaderDecoder().decode(request.content(), request.content().length))
        .containsExactly(new Field(":method", "GET"), new Field("authorization", "Bearer t\u00e9"));

    server.send(answer(1, ":status", "200", "content-type", "text/plain"));
    assertThat(stream.awaitHead())
        .containsExactly(new Field(":status", "200"), new Field("content-type", "text/plain"));
    server.send(data(1, "ab"));
    assertThat(read(stream, 2)).isEqualTo("ab");
    server.send(data(1, "c"), lastData(1, "d"));
    assertThat(rest(stream)).isEqualTo("cd");
    assertThat(stream.next()).isNull();
    stream.close();
    assertThat(server.untilNow()).isEmpty();
  }

  @Test
  void headerFieldsMustNotBeKeptByAnybodyOnTheWay() throws Exception {
    open();
    var unused = connection.request(List.of(new Field("a", "b"), new Field("c", "d")), LONG);
    assertThat(server.expect(Frames.HEADERS).content()).isEqualTo(hex("10 0161 0162 10 0163 0164"));
  }

  @Test
  void longHeaderFieldsAreSentInSeveralFrames() throws Exception {
    open();
    String value = "x".repeat(40_000);
    var unused = connection.request(List.of(new Field("a", value)), LONG);
    Frame first = server.expect(Frames.HEADERS);
    Frame second = server.expect(Frames.CONTINUATION);
    Frame third = server.expect(Frames.CONTINUATION);
    assertThat(first.flags()).isEqualTo(Frames.END_STREAM);
    assertThat(first.content()).hasSize(16384);
    assertThat(second.flags()).isZero();
    assertThat(third.flags()).isEqualTo(Frames.END_HEADERS);
    byte[] block = join(first.content(), second.content(), third.content());
    assertThat(new HeaderDecoder().decode(block, block.length))
        .containsExactly(new Field("a", value));
  }

  @Test
  void answersMayInterleave() throws Exception {
    open();
    Http2Stream one = get("/1");
    Http2Stream two = get("/2");
    assertThat(two.id()).isEqualTo(3);
    server.send(
        answer(3, ":status", "200"),
        data(3, "A"),
        answer(1, ":status", "404"),
        data(1, "a"),
        data(3, "B"),
        lastData(1, "b"),
        data(3, "C"),
        lastData(3, ""));
    assertThat(one.awaitHead()).containsExactly(new Field(":status", "404"));
    assertThat(rest(one)).isEqualTo("ab");
    assertThat(two.awaitHead()).containsExactly(new Field(":status", "200"));
    assertThat(rest(two)).isEqualTo("ABC");
  }

  @Test
  void answerWithoutABodyEndsWithItsHead() throws Exception {
    open();
    Http2Stream stream = get("/");
    int both = Frames.END_HEADERS | Frames.END_STREAM;
    server.send(frame(Frames.HEADERS, both, 1, block(":status", "204")));
    assertThat(stream.awaitHead()).containsExactly(new Field(":status", "204"));
    assertThat(stream.next()).isNull();
  }

  @Test
  void bodyThatEndsWithoutAHeadIsNoAnswer() throws Exception {
    open();
    Http2Stream stream = get("/");
    server.send(lastData(1, ""));
    fails("the server ended the answer before it began", stream::awaitHead);
  }

  @Test
  void serverMaySendAsMuchAgainAsTheReaderHasTaken() throws Exception {
    open();
    Http2Stream stream = answered("/");
    server.send(body(1, Http2Stream.WINDOW));
    // The connection's window is not the reader's business.
    Frame all = server.expect(Frames.WINDOW_UPDATE);
    assertThat(all.stream()).isZero();
    int credited = all.number(0);
    while (credited < Http2Stream.WINDOW - CREDIT) {
      credited += server.expect(Frames.WINDOW_UPDATE).number(0);
    }
    assertThat(server.untilNow())
        .allMatch(f -> f.type() == Frames.WINDOW_UPDATE && f.stream() == 0);

    int taken = read(stream, Http2Stream.WINDOW).length();
    assertThat(taken).isEqualTo(Http2Stream.WINDOW);
    List<Frame> credits = server.untilNow();
    assertThat(credits).isNotEmpty().allMatch(f -> f.stream() == 1);
    int credit = credits.stream().mapToInt(f -> f.number(0)).sum();
    assertThat(credit).isBetween(Http2Stream.WINDOW - CREDIT, Http2Stream.WINDOW);

    server.send(body(1, credit), lastData(1, ""));
    assertThat(rest(stream)).hasSize(credit);
  }

  @Test
  void moreThanTheWindowBreaksTheConnection() throws Exception {
    open();
    Http2Stream stream = answered("/");
    Http2Stream other = answered("/other");
    server.send(body(1, Http2Stream.WINDOW), data(1, "x"));
    server.awaitClosed();
    assertThat(read(stream, Http2Stream.WINDOW)).hasSize(Http2Stream.WINDOW);
    String what = "not HTTP/2: more than 2097152 bytes unasked for";
    fails(what, stream::next);
    fails(what, other::next);
    List<Frame> left = new ArrayList<>();
    do {
      left.add(server.next());
    } while (left.get(left.size() - 1).type() != Frames.GOAWAY);
    assertThat(left.get(left.size() - 1).number(4)).isEqualTo(Http2Exception.FLOW_CONTROL_ERROR);
  }

  @Test
  void pingIsAnswered() throws Exception {
    open();
    server.send(frame(Frames.PING, 0, 0, hex("0102030405060708")));
    Frame pong = server.expect(Frames.PING);
    assertThat(pong.flags()).isEqualTo(Frames.ACK);
    assertThat(pong.content()).isEqualTo(hex("0102030405060708"));
    server.send(frame(Frames.PING, Frames.ACK, 0, hex("0102030405060708")));
    assertThat(server.untilNow()).isEmpty();
  }

  @Test
  void serverSaysHowManyRequestsItTakesAtOnce() throws Exception {
    open(Frames.MAX_CONCURRENT_STREAMS, 2);
    assertThat(connection.reserve()).isTrue();
    assertThat(connection.reserve()).isTrue();
    assertThat(connection.reserve()).isFalse();
    connection.release();
    assertThat(connection.reserve()).isTrue();

    server.send(new Frames().settings(Frames.MAX_CONCURRENT_STREAMS, 1));
    assertThat(server.expect(Frames.SETTINGS).has(Frames.ACK)).isTrue();
    connection.release();
    assertThat(connection.reserve()).isFalse();

    server.send(new Frames().settings(Frames.MAX_CONCURRENT_STREAMS, -1)); // 2^32 - 1
    assertThat(server.expect(Frames.SETTINGS).has(Frames.ACK)).isTrue();
    for (int i = 0; i < 1_000; i++) {
      assertThat(connection.reserve()).isTrue();
    }
  }

  @Test
  void untilTheServerSaysHowManyItIsAHundred() {
    for (int i = 0; i < 100; i++) {
      assertThat(connection.reserve()).isTrue();
    }
    assertThat(connection.reserve()).isFalse();
  }

  @Test
  void serverMayEndOneAnswerOnly() throws Exception {
    open();
    Http2Stream one = answered("/1");
    Http2Stream two = answered("/2");
    server.send(data(1, "a"), new Frames().reset(1, 2).bytes(), data(1, "late"), data(3, "b"));
    assertThat(read(two, 1)).isEqualTo("b");
    assertThat(read(one, 1)).isEqualTo("a");
    assertThatExceptionOfType(Http2Exception.class)
        .isThrownBy(one::next)
        .withMessage("the server has ended the answer: INTERNAL_ERROR")
        .matches(e -> !e.isUnprocessed());
    one.close();
    assertThat(server.untilNow()).isEmpty();
  }

  @Test
  void refusedRequestMayBeRepeated() throws Exception {
    open();
    Http2Stream stream = get("/");
    server.send(new Frames().reset(1, Http2Exception.REFUSED_STREAM));
    failsUnprocessed("the server has ended the answer: REFUSED_STREAM", stream::awaitHead);
  }

  @Test
  void serverThatLeavesEndsWhatItHasBegunAndTakesNoMore() throws Exception {
    open();
    List<Http2Stream> streams = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      assertThat(connection.reserve()).isTrue();
      streams.add(answered("/" + i));
    }
    server.send(frame(Frames.GOAWAY, 0, 0, number(Integer.MAX_VALUE), number(0)));
    assertThat(server.untilNow()).isEmpty();
    assertThat(connection.reserve()).isFalse();
    assertThat(connection.isClosed()).isFalse();
    failsUnprocessed("closed before an answer came", () -> connection.request(List.of(), LONG));

    server.send(frame(Frames.GOAWAY, 0, 0, number(3), number(0), hex("616263")));
    failsUnprocessed("the server closes the connection: NO_ERROR", streams.get(2)::next);
    connection.release();
    server.send(lastData(1, "a"), data(3, "b"));
    assertThat(rest(streams.get(0))).isEqualTo("a");
    connection.release();
    assertThat(read(streams.get(1), 1)).isEqualTo("b");
    assertThat(server.isClosed()).isFalse();
    server.send(lastData(3, "c"));
    assertThat(rest(streams.get(1))).isEqualTo("c");
    connection.release();
    server.awaitClosed();
    eventually(() -> assertThat(connection.isClosed()).isTrue());
  }

  @Test
  void serverThatLeavesUnusedIsLeftAtOnce() throws Exception {
    open();
    server.send(frame(Frames.GOAWAY, 0, 0, number(0), number(0)));
    server.awaitClosed();
    eventually(() -> assertThat(connection.isClosed()).isTrue());
  }

  @Test
  void answerThatNobodyWantsIsCancelledAndOthersGoOn() throws Exception {
    open();
    Http2Stream one = answered("/1");
    Http2Stream two = answered("/2");
    one.close();
    Frame reset = server.expect(Frames.RST_STREAM);
    assertThat(reset.stream()).isOne();
    assertThat(reset.number(0)).isEqualTo(Http2Exception.CANCEL);
    fails("closed", one::next);
    one.close();
    server.send(data(1, "late"), answer(1, "x", "y"), data(3, "b"), lastData(1, ""));
    assertThat(read(two, 1)).isEqualTo("b");
    assertThat(server.untilNow()).isEmpty();
  }

  @Test
  void whatComesForACancelledRequestIsCreditedToTheConnection() throws Exception {
    open();
    Http2Stream one = answered("/1");
    one.close();
    server.expect(Frames.RST_STREAM);
    server.send(body(1, CREDIT));
    Frame credit = server.expect(Frames.WINDOW_UPDATE);
    assertThat(credit.stream()).isZero();
    assertThat(credit.number(0)).isEqualTo(CREDIT);
  }

  /** Frames of 256 bytes of padding, {@code count} bytes in all. */
  private static byte[] padding(int stream, int count) {
    byte[] one = frame(Frames.DATA, Frames.PADDED, stream, hex("ff"), new byte[255]);
    byte[][] frames = new byte[count / 256][];
    Arrays.fill(frames, one);
    return join(frames);
  }

  @Test
  void paddingIsCreditedToo() throws Exception {
    open();
    Http2Stream stream = answered("/");
    for (int i = 0; i < 5; i++) {
      server.send(padding(1, CREDIT));
      List<Frame> credits = List.of(server.next(), server.next());
      assertThat(credits).allMatch(f -> f.type() == Frames.WINDOW_UPDATE && f.number(0) == CREDIT);
      assertThat(credits).extracting(Frame::stream).containsExactlyInAnyOrder(0, 1);
    }
    server.send(lastData(1, "a"));
    assertThat(rest(stream)).isEqualTo("a");
  }

  @Test
  void paddingBeyondTheWindowBreaksTheConnection() throws Exception {
    open();
    Http2Stream stream = answered("/");
    server.send(body(1, Http2Stream.WINDOW), padding(1, 256));
    server.awaitClosed();
    assertThat(read(stream, Http2Stream.WINDOW)).hasSize(Http2Stream.WINDOW);
    fails("not HTTP/2: more than 2097152 bytes unasked for", stream::next);
  }

  @Test
  void headerFieldsMayComeInSeveralFrames() throws Exception {
    open();
    Http2Stream stream = get("/");
    byte[] block = block(":status", "200", "a", "b", "c", "d");
    server.send(
        frame(Frames.HEADERS, 0, 1, Arrays.copyOf(block, 3)),
        frame(Frames.CONTINUATION, 0, 1),
        frame(Frames.CONTINUATION, 0, 1, Arrays.copyOfRange(block, 3, 20)),
        frame(
            Frames.CONTINUATION,
            Frames.END_HEADERS,
            1,
            Arrays.copyOfRange(block, 20, block.length)));
    assertThat(stream.awaitHead())
        .containsExactly(new Field(":status", "200"), new Field("a", "b"), new Field("c", "d"));
  }

  @Test
  void headerFieldsMayBePaddedAndHaveAPriority() throws Exception {
    open();
    Http2Stream stream = get("/");
    int flags = Frames.END_HEADERS | Frames.PADDED | Frames.WITH_PRIORITY;
    server.send(frame(Frames.HEADERS, flags, 1, hex("03 0000000000 88 ffffff")));
    assertThat(stream.awaitHead()).containsExactly(new Field(":status", "200"));
  }

  @Test
  void interimAnswersAndTrailersAreNotTheAnswer() throws Exception {
    open();
    Http2Stream stream = get("/");
    int last = Frames.END_HEADERS | Frames.END_STREAM;
    server.send(
        answer(1, ":status", "103", "link", "</x>"),
        answer(1, ":status", "100"),
        answer(1, ":status", "200"),
        data(1, "a"),
        frame(Frames.HEADERS, last, 1, block("grpc-status", "0")));
    assertThat(stream.awaitHead()).containsExactly(new Field(":status", "200"));
    assertThat(rest(stream)).isEqualTo("a");
    assertThat(stream.awaitHead()).containsExactly(new Field(":status", "200"));
  }

  @Test
  void framesOfUnknownKindsAreIgnored() throws Exception {
    open();
    server.send(
        frame(0xfa, 0xff, 0, hex("0102")),
        frame(Frames.PRIORITY, 0, 1, hex("0000000000")),
        frame(Frames.WINDOW_UPDATE, 0, 0, number(7)),
        new Frames().settings(0xabc, 7).bytes());
    assertThat(server.expect(Frames.SETTINGS).has(Frames.ACK)).isTrue();
    assertThat(rest(ended("/"))).isEqualTo("x");
  }

  private Http2Stream ended(String path) throws Exception {
    Http2Stream stream = answered(path);
    server.send(lastData(stream.id(), "x"));
    return stream;
  }

  @Test
  void pushedAnswersAreAgainstTheProtocol() throws Exception {
    breaks(
        Http2Exception.PROTOCOL_ERROR,
        "PUSH_PROMISE, which was declined",
        frame(Frames.PUSH_PROMISE, Frames.END_HEADERS, 1, number(2), hex("88")));
  }

  @Test
  void frameAmidstHeaderFieldsIsAgainstTheProtocol() throws Exception {
    breaks(
        Http2Exception.PROTOCOL_ERROR,
        "a frame amidst header fields",
        frame(Frames.HEADERS, 0, 1, hex("88")),
        frame(Frames.PING, 0, 0, new byte[8]));
  }

  @Test
  void headerFieldsThatContinueNothingAreAgainstTheProtocol() throws Exception {
    breaks(
        Http2Exception.PROTOCOL_ERROR,
        "CONTINUATION of nothing",
        frame(Frames.CONTINUATION, Frames.END_HEADERS, 1, hex("88")));
  }

  @Test
  void headerFieldsThatContinueThoseOfAnotherRequestAreAgainstTheProtocol() throws Exception {
    breaks(
        Http2Exception.PROTOCOL_ERROR,
        "CONTINUATION of nothing",
        frame(Frames.HEADERS, 0, 1, hex("88")),
        frame(Frames.CONTINUATION, Frames.END_HEADERS, 3, hex("88")));
  }

  @Test
  void headerFieldsMustEnd() throws Exception {
    breaks(
        Http2Exception.PROTOCOL_ERROR,
        "header fields that do not end",
        frame(Frames.HEADERS, 0, 1, new byte[100_000]),
        frame(Frames.CONTINUATION, 0, 1, new byte[40_000]));
  }

  @Test
  void brokenHeaderFieldsOfOneAnswerBreakAll() throws Exception {
    breaks(
        Http2Exception.COMPRESSION_ERROR,
        "no header field 62",
        frame(Frames.HEADERS, Frames.END_HEADERS, 1, hex("be")));
  }

  @Test
  void pingOfAWrongLengthBreaksAll() throws Exception {
    breaks(
        Http2Exception.FRAME_SIZE_ERROR,
        "PING of a wrong length",
        frame(Frames.PING, 0, 0, number(1)));
  }

  @Test
  void otherFramesOfAWrongLengthBreakAllToo() throws Exception {
    breaks(
        Http2Exception.FRAME_SIZE_ERROR,
        "SETTINGS of a wrong length",
        frame(Frames.SETTINGS, Frames.ACK, 0, new byte[6]));
  }

  @Test
  void paddingOfHeaderFieldsFitsTheirFrame() throws Exception {
    breaks(
        Http2Exception.PROTOCOL_ERROR,
        "padding that is longer than its frame",
        frame(Frames.HEADERS, Frames.END_HEADERS | Frames.PADDED, 1, hex("02 88")));
  }

  @Test
  void bodyAmidstHeaderFieldsIsNotHandedOn() throws Exception {
    open();
    Http2Stream one = answered("/");
    byte[] half = frame(Frames.HEADERS, 0, 1, hex("88"));
    server.send(half, Arrays.copyOf(data(1, "abc"), 11));
    fails("not HTTP/2: a frame amidst header fields", one::next);
  }

  @Test
  void bodyOfNoRequestIsAgainstTheProtocol() throws Exception {
    breaks(Http2Exception.PROTOCOL_ERROR, "an answer to no request", data(0, "a"));
  }

  @Test
  void answerToARequestThatWasNotSentIsAgainstTheProtocol() throws Exception {
    breaks(Http2Exception.PROTOCOL_ERROR, "an answer to no request", answer(3, ":status", "200"));
  }

  @Test
  void answerThatTheServerBeganByItselfIsAgainstTheProtocol() throws Exception {
    breaks(Http2Exception.PROTOCOL_ERROR, "an answer to no request", lastData(2, ""));
  }

  @Test
  void endOfARequestThatWasNotSentIsAgainstTheProtocol() throws Exception {
    breaks(
        Http2Exception.PROTOCOL_ERROR,
        "an answer to no request",
        new Frames().reset(5, Http2Exception.CANCEL).bytes());
  }

  @Test
  void whatIsOfTheConnectionCannotBeOfOneRequest() throws Exception {
    breaks(Http2Exception.PROTOCOL_ERROR, "SETTINGS of one request", frame(Frames.SETTINGS, 0, 1));
  }

  @Test
  void interimAnswerThatIsTheLastIsNoAnswer() throws Exception {
    open();
    Http2Stream stream = get("/");
    int both = Frames.END_HEADERS | Frames.END_STREAM;
    server.send(frame(Frames.HEADERS, both, 1, block(":status", "103")));
    fails("the server ended the answer before it began", stream::awaitHead);
  }

  @Test
  void tooLongFrameBreaksAll() throws Exception {
    breaks(
        Http2Exception.FRAME_SIZE_ERROR, "a frame of 16777215 bytes", hex("ffffff 000000000001"));
  }

  @Test
  void serverThatSaysNothingIsAskedForASignOfLife() throws Exception {
    open();
    Http2Stream stream = answered("/");
    ticker.advance(Duration.ofSeconds(29));
    assertThat(server.untilNow()).isEmpty();
    ticker.advance(Duration.ofSeconds(29));
    // The answer to untilNow's question was ours, its question the sign of life.
    assertThat(server.untilNow()).isEmpty();
    ticker.advance(Duration.ofSeconds(30));
    assertThat(server.expect(Frames.PING).flags()).isZero();
    ticker.advance(Duration.ofSeconds(14));
    assertThat(connection.isClosed()).isFalse();
    ticker.advance(Duration.ofSeconds(1));
    fails("no sign of life for 45 s", stream::next);
    assertThat(connection.isClosed()).isTrue();
    assertThat(ticker.pending()).isEmpty();
  }

  @Test
  void anyByteIsASignOfLife() throws Exception {
    open();
    Http2Stream stream = answered("/");
    for (int i = 0; i < 5; i++) {
      ticker.advance(Duration.ofSeconds(30));
      server.expect(Frames.PING);
      ticker.advance(Duration.ofSeconds(10));
      server.send(data(1, "a"));
      assertThat(read(stream, 1)).isEqualTo("a");
    }
    assertThat(connection.isClosed()).isFalse();
  }

  @Test
  void halfAFrameIsASignOfLifeToo() throws Exception {
    open();
    Http2Stream stream = answered("/");
    ticker.advance(Duration.ofSeconds(30));
    server.expect(Frames.PING);
    server.send(Arrays.copyOf(frame(Frames.PING, Frames.ACK, 0, new byte[8]), 4));
    server.awaitTaken();
    ticker.advance(Duration.ofSeconds(30));
    assertThat(connection.isClosed()).isFalse();
    server.expect(Frames.PING);
    ticker.advance(Duration.ofSeconds(15));
    assertThat(connection.isClosed()).isTrue();
    fails("no sign of life for 45 s", stream::next);
  }

  @Test
  void nobodyIsAskedWhileNothingIsAskedFor() throws Exception {
    open();
    Http2Stream stream = ended("/");
    assertThat(rest(stream)).isEqualTo("x");
    ticker.advance(Duration.ofHours(1));
    assertThat(connection.isClosed()).isFalse();
    assertThat(server.untilNow()).isEmpty();
    assertThat(rest(ended("/again"))).isEqualTo("x");
  }

  @Test
  void answerThatPausesTooLongIsGivenUpAndOthersGoOn() throws Exception {
    open();
    Http2Stream one = get("/1", Duration.ofSeconds(5));
    Http2Stream two = answered("/2");
    ticker.advance(Duration.ofSeconds(20)); // The head has a limit of its own.
    server.send(answer(1, ":status", "200"));
    one.awaitHead();
    ticker.awaitAlarms(3); // of the pauses, and of the connection
    ticker.advance(Duration.ofSeconds(4));
    server.send(data(1, "a"));
    server.awaitTaken();
    assertThat(read(one, 1)).isEqualTo("a");
    ticker.advance(Duration.ofMillis(4_999));
    assertThat(server.untilNow()).isEmpty();
    ticker.advance(Duration.ofMillis(1));
    assertThat(server.expect(Frames.RST_STREAM).number(0)).isEqualTo(Http2Exception.CANCEL);
    fails("nothing came for 5 s", one::next);
    server.send(data(3, "b"));
    assertThat(read(two, 1)).isEqualTo("b");
  }

  @Test
  void pauseIsNotTheServersWhileSomethingWaitsForTheReader() throws Exception {
    open();
    Http2Stream stream = get("/", Duration.ofSeconds(5));
    server.send(answer(1, ":status", "200"), data(1, "a"));
    stream.awaitHead();
    server.awaitTaken();
    ticker.advance(Duration.ofSeconds(25));
    assertThat(server.untilNow()).isEmpty();
    assertThat(read(stream, 1)).isEqualTo("a");
    ticker.advance(Duration.ofSeconds(5));
    fails("nothing came for 5 s", stream::next);
  }

  @Test
  void pauseBeginsWhenTheReaderHasCaughtUp() throws Exception {
    open();
    Http2Stream stream = get("/", Duration.ofSeconds(5));
    server.send(answer(1, ":status", "200"), body(1, Http2Stream.WINDOW));
    stream.awaitHead();
    server.awaitTaken();
    ticker.advance(Duration.ofMillis(4_999)); // in which the server could send nothing
    assertThat(read(stream, Http2Stream.WINDOW)).hasSize(Http2Stream.WINDOW);
    ticker.advance(Duration.ofMillis(4_999));
    server.send(lastData(1, "a"));
    assertThat(rest(stream)).isEqualTo("a");
  }

  @Test
  void readersAreToldInTimeThoughMoreComesAllTheTime() throws Exception {
    open();
    Http2Stream stream = answered("/");
    AtomicReference<String> seen = new AtomicReference<>("");
    Thread reader = start(() -> seen.set(String.valueOf(problemOf(stream))));
    awaitWaiting(reader);
    server.neverDrained();
    server.send(body(1, Http2Stream.WINDOW));
    reader.join(10_000);
    assertThat(seen.get()).isEqualTo("null");
    assertThat(connection.isClosed()).isFalse();
  }

  @Test
  void serverThatClosesEndsAllAnswersWhereTheyAre() throws Exception {
    open();
    Http2Stream one = answered("/1");
    Http2Stream two = get("/2");
    server.send(data(1, "a"));
    server.endOfStream();
    assertThat(read(one, 1)).isEqualTo("a");
    fails("closed", one::next);
    fails("closed", two::awaitHead);
    assertThat(connection.isClosed()).isTrue();
    assertThat(connection.reserve()).isFalse();
  }

  @Test
  void whoeverWaitsForAConnectionLearnsWhyThereIsNone() throws Exception {
    server.refusing(new IOException("connection refused")).letConnect();
    fails("connection refused", this::isOpen);
    fails("connection refused", this::isOpen);
    assertThat(connection.isClosed()).isTrue();
    assertThat(connection.reserve()).isFalse();
  }

  @Test
  void serverMayNotSpeakHttp2() throws Exception {
    server.speaking("http/1.1").letConnect();
    assertThat(isOpen()).isFalse();
    assertThat(connection.isClosed()).isTrue();
    assertThat(connection.reserve()).isFalse();
    fails("closed before an answer came", () -> connection.request(List.of(), LONG));
    server.awaitClosed();
    assertThat(isOpen()).isFalse();
  }

  @Test
  void closingEndsTheConnectingToo() throws Exception {
    CompletableFuture<Boolean> opened = CompletableFuture.supplyAsync(this::awaitOpen);
    connection.close();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> opened.get(10, TimeUnit.SECONDS))
        .withMessageContaining("closed");
  }

  private boolean awaitOpen() {
    try {
      return isOpen();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void closingEndsAll() throws Exception {
    open();
    Http2Stream one = answered("/1");
    Http2Stream two = get("/2");
    CompletableFuture<IOException> problem = new CompletableFuture<>();
    Thread reader = start(() -> problem.complete(problemOf(one)));
    awaitWaiting(reader);
    connection.close();
    assertThat(problem.get(10, TimeUnit.SECONDS)).hasMessage("closed");
    fails("closed", two::awaitHead);
    assertThat(server.isClosed()).isTrue();
    assertThat(ticker.pending()).isEmpty();
    connection.close();
  }

  private static @org.jspecify.annotations.Nullable IOException problemOf(Http2Stream stream) {
    try {
      var unused = stream.next();
      return null;
    } catch (IOException e) {
      return e;
    } catch (InterruptedException e) {
      return new IOException("interrupted");
    }
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task, "reader of a test");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void awaitWaiting(Thread thread) {
    eventually(() -> assertThat(thread.getState()).isEqualTo(Thread.State.WAITING));
  }

  @Test
  void readerMayBeInterruptedAndOthersGoOn() throws Exception {
    open();
    Http2Stream one = answered("/1");
    Http2Stream two = answered("/2");
    AtomicReference<String> seen = new AtomicReference<>("");
    Thread reader = start(() -> seen.set(String.valueOf(problemOf(one))));
    awaitWaiting(reader);
    reader.interrupt();
    reader.join(10_000);
    assertThat(seen.get()).contains("interrupted");
    server.send(data(1, "a"), data(3, "b"));
    assertThat(read(two, 1)).isEqualTo("b");
    assertThat(read(one, 1)).isEqualTo("a");
  }

  @Test
  void answerThatHasNotBegunMayBeFailedAndOneThatHasIsLeft() throws Exception {
    open();
    Http2Stream begun = answered("/1");
    Http2Stream waiting = get("/2");
    begun.failUnanswered(new IOException("late"));
    waiting.failUnanswered(new IOException("late"));
    assertThat(server.expect(Frames.RST_STREAM).stream()).isEqualTo(3);
    fails("late", waiting::awaitHead);
    server.send(lastData(1, "a"));
    assertThat(rest(begun)).isEqualTo("a");
  }

  // A server that does not read:

  @Test
  void serverThatDoesNotReadHoldsNobodyUp() throws Exception {
    open();
    Http2Stream one = answered("/1");
    Http2Stream two = answered("/2");
    server.stopReading(0);
    server.send(frame(Frames.PING, 0, 0, new byte[8]), data(1, "a"));
    assertThat(read(one, 1)).isEqualTo("a");
    one.close();
    connection.request(List.of(), LONG).close();
    server.send(data(3, "b"));
    assertThat(read(two, 1)).isEqualTo("b");
    ticker.advance(Duration.ofSeconds(45));
    fails("no sign of life for 45 s", two::next);
  }

  @Test
  void serverThatDoesNotReadButAsksForMoreAndMoreIsLeft() throws Exception {
    open();
    Http2Stream stream = answered("/");
    server.stopReading(0);
    byte[] ping = frame(Frames.PING, 0, 0, new byte[8]);
    byte[] many = new byte[0];
    for (int i = 0; i < 1000; i++) {
      many = join(many, ping);
    }
    // As much again is with the thread that writes, at most.
    for (int i = 0; i <= 2 * Http2Connection.UNSENT_AT_MOST / many.length; i++) {
      server.send(many);
    }
    fails("the server does not read what it is sent", stream::next);
    server.awaitClosed();
  }

  @Test
  void serverThatDoesNotReadWhyItIsLeftIsLeftAllTheSame() throws Exception {
    open();
    Http2Stream stream = answered("/");
    server.stopReading(0);
    server.send(frame(Frames.PUSH_PROMISE, 0, 1));
    fails("not HTTP/2: PUSH_PROMISE, which was declined", stream::next);
    ticker.awaitAlarms(1);
    assertThat(server.isClosed()).isFalse();
    ticker.advance(Http2Connection.FAREWELL);
    server.awaitClosed();
  }
}
