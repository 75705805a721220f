package io.promdisco.providers.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes UTF-8 as Go does: each invalid byte becomes U+FFFD, while a decoder of the JDK replaces
 * several bytes by one U+FFFD. For one thread, which must read at least two characters at a time.
 * Closing it leaves the stream open.
 */
final class GoUtf8Reader extends Reader {
  private final InputStream in;
  private final ByteBuffer bytes = ByteBuffer.allocate(8192).flip();
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private boolean ended;

  /** The number of U+FFFD to return before the next bytes. */
  private int replacements;

  GoUtf8Reader(InputStream in) {
    this.in = in;
  }

  @Override
  public int read(char[] to, int offset, int length) throws IOException {
    CharBuffer out = CharBuffer.wrap(to, offset, length);
    while (out.hasRemaining()) {
      if (replacements > 0) {
        out.put('\ufffd');
        replacements--;
        continue;
      }
      CoderResult result = decoder.decode(bytes, out, ended);
      if (result.isError()) {
        replacements = result.length();
        bytes.position(bytes.position() + replacements);
      } else if (result.isOverflow() || ended || out.position() > 0) {
        break;
      } else {
        fill();
      }
    }
    return out.position() == 0 && length > 0 && ended ? -1 : out.position();
  }

  private void fill() throws IOException {
    bytes.compact();
    int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
    ended = count < 0;
    bytes.position(bytes.position() + Math.max(0, count)).flip();
  }

  @Override
  public void close() {}
}
