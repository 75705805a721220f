package io.promdisco.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.promdisco.providers.document.TargetGroupYaml;

/** Any content of a .yml file is a list of groups or an error. */
class TargetYamlFuzzTest {
  @FuzzTest(maxDuration = "5m")
  void everyYamlDocumentIsReadOrRefusedWithAPlace(byte[] document) {
    TargetDocuments.readOrRefused(document, TargetGroupYaml::parse);
  }
}
