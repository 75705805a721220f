package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An object within objects that stands in many of them, always at the same place, and never changes
 * again. It is written as protobuf once. Safe for all threads.
 */
@SuppressWarnings("unchecked") // ObjectNode's own deepCopy is
final class SharedObject extends ObjectNode {
  private static final long serialVersionUID = 1L;

  // A race writes the same bytes twice.
  private transient volatile byte @Nullable [] protobuf;

  /** Takes the fields of {@code content}, which must not change any more. */
  SharedObject(ObjectNode content) {
    super(JsonNodeFactory.instance);
    setAll(content);
  }

  /** What {@code encoder} makes of it, the same every time. */
  byte[] protobuf(Supplier<byte[]> encoder) {
    byte[] known = protobuf;
    if (known == null) {
      known = encoder.get();
      protobuf = known;
    }
    return known;
  }
}
