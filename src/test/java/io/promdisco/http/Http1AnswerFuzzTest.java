package io.promdisco.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Whatever a server sends over HTTP/1.1, the answer ends, as it is or with an {@link IOException};
 * no more is given than came; and it makes no difference in which pieces the bytes arrive.
 */
class Http1AnswerFuzzTest {
  /** The first byte says how long the pieces are, the others are what the server sends. */
  @FuzzTest(maxDuration = "5m")
  void anAnswerEndsHoweverTheServerMeansIt(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] sent = Arrays.copyOfRange(input, 1, input.length);
    assertThat(taken(sent, 1 + (input[0] & 0xff))).isEqualTo(taken(sent, Integer.MAX_VALUE));
  }

  private static String taken(byte[] sent, int piece) {
    StringBuilder text = new StringBuilder();
    int length = 0;
    try {
      Http1Answer answer = new Http1Answer(Http1AnswerTest.inPieces(sent, piece));
      answer.readHead();
      text.append(answer.code()).append(answer.header("content-type"));
      for (ByteBuffer part; (part = answer.next()) != null; ) {
        length += part.remaining();
        while (part.hasRemaining()) {
          text.append((char) (part.get() & 0xff));
        }
      }
    } catch (IOException e) {
      text.append(" failed: ").append(e.getMessage());
    }
    assertThat(length).isLessThanOrEqualTo(sent.length);
    return text.toString();
  }
}
