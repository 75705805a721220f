package io.promdisco.http.h2;

import static io.promdisco.http.h2.Blocks.frame;
import static io.promdisco.http.h2.Blocks.hex;
import static io.promdisco.http.h2.Blocks.join;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  private static final int PADDED_END = Frames.PADDED | Frames.END_STREAM;

  /** Writes down what comes; pieces of one DATA frame as one. */
  private static final class Writer implements FrameReader.Sink {
    private final List<String> seen = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();

    @Override
    public void data(int stream, byte[] bytes, int from, int length) {
      assertThat(length).isPositive();
      body.append(new String(bytes, from, length, ISO_8859_1));
    }

    @Override
    public void dataEnded(int stream, int padding, boolean endStream) {
      seen.add(stream + " '" + body + "' +" + padding + (endStream ? " end" : ""));
      body.setLength(0);
    }

    @Override
    public void frame(int type, int flags, int stream, byte[] content, int length) {
      String hex = HexFormat.of().formatHex(Arrays.copyOf(content, length));
      seen.add("type " + type + " flags " + flags + " of " + stream + ": " + hex);
    }
  }

  private static List<String> read(byte[]... pieces) throws Http2Exception {
    Writer writer = new Writer();
    FrameReader reader = new FrameReader(writer);
    for (byte[] piece : pieces) {
      byte[] amidst = join(hex("ffff"), piece, hex("ffff"));
      reader.feed(amidst, 2, piece.length);
    }
    return writer.seen;
  }

  private static byte[] text(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @Test
  void framesAreTheSameWhereverTheBytesAreCut() throws Http2Exception {
    byte[] all =
        join(
            frame(Frames.SETTINGS, 0, 0),
            frame(Frames.HEADERS, 5, 1, hex("88")),
            frame(Frames.DATA, 0, 3, text("abc")),
            frame(Frames.DATA, PADDED_END, 3, hex("02"), text("d"), hex("0000")),
            frame(Frames.DATA, Frames.PADDED, 5, hex("00"), text("e")),
            frame(Frames.DATA, Frames.END_STREAM, 5),
            frame(0x7a, 0xff, 0x80000007, hex("010203")),
            frame(Frames.PING, 0, 0, text("12345678")));
    List<String> whole = read(all);
    assertThat(whole)
        .containsExactly(
            "type 4 flags 0 of 0: ",
            "type 1 flags 5 of 1: 88",
            "3 'abc' +0",
            "3 'd' +3 end",
            "5 'e' +1",
            "5 '' +0 end",
            "type 122 flags 255 of 7: 010203",
            "type 6 flags 0 of 0: 3132333435363738");

    for (int size = 1; size < 12; size++) {
      List<byte[]> pieces = new ArrayList<>();
      for (int at = 0; at < all.length; at += size) {
        pieces.add(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
      }
      assertThat(read(pieces.toArray(new byte[0][]))).isEqualTo(whole);
    }
    for (int cut = 0; cut <= all.length; cut++) {
      for (int second = cut; second <= all.length; second++) {
        assertThat(
                read(
                    Arrays.copyOf(all, cut),
                    Arrays.copyOfRange(all, cut, second),
                    Arrays.copyOfRange(all, second, all.length)))
            .isEqualTo(whole);
      }
    }
  }

  @Test
  void frameMayBeAllPadding() throws Http2Exception {
    assertThat(read(frame(Frames.DATA, PADDED_END, 1, hex("03 000000"))))
        .containsExactly("1 '' +4 end");
    assertThat(read(frame(Frames.DATA, PADDED_END, 1, hex("00")))).containsExactly("1 '' +1 end");
  }

  @Test
  void paddingThatIsLongerThanItsFrameIsAProtocolError() {
    for (byte[] broken :
        List.of(
            frame(Frames.DATA, Frames.PADDED, 1),
            frame(Frames.DATA, Frames.PADDED, 1, hex("01")),
            frame(Frames.DATA, Frames.PADDED, 1, hex("04 000000")),
            frame(Frames.DATA, Frames.PADDED, 1, hex("ff 000000")))) {
      assertThatExceptionOfType(Http2Exception.class)
          .isThrownBy(() -> read(broken))
          .withMessage("not HTTP/2: padding that is longer than its frame")
          .extracting(Http2Exception::code)
          .isEqualTo(Http2Exception.PROTOCOL_ERROR);
    }
  }

  @Test
  void frameMayBeAsLongAsTheServerWasToldAndNoLonger() throws Http2Exception {
    byte[] longest = new byte[FrameReader.LONGEST];
    assertThat(read(frame(Frames.HEADERS, 0, 1, longest))).hasSize(1);
    assertThat(read(frame(Frames.DATA, 0, 1, longest))).hasSize(1);

    byte[] head = Arrays.copyOf(frame(Frames.DATA, 0, 1, longest, hex("00")), 9);
    assertThatExceptionOfType(Http2Exception.class)
        .isThrownBy(() -> read(head))
        .withMessage("not HTTP/2: a frame of 131073 bytes")
        .extracting(Http2Exception::code)
        .isEqualTo(Http2Exception.FRAME_SIZE_ERROR);
  }
}
