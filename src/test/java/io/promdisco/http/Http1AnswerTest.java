package io.promdisco.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http1AnswerTest {
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  /** What comes in pieces of at most {@code piece} bytes. */
  static InputStream inPieces(byte[] bytes, int piece) {
    return new FilterInputStream(new ByteArrayInputStream(bytes)) {
      @Override
      public int read(byte[] target, int from, int length) throws IOException {
        return super.read(target, from, Math.min(piece, length));
      }
    };
  }

  private static Http1Answer answer(String text, int piece) throws IOException {
    Http1Answer answer = new Http1Answer(inPieces(text.getBytes(ISO_8859_1), piece));
    answer.readHead();
    return answer;
  }

  private static String body(Http1Answer answer) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuffer part; (part = answer.next()) != null; ) {
      byte[] bytes = new byte[part.remaining()];
      part.get(bytes);
      all.writeBytes(bytes);
    }
    assertThat(answer.next()).isNull();
    return all.toString(ISO_8859_1);
  }

  private static void fails(String text, String message) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> body(answer(text, 1)))
        .withMessage(message);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> body(answer(text, 1 << 20)))
        .withMessage(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 40, 1000})
  void chunksAreJoinedHoweverTheyArrive(int piece) throws IOException {
    Http1Answer answer =
        answer(
            "HTTP/1.1 203 Maybe\r\nX-One: 1\r\nTransfer-Encoding: Chunked\r\nX-ONE: 2\r\n\r\n"
                + "5\r\nhello\r\nA;why=not\r\n, chunked \r\n05 \r\nworld\r\n0\r\nX: y\r\n\r\nmore",
            piece);
    assertThat(answer.code()).isEqualTo(203);
    assertThat(answer.header("x-one")).isEqualTo("1");
    assertThat(answer.header("x-two")).isEmpty();
    assertThat(body(answer)).isEqualTo("hello, chunked world");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 1000})
  void aBodyEndsWithItsLengthOrWithTheConnection(int piece) throws IOException {
    assertThat(body(answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello there", piece)))
        .isEqualTo("hello");
    assertThat(body(answer("HTTP/1.0 200\r\n\r\nhello there", piece))).isEqualTo("hello there");
    assertThat(body(answer("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\nx", piece))).isEmpty();
  }

  @Test
  void anAnswerWithoutBodyHasNoneWhateverItsHeadersSay() throws IOException {
    assertThat(body(answer("HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\nhello", 9))).isEmpty();
    assertThat(body(answer("HTTP/1.1 204 None\r\n\r\nhello", 9))).isEmpty();
  }

  @Test
  void anInterimAnswerIsPassedOver() throws IOException {
    Http1Answer answer =
        answer(
            "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
            8);
    assertThat(answer.code()).isEqualTo(200);
    assertThat(answer.header("link")).isEmpty();
    assertThat(body(answer)).isEqualTo("a");
  }

  @Test
  void chunksCountEvenIfThereIsALengthToo() throws IOException {
    String both = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(body(answer(both + "2\r\nab\r\n0\r\n\r\n", 3))).isEqualTo("ab");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SSH-2.0-OpenSSH_9.2 | its answer is not HTTP",
        "HTTP/2.0 200 OK and so on | its answer is not HTTP",
        "HTTP/1.1 2x0 OK | its answer is not HTTP",
        "HTTP/1.1 099 OK | its answer is not HTTP",
        "HTTP/1.1 200 OK~no colon | a header without a colon",
        "HTTP/1.1 200 OK~: no name | a header without a colon",
        "HTTP/1.1 200 OK~Content-Length: -1 | content-length -1 (expected a number of bytes)",
        "HTTP/1.1 200 OK~Content-Length: 1~Content-Length: 2 | two different headers content-length",
        "HTTP/1.1 200 OK~Transfer-Encoding: gzip | transfer encoding gzip (expected chunked)"
      })
  void aHeadThatCannotBeReadIsSaid(String lines, String message) {
    fails(lines.replace("~", "\r\n") + "\r\n\r\n", message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "\r\n", ";", "1g", "1 2", "-1", "1000000000000000"})
  void aSizeThatIsNoneIsSaid(String size) {
    if (size.equals("1 2")) { // What comes after a space tells nothing: RFC 9112, section 7.1.1.
      fails(CHUNKED + size + "\r\nab\r\n", "a chunk is longer than it says");
    } else {
      fails(
          CHUNKED + size + "\r\nab\r\n",
          "the size of a chunk cannot be read (expected hexadecimal digits)");
    }
  }

  @Test
  void aChunkThatIsLongerThanItSaysIsNotTaken() {
    fails(CHUNKED + "2\r\nabc\r\n0\r\n\r\n", "a chunk is longer than it says");
    fails(CHUNKED + "2\r\nab\n0\r\n\r\n", "a chunk is longer than it says");
  }

  @Test
  void anAnswerThatBreaksOffIsNotTakenForWhole() {
    String whole = CHUNKED + "2\r\nab\r\n0\r\n\r\n";
    for (int length = 0; length < whole.length(); length++) {
      fails(whole.substring(0, length), "closed");
    }
    fails("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "closed");
  }

  @Test
  void whatDoesNotEndIsNotKept() {
    String much = "x".repeat(Http1Answer.LONGEST_HEAD);
    String message = "its head does not end after 65536 bytes";
    fails("HTTP/1.1 200 " + much, message);
    fails("HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(20_000) + "\r\n", message);
    fails(CHUNKED + "0\r\n" + "a: b\r\n".repeat(20_000) + "\r\n", message);
    fails(
        CHUNKED + "1;" + much + "\r\nx",
        "the size of a chunk cannot be read (expected hexadecimal digits)");
  }
}
