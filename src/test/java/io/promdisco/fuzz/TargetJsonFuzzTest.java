package io.promdisco.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.promdisco.providers.document.TargetGroupJson;

/** Any content of an HTTP answer or of a .json file is a list of groups or an error. */
class TargetJsonFuzzTest {
  @FuzzTest(maxDuration = "5m")
  void everyJsonDocumentIsReadOrRefusedWithAPlace(byte[] document) {
    TargetDocuments.readOrRefused(document, TargetGroupJson::parse);
  }
}
