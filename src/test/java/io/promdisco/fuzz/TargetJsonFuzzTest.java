package io.promdisco.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.promdisco.providers.document.TargetGroupJson;

/** Whatever a web server or a file ending in .json says, it is a list of groups or an error. */
class TargetJsonFuzzTest {
  @FuzzTest(maxDuration = "5m")
  void everyJsonDocumentIsReadOrRefusedWithAPlace(byte[] document) {
    TargetDocuments.readOrRefused(document, TargetGroupJson::parse);
  }
}
