package io.promdisco.http.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** Puts together what a server sends. */
final class Blocks {
  private static final byte[] NOTHING = new byte[0];

  private Blocks() {}

  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** A frame of any kind. */
  static byte[] frame(int type, int flags, int stream, byte[]... content) {
    byte[] all = join(content);
    byte[] head = {
      (byte) (all.length >> 16),
      (byte) (all.length >> 8),
      (byte) all.length,
      (byte) type,
      (byte) flags
    };
    return join(head, number(stream), all);
  }

  static byte[] number(int value) {
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }

  static byte[] data(int stream, String text) {
    return frame(Frames.DATA, 0, stream, text.getBytes(ISO_8859_1));
  }

  static byte[] lastData(int stream, String text) {
    return frame(Frames.DATA, Frames.END_STREAM, stream, text.getBytes(ISO_8859_1));
  }

  /** The head of an answer that has a body. */
  static byte[] answer(int stream, String... namesAndValues) {
    return frame(Frames.HEADERS, Frames.END_HEADERS, stream, block(namesAndValues));
  }

  /** Header fields, neither coded nor to be remembered. */
  static byte[] block(String... namesAndValues) {
    byte[] block = NOTHING;
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block = join(block, new byte[] {0}, text(namesAndValues[i]), text(namesAndValues[i + 1]));
    }
    return block;
  }

  private static byte[] text(String text) {
    return join(new byte[] {(byte) text.length()}, text.getBytes(ISO_8859_1));
  }
}
