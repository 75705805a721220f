package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A nested object that many objects contain at the same place, and that never changes. It is
 * encoded as protobuf only once. Safe for all threads.
 */
@SuppressWarnings("unchecked") // as in ObjectNode's deepCopy
final class SharedObject extends ObjectNode {
  private static final long serialVersionUID = 1L;

  // A race writes the same bytes twice.
  private transient volatile byte @Nullable [] protobuf;

  /** Takes the fields of {@code content}, which must not change afterwards. */
  SharedObject(ObjectNode content) {
    super(JsonNodeFactory.instance);
    setAll(content);
  }

  /** Returns the result of {@code encoder}, which must always be the same. */
  byte[] protobuf(Supplier<byte[]> encoder) {
    byte[] known = protobuf;
    if (known == null) {
      known = encoder.get();
      protobuf = known;
    }
    return known;
  }
}
