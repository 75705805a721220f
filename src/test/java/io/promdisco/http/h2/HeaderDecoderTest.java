package io.promdisco.http.h2;

import static io.promdisco.http.h2.Blocks.block;
import static io.promdisco.http.h2.Blocks.hex;
import static io.promdisco.http.h2.Blocks.join;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** By the examples of RFC 7541, appendix C, and by what a hostile server might send. */
class HeaderDecoderTest {
  private static final String[] FIRST_REQUEST = {
    ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"
  };
  private static final String[] SECOND_REQUEST = {
    ":method: GET",
    ":scheme: http",
    ":path: /",
    ":authority: www.example.com",
    "cache-control: no-cache"
  };
  private static final String[] THIRD_REQUEST = {
    ":method: GET",
    ":scheme: https",
    ":path: /index.html",
    ":authority: www.example.com",
    "custom-key: custom-value"
  };
  private static final String[] FIRST_ANSWER = {
    ":status: 302",
    "cache-control: private",
    "date: Mon, 21 Oct 2013 20:13:21 GMT",
    "location: https://www.example.com"
  };
  private static final String[] SECOND_ANSWER = {
    ":status: 307",
    "cache-control: private",
    "date: Mon, 21 Oct 2013 20:13:21 GMT",
    "location: https://www.example.com"
  };
  private static final String[] THIRD_ANSWER = {
    ":status: 200",
    "cache-control: private",
    "date: Mon, 21 Oct 2013 20:13:22 GMT",
    "location: https://www.example.com",
    "content-encoding: gzip",
    "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"
  };

  /** "Table of 256 bytes": what the examples of the answers take for granted. */
  private static final String SMALL_TABLE = "3fe101";

  private final HeaderDecoder decoder = new HeaderDecoder();

  private List<String> decode(byte[] block) throws Http2Exception {
    List<String> texts = new ArrayList<>();
    for (Field field : decoder.decode(Arrays.copyOf(block, block.length + 3), block.length)) {
      texts.add(field.name() + ": " + field.value());
    }
    return texts;
  }

  private List<String> decode(String hex) throws Http2Exception {
    return decode(hex(hex));
  }

  private void refuses(String message, byte[] block) {
    assertThatExceptionOfType(Http2Exception.class)
        .isThrownBy(() -> decode(block))
        .withMessage("not HTTP/2: " + message)
        .extracting(Http2Exception::code)
        .isEqualTo(Http2Exception.COMPRESSION_ERROR);
  }

  private void refuses(String message, String hex) {
    refuses(message, hex(hex));
  }

  @Test
  void literalFieldIsReadAndKept() throws Http2Exception {
    assertThat(decode("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"))
        .containsExactly("custom-key: custom-header");
    assertThat(decode("be")).containsExactly("custom-key: custom-header");
  }

  @Test
  void literalFieldWithoutIndexingIsNotKept() throws Http2Exception {
    assertThat(decode("040c 2f73 616d 706c 652f 7061 7468")).containsExactly(":path: /sample/path");
    refuses("no header field 62", "be");
  }

  @Test
  void fieldThatIsNeverIndexedIsNotKept() throws Http2Exception {
    assertThat(decode("1008 7061 7373 776f 7264 0673 6563 7265 74"))
        .containsExactly("password: secret");
    refuses("no header field 62", "be");
  }

  @Test
  void indexedFieldIsOfTheStaticTable() throws Http2Exception {
    assertThat(decode("82")).containsExactly(":method: GET");
    assertThat(decode("81")).containsExactly(":authority: ");
    assertThat(decode("90")).containsExactly("accept-encoding: gzip, deflate");
    assertThat(decode("bd")).containsExactly("www-authenticate: ");
  }

  @Test
  void requestsReferToEachOther() throws Http2Exception {
    assertThat(decode("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d"))
        .containsExactly(FIRST_REQUEST);
    assertThat(decode("8286 84be 5808 6e6f 2d63 6163 6865")).containsExactly(SECOND_REQUEST);
    assertThat(decode("8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"))
        .containsExactly(THIRD_REQUEST);
  }

