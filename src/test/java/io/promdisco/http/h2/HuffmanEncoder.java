package io.promdisco.http.h2;

import java.io.ByteArrayOutputStream;

/** Writes the Huffman code of header fields. */
final class HuffmanEncoder {
  /** Of each character, as RFC 7541, appendix B, lists them; in hexadecimal, behind a one. */
  private static final String CODES =
      "3ff8 ffffd8 1fffffe2 1fffffe3 1fffffe4 1fffffe5 1fffffe6 1fffffe7 1fffffe8 "
          + "1ffffea 7ffffffc 1fffffe9 1fffffea 7ffffffd 1fffffeb 1fffffec 1fffffed "
          + "1fffffee 1fffffef 1ffffff0 1ffffff1 1ffffff2 7ffffffe 1ffffff3 1ffffff4 "
          + "1ffffff5 1ffffff6 1ffffff7 1ffffff8 1ffffff9 1ffffffa 1ffffffb 54 7f8 7f9 "
          + "1ffa 3ff9 55 1f8 ffa 7fa 7fb 1f9 ffb 1fa 56 57 58 20 21 22 59 5a 5b 5c 5d 5e "
          + "5f dc 1fb fffc 60 1ffb 7fc 3ffa 61 dd de df e0 e1 e2 e3 e4 e5 e6 e7 e8 e9 ea "
          + "eb ec ed ee ef f0 f1 f2 1fc f3 1fd 3ffb ffff0 3ffc 7ffc 62 fffd 23 63 24 64 "
          + "25 65 66 67 26 f4 f5 68 69 6a 27 6b f6 6c 28 29 6d f7 f8 f9 fa fb fffe ffc "
          + "7ffd 3ffd 1ffffffc 1fffe6 7fffd2 1fffe7 1fffe8 7fffd3 7fffd4 7fffd5 ffffd9 "
          + "7fffd6 ffffda ffffdb ffffdc ffffdd ffffde 1ffffeb ffffdf 1ffffec 1ffffed "
          + "7fffd7 ffffe0 1ffffee ffffe1 ffffe2 ffffe3 ffffe4 3fffdc 7fffd8 ffffe5 7fffd9 "
          + "ffffe6 ffffe7 1ffffef 7fffda 3fffdd 1fffe9 7fffdb 7fffdc ffffe8 ffffe9 3fffde "
          + "ffffea 7fffdd 7fffde 1fffff0 3fffdf 7fffdf ffffeb ffffec 3fffe0 3fffe1 7fffe0 "
          + "3fffe2 ffffed 7fffe1 ffffee ffffef 1fffea 7fffe2 7fffe3 7fffe4 fffff0 7fffe5 "
          + "7fffe6 fffff1 7ffffe0 7ffffe1 1fffeb ffff1 7fffe7 fffff2 7fffe8 3ffffec "
          + "7ffffe2 7ffffe3 7ffffe4 fffffde fffffdf 7ffffe5 1fffff1 3ffffed ffff2 3fffe3 "
          + "7ffffe6 fffffe0 fffffe1 7ffffe7 fffffe2 1fffff2 3fffe4 3fffe5 7ffffe8 7ffffe9 "
          + "1ffffffd fffffe3 fffffe4 fffffe5 1fffec 1fffff3 1fffed 3fffe6 7fffe9 3fffe7 "
          + "3fffe8 fffff3 7fffea 7fffeb 3ffffee 3ffffef 1fffff4 1fffff5 7ffffea fffff4 "
          + "7ffffeb fffffe6 7ffffec 7ffffed fffffe7 fffffe8 fffffe9 fffffea fffffeb "
          + "1ffffffe fffffec fffffed fffffee fffffef ffffff0 7ffffee";

  private static final String[] BITS = bits();

  private HuffmanEncoder() {}

  private static String[] bits() {
    String[] codes = CODES.split(" ");
    String[] bits = new String[codes.length];
    for (int i = 0; i < codes.length; i++) {
      bits[i] = Long.toBinaryString(Long.parseLong(codes[i], 16)).substring(1);
    }
    return bits;
  }

  static String allCharacters() {
    StringBuilder all = new StringBuilder();
    for (char c = 0; c < BITS.length; c++) {
      all.append(c);
    }
    return all.toString();
  }

  static byte[] encode(String text) {
    StringBuilder bits = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      bits.append(BITS[text.charAt(i)]);
    }
    while (bits.length() % 8 != 0) {
      bits.append('1');
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int at = 0; at < bits.length(); at += 8) {
      bytes.write(Integer.parseInt(bits.substring(at, at + 8), 2));
    }
    return bytes.toByteArray();
  }
}
