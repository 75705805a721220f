package io.promdisco.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whatever a server sends over HTTP/2, each of three requests ends, with an answer or with an
 * {@link IOException} that is no bug of ours; nothing is longer than its limit; and it makes no
 * difference in which pieces the bytes arrive.
 */
class HostileServerFuzzTest {
  private static final int REQUESTS = 3;

  /** The first byte says how long the pieces are, the others are what the server sends. */
  @FuzzTest(maxDuration = "5m")
  void everyRequestEndsHoweverTheServerAnswers(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    byte[] sent = Arrays.copyOfRange(input, 1, input.length);
    List<String> whole = answers(sent, Integer.MAX_VALUE);
    List<String> pieces = answers(sent, 1 + (input[0] & 0xff));
    assertThat(pieces).isEqualTo(whole);
  }

  private static List<String> answers(byte[] sent, int piece)
      throws IOException, InterruptedException {
    FakeLine server = new FakeLine();
    server.inPieces(piece);
    try (Http2Connection connection =
        Http2Connection.start(server, "sd-http2-fuzz", new ManualTicker())) {
      connection.release();
      assertThat(connection.awaitOpen(Duration.ofHours(1), new IOException("not connected")))
          .isTrue();
      List<Http2Stream> streams = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(connection.reserve()).isTrue();
        streams.add(connection.request(List.of(new Field(":method", "GET")), Duration.ofHours(1)));
      }
      server.send(sent);
      server.endOfStream();
      List<String> answers = new ArrayList<>();
      for (Http2Stream stream : streams) {
        answers.add(answer(stream, sent.length));
      }
      return answers;
    }
  }

  private static String answer(Http2Stream stream, int most) throws InterruptedException {
    StringBuilder text = new StringBuilder();
    int length = 0;
    try {
      int size = 0;
      for (Field field : stream.awaitHead()) {
        size += field.name().length() + field.value().length();
        text.append(field.name()).append(": ").append(field.value()).append('\n');
      }
      assertThat(size).isLessThanOrEqualTo(HeaderDecoder.LONGEST);
      for (ByteBuffer piece = stream.next(); piece != null; piece = stream.next()) {
        while (piece.hasRemaining()) {
          text.append(piece.get()).append(' ');
          length++;
        }
      }
    } catch (IOException e) {
      assertThat(e).message().isNotBlank();
      assertThat(e).hasNoCause(); // Else it would be a bug of ours.
      text.append(e.getMessage());
    }
    assertThat(length).isLessThanOrEqualTo(most);
    return text.toString();
  }
}
