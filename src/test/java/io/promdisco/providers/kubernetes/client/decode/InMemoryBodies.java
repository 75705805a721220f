package io.promdisco.providers.kubernetes.client.decode;

import io.promdisco.http.BodyReader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Bodies that are completely in memory. */
final class InMemoryBodies {
  private InMemoryBodies() {}

  /**
   * A body that arrives in chunks of {@code size} bytes, alternately in heap and direct buffers.
   */
  static BodyReader chunked(byte[] bytes, int size) {
    Deque<ByteBuffer> chunks = new ArrayDeque<>();
    for (int from = 0; from < bytes.length; from += size) {
      int count = Math.min(size, bytes.length - from);
      if (chunks.size() % 2 == 0) {
        chunks.add(ByteBuffer.wrap(bytes, from, count));
      } else {
        chunks.add(ByteBuffer.allocateDirect(count).put(bytes, from, count).flip());
      }
    }
    return new BodyReader(chunks::poll);
  }

  static BodyReader whole(byte[] bytes) {
    return chunked(bytes, Math.max(1, bytes.length));
  }
}