  @Test
  void requestsInHuffmanCodeReferToEachOther() throws Http2Exception {
    assertThat(decode("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff")).containsExactly(FIRST_REQUEST);
    assertThat(decode("8286 84be 5886 a8eb 1064 9cbf")).containsExactly(SECOND_REQUEST);
    assertThat(decode("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))
        .containsExactly(THIRD_REQUEST);
  }

  @Test
  void answersPushEachOtherOutOfASmallTable() throws Http2Exception {
    assertThat(
            decode(
                SMALL_TABLE
                    + "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230"
                    + "3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65"
                    + "7861 6d70 6c65 2e63 6f6d"))
        .containsExactly(FIRST_ANSWER);
    assertThat(decode("4803 3330 37c1 c0bf")).containsExactly(SECOND_ANSWER);
    assertThat(
            decode(
                "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d"
                    + "54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f"
                    + "5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572"
                    + "7369 6f6e 3d31"))
        .containsExactly(THIRD_ANSWER);
    assertThat(decode("be bf c0"))
        .containsExactly(THIRD_ANSWER[5], THIRD_ANSWER[4], THIRD_ANSWER[2]);
    refuses("no header field 65", "c1");
  }

  @Test
  void answersInHuffmanCodePushEachOtherOutOfASmallTable() throws Http2Exception {
    assertThat(
            decode(
                SMALL_TABLE
                    + "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0"
                    + "82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3"))
        .containsExactly(FIRST_ANSWER);
    assertThat(decode("4883 640e ffc1 c0bf")).containsExactly(SECOND_ANSWER);
    assertThat(
            decode(
                "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab"
                    + "77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5"
                    + "291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07"))
        .containsExactly(THIRD_ANSWER);
    assertThat(decode("be bf c0"))
        .containsExactly(THIRD_ANSWER[5], THIRD_ANSWER[4], THIRD_ANSWER[2]);
    refuses("no header field 65", "c1");
  }

  @Test
  void tableThatIsMadeSmallerForgetsAndMayGrowAgain() throws Http2Exception {
    decode("400161 0162");
    decode("20 3fe11f"); // to nothing, and back to 4096
    refuses("no header field 62", "be");
    decode("400163 0164");
    assertThat(decode("be")).containsExactly("c: d");
  }

  @Test
  void fieldThatIsLargerThanTheTableEmptiesIt() throws Http2Exception {
    decode("400161 0162");
    byte[] large = new byte[4096];
    Arrays.fill(large, (byte) 'x');
    assertThat(decode(join(hex("400163 7f811f"), large))).hasSize(1); // 127 + 3969 bytes
    refuses("no header field 62", "be");
  }

  @Test
  void tableKeepsNoMoreThan4096Bytes() throws Http2Exception {
    byte[] block = new byte[0];
    for (int i = 0; i < 200; i++) {
      block = join(block, hex("400161 0162")); // 34 bytes each by the count of the RFC
    }
    assertThat(decode(block)).hasSize(200);
    assertThat(decode("ff 36")).containsExactly("a: b"); // 127 + 54 = 61 + 120
    refuses("no header field 182", "ff 37");
  }

  @Test
  void everyCharacterIsReadFromHuffmanCode() throws Http2Exception {
    String all = HuffmanEncoder.allCharacters();
    assertThat(huffman(HuffmanEncoder.encode(all))).isEqualTo(all);
    for (char c = 0; c < 256; c++) {
      assertThat(huffman(HuffmanEncoder.encode("" + c))).isEqualTo("" + c);
    }
    Random random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      StringBuilder text = new StringBuilder();
      random.ints(random.nextInt(20), 0, 256).forEach(c -> text.append((char) c));
      assertThat(huffman(HuffmanEncoder.encode(text.toString()))).isEqualTo(text.toString());
    }
  }

  private static String huffman(byte[] coded) throws Http2Exception {
    StringBuilder text = new StringBuilder();
    Huffman.decode(coded, 0, coded.length, text);
    return text.toString();
  }

  @Test
  void encoderOfThisTestWritesWhatTheRfcSays() {
    assertThat(HuffmanEncoder.encode("www.example.com")).isEqualTo(hex("f1e3c2e5f23a6ba0ab90f4ff"));
    assertThat(HuffmanEncoder.encode("Mon, 21 Oct 2013 20:13:21 GMT"))
        .isEqualTo(hex("d07abe941054d444a8200595040b8166e082a62d1bff"));
    assertThat(HuffmanEncoder.encode("\\")).isEqualTo(hex("fffe1f"));
    assertThat(HuffmanEncoder.allCharacters()).hasSize(256);
  }

  @Test
  void huffmanCodeThatDoesNotEndAsItShouldIsRefused() {
    String what = "a header field that is not Huffman code";
    refuses(what, "00 8100 0161"); // '0' is 00000; what is left is not all ones
    refuses(what, "00 82 1fff 0161"); // 'a' is 00011; more than seven bits of ones follow
    refuses(what, "00 81 ff 0161"); // eight bits of padding
    refuses(what, "00 84 fffffffc 0161"); // the code that means the end
    refuses(what, "00 84 ffffffff 0161");
    refuses(what, "00 85 ffffffffff 0161");
  }

  @Test
  void fieldsOutsideTheTablesAreRefused() {
    refuses("no header field 0", "80");
    refuses("no header field 62", "be");
    refuses("no header field 62", "7e 0161");
    refuses("no header field 2147483647", "ff80ffffff07");
  }

  @Test
  void whatBreaksOffIsRefused() throws Http2Exception {
    String what = "header fields that break off";
    byte[] whole = hex("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572");
    for (int length = 1; length < whole.length; length++) {
      refuses(what, Arrays.copyOf(whole, length));
    }
    refuses(what, "ff");
    refuses(what, "ff80");
    refuses(what, "00 ff");
    refuses(what, "00 7f ffffff03 61");
    assertThat(decode("")).isEmpty();
  }

  @Test
  void numbersThatAreTooLargeAreRefused() {
    refuses("a number that is too large", "ff8180808008");
    refuses("a number that is too large", "ff80ffffffff");
    refuses("a number that is too large", "ff80808080808000");
    refuses("a number that is too large", "00 7fffffffffffffff");
    refuses("a number that is too large", "3fffffffffffffffffff7f");
  }

  @Test
  void tableMayNotBeMadeLargerThan4096Bytes() throws Http2Exception {
    assertThat(decode("3fe11f 82")).containsExactly(":method: GET");
    refuses("a table of 4097 bytes", "3fe21f");
  }

  @Test
  void tableMayChangeOnlyBeforeTheFirstField() throws Http2Exception {
    assertThat(decode("20 3fe11f 82")).containsExactly(":method: GET");
    refuses("a table that changes amidst header fields", "82 20");
  }

  @Test
  void fieldsThatAreTooLongTogetherAreRefused() throws Http2Exception {
    byte[] value = new byte[4063];
    Arrays.fill(value, (byte) 'x');
    decode(join(hex("400161 7fe01e"), value)); // 127 + 3936 bytes, which it keeps
    byte[] often = new byte[64];
    Arrays.fill(often, (byte) 0xbe);
    assertThat(decode(often)).hasSize(64); // of 4096 bytes each
    refuses("more than 262144 bytes of header fields", join(often, hex("be")));
  }

  @Test
  void fieldSaysItsNameButNotItsValue() throws Http2Exception {
    byte[] block = block("authorization", "secret");
    assertThat(decoder.decode(block, block.length).toString()).isEqualTo("[authorization]");
  }

  @Test
  void charactersAbove127AreTakenAsTheyAre() throws Http2Exception {
    assertThat(decode(join(hex("00 0161 01"), "\u00e9".getBytes(ISO_8859_1))))
        .containsExactly("a: \u00e9");
  }
}
