package io.promdisco.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.promdisco.providers.document.TargetGroupYaml;

/** Whatever a file ending in .yml says, it is a list of groups or an error. */
class TargetYamlFuzzTest {
  @FuzzTest(maxDuration = "5m")
  void everyYamlDocumentIsReadOrRefusedWithAPlace(byte[] document) {
    TargetDocuments.readOrRefused(document, TargetGroupYaml::parse);
  }
}
