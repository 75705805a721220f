package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.util.Utf8Text;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodePointsTest {
  @Test
  void ordersByCodePoints() {
    List<String> texts = new ArrayList<>(List.of("😀", "\ufb00", "a", "", "ab", "😁", "z"));

    texts.sort(Utf8Text::compare);

    assertThat(texts).containsExactly("", "a", "ab", "z", "\ufb00", "😀", "😁");
  }

  @Test
  void repairsSurrogatesThatLackTheirOtherHalf() {
    assertThat(Utf8Text.encodable("a\ud83d\ude00b")).isEqualTo("a\ud83d\ude00b");
    assertThat(Utf8Text.encodable("\ud83d\ud83d\ude00\ude00x\ud83d"))
        .isEqualTo("\ufffd\ud83d\ude00\ufffdx\ufffd");
    assertThat(Utf8Text.isEncodable("a\ude00")).isFalse();
  }
}
