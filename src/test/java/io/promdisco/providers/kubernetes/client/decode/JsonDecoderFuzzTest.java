package io.promdisco.providers.kubernetes.client.decode;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Whatever a server sends as JSON, the decoder returns objects or an error, however the input is
 * split.
 */
class JsonDecoderFuzzTest {
  @FuzzTest(maxDuration = "5m")
  void everyBodyIsReadOrRefused(byte[] input) throws InterruptedException {
    DecoderRuns.readOrRefused(
        input, JsonDecoder::new, body -> new JsonDecoder(new SharedValues()).status(body));
  }
}
