package io.promdisco.providers.kubernetes.client.decode;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Whatever a server sends as protobuf, the decoder returns objects or an error, however the input
 * is split.
 */
class ProtobufDecoderFuzzTest {
  @FuzzTest(maxDuration = "5m")
  void everyBodyIsReadOrRefused(byte[] input) throws InterruptedException {
    DecoderRuns.readOrRefused(
        input, ProtobufDecoder::new, body -> new ProtobufDecoder(new SharedValues()).status(body));
  }
}
