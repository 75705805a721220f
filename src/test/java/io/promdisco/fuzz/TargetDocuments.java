package io.promdisco.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.document.DocumentOrigin;
import java.io.IOException;
import java.util.List;

/** Properties of every list of target groups, and of every rejection. */
final class TargetDocuments {
  private static final DocumentOrigin ORIGIN = new DocumentOrigin("__meta_filepath", "fuzz");

  interface Parser {
    List<TargetGroup> parse(byte[] document, DocumentOrigin origin) throws IOException;
  }

  private TargetDocuments() {}

  static void readOrRefused(byte[] document, Parser parser) {
    try {
      List<TargetGroup> groups = parser.parse(document, ORIGIN);
      for (int i = 0; i < groups.size(); i++) {
        assertThat(groups.get(i).source()).isEqualTo("fuzz:" + i);
        assertThat(groups.get(i).labels().get("__meta_filepath")).isEqualTo("fuzz");
        assertThat(groups.get(i).targets()).allMatch(TargetDocuments::isAddress);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageMatching("(?s)[1-9][0-9]*:[0-9]+: .+");
    }
  }

  private static boolean isAddress(Labels target) {
    return target.size() == 1 && target.has("__address__");
  }
}
