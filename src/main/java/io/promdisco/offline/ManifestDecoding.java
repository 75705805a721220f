package io.promdisco.offline;

import io.promdisco.util.GzipStream;
import io.promdisco.util.UserFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Decodes files in gzip, UTF-8 and UTF-16, which it recognizes by their first bytes. */
final class ManifestDecoding {
  private ManifestDecoding() {}

  /**
   * Returns the bytes, uncompressed if they are gzip.
   *
   * @param most the maximum uncompressed size in bytes; less than 2 GiB
   * @throws IOException if the content is cut off or larger
   */
  static byte[] unzipped(byte[] bytes, long most) throws IOException {
    if (at(bytes, 0) != 0x1f || at(bytes, 1) != 0x8b) {
      return bytes;
    }
    try (InputStream in =
        UserFiles.limited(new GzipStream(new ByteArrayInputStream(bytes)), most)) {
      return in.readAllBytes();
    }
  }

  /**
   * Returns the text without its byte order mark. UTF-16 without a mark is recognized by the zero
   * in its first character.
   *
   * @throws ManifestDocument.BrokenException if the bytes are not text
   */
  static String text(byte[] bytes) throws ManifestDocument.BrokenException {
    int first = at(bytes, 0);
    int second = at(bytes, 1);
    if (first == 0xff && second == 0xfe) {
      return decoded(bytes, 2, StandardCharsets.UTF_16LE);
    }
    if (first == 0xfe && second == 0xff) {
      return decoded(bytes, 2, StandardCharsets.UTF_16BE);
    }
    if (first > 0 && second == 0) {
      return decoded(bytes, 0, StandardCharsets.UTF_16LE);
    }
    if (first == 0 && second > 0) {
      return decoded(bytes, 0, StandardCharsets.UTF_16BE);
    }
    boolean marked = first == 0xef && second == 0xbb && at(bytes, 2) == 0xbf;
    return decoded(bytes, marked ? 3 : 0, StandardCharsets.UTF_8);
  }

  private static int at(byte[] bytes, int index) {
    return index < bytes.length ? bytes[index] & 0xff : -1;
  }

  private static String decoded(byte[] bytes, int from, Charset charset)
      throws ManifestDocument.BrokenException {
    CharsetDecoder decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer out = CharBuffer.allocate(bytes.length - from);
    CoderResult result =
        decoder.decode(ByteBuffer.wrap(bytes, from, bytes.length - from), out, true);
    out.flip();
    if (result.isError()) {
      int line = 1 + (int) out.chars().filter(c -> c == '\n').count();
      throw new ManifestDocument.BrokenException(
          1, line, "not " + charset + " (expected: UTF-8)", null);
    }
    return out.toString();
  }
}
