package io.promdisco.http.h2;

/**
 * The Huffman code of header fields (RFC 7541, appendix B). It is canonical, so that the length of
 * each character's code says all.
 */
final class Huffman {
  /** Of the characters 0 to 255 and the end of a text, bits. */
  private static final byte[] LENGTHS = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, //
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, //
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, //
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, //
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, //
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, //
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, //
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, //
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, //
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, //
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, //
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, //
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, //
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, //
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, //
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, //
    30,
  };

  private static final int END = 256;
  private static final int LONGEST = 30;

  /** By length: the first code, how many there are, and the place of the first in CHARACTERS. */
  private static final int[] FIRST = new int[LONGEST + 1];

  private static final int[] COUNT = new int[LONGEST + 1];
  private static final int[] PLACE = new int[LONGEST + 1];
  private static final short[] CHARACTERS = new short[LENGTHS.length];

  static {
    int code = 0;
    int place = 0;
    for (int length = 1; length <= LONGEST; length++) {
      code <<= 1;
      FIRST[length] = code;
      PLACE[length] = place;
      for (int c = 0; c < LENGTHS.length; c++) {
        if (LENGTHS[c] == length) {
          CHARACTERS[place++] = (short) c;
        }
      }
      COUNT[length] = place - PLACE[length];
      code += COUNT[length];
    }
  }

  private Huffman() {}

  /** Adds the text that {@code count} bytes hold to {@code text}. */
  static void decode(byte[] bytes, int from, int count, StringBuilder text) throws Http2Exception {
    int code = 0;
    int length = 0;
    for (int i = 0; i < 8 * count; i++) {
      int bit = bytes[from + (i >> 3)] >> (7 - (i & 7)) & 1;
      code = code << 1 | bit;
      length++;
      if (length > LONGEST) {
        throw broken();
      }
      int place = code - FIRST[length];
      if (place < COUNT[length]) {
        int c = CHARACTERS[PLACE[length] + place];
        if (c == END) {
          throw broken();
        }
        text.append((char) c);
        code = 0;
        length = 0;
      }
    }
    // What is left are the first bits of the end's code, all ones, fewer than a byte.
    if (length > 7 || code != (1 << length) - 1) {
      throw broken();
    }
  }

  private static Http2Exception broken() {
    return Http2Exception.broken(
        Http2Exception.COMPRESSION_ERROR, "a header field that is not Huffman code");
  }
}
