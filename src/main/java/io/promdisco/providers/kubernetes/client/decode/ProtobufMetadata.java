package io.promdisco.providers.kubernetes.client.decode;

import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.BYTES;
import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.VARINT;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectMeta.OwnerRef;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code metadata}, and other fields that all kinds have. Field numbers are those of {@code
 * k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto}. For one thread.
 */
final class ProtobufMetadata {
  private static final int OWNERS = 13 << 3 | BYTES;

  /** Longer values are rarely repeated, for example a checksum or a last-applied configuration. */
  private static final int SHORT_VALUE = 64;

  private final ProtobufCursor wire;
  private final SharedValues shared;
  private byte[] versionBytes = new byte[0];
  private int versionFrom;
  private int versionLength;

  ProtobufMetadata(ProtobufCursor wire, SharedValues shared) {
    this.wire = wire;
    this.shared = shared;
  }

  /** Returns {@code meta}, or the metadata of an object without any. */
  ObjectMeta orNone(@Nullable ObjectMeta meta) {
    if (meta != null) {
      return meta;
    }
    versionLength = 0;
    return new ObjectMeta(new ObjectKey("", ""), "", 0, Labels.EMPTY, Labels.EMPTY, null);
  }

  /** Returns the resource version of the last metadata, as written. */
  String version() {
    return new String(versionBytes, versionFrom, versionLength, UTF_8);
  }

  /** Reads the next message. */
  ObjectMeta read() throws IOException {
    String name = "";
    String namespace = "";
    String uid = "";
    versionLength = 0;
    Labels labels = Labels.EMPTY;
    Labels annotations = Labels.EMPTY;
    OwnerRef controller = null;
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> name = wire.string();
        case 3 << 3 | BYTES -> namespace = wire.sharedString();
        case 5 << 3 | BYTES -> uid = wire.string();
        case 6 << 3 | BYTES -> readVersion();
        case 11 << 3 | BYTES -> labels = join(labels, map(tag));
        case 12 << 3 | BYTES -> annotations = join(annotations, map(tag));
        case OWNERS -> {
          OwnerRef found = controller();
          controller = controller == null ? found : controller;
        }
        default -> wire.skip(tag);
      }
    }
    return new ObjectMeta(
        new ObjectKey(namespace, name),
        uid,
        ResourceVersions.of(versionBytes, versionFrom, versionLength),
        labels,
        annotations,
        controller);
  }

  private void readVersion() throws IOException {
    versionLength = wire.length();
    versionBytes = wire.bytes();
    versionFrom = wire.at();
    wire.moveTo(versionFrom + versionLength);
  }

  /** Reads a map field, whose first tag was just read. */
  Labels map(int tag) throws IOException {
    int from = wire.at();
    int to = wire.skipRun(tag);
    int hash = RangeInternTable.key(wire.bytes(), from, to - from);
    Labels labels = shared.maps().get(hash, wire.bytes(), from, to - from);
    if (labels != null) {
      return labels;
    }
    wire.moveTo(from);
    Labels.Builder builder = Labels.builder();
    do {
      readEntry(builder);
    } while (wire.at() < to && wire.tag() == tag);
    labels = builder.build();
    shared.maps().offer(hash, wire.bytes(), from, to - from, labels);
    return labels;
  }

  private void readEntry(Labels.Builder builder) throws IOException {
    String key = "";
    String value = "";
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> key = wire.sharedString();
        case 2 << 3 | BYTES -> value = readValue();
        default -> wire.skip(tag);
      }
    }
    builder.set(key, value);
  }

  private String readValue() throws IOException {
    int before = wire.at();
    boolean isShort = wire.length() <= SHORT_VALUE;
    wire.moveTo(before);
    return isShort ? wire.sharedString() : wire.string();
  }

  private static Labels join(Labels first, Labels more) {
    return first.isEmpty() ? more : Labels.builder().setAll(first).setAll(more).build();
  }

  private @Nullable OwnerRef controller() throws IOException {
    int from = wire.at();
    int to = wire.skipRun(OWNERS);
    int hash = RangeInternTable.key(wire.bytes(), from, to - from);
    OwnerRef known = shared.owners().get(hash, wire.bytes(), from, to - from);
    if (known != null) {
      return known;
    }
    wire.moveTo(from);
    OwnerRef controller = null;
    do {
      OwnerRef owner = readOwner();
      controller = controller == null ? owner : controller;
    } while (wire.at() < to && wire.tag() == OWNERS);
    if (controller != null) {
      shared.owners().offer(hash, wire.bytes(), from, to - from, controller);
    }
    return controller;
  }

  /** Reads an owner; returns null if it is not the controller. */
  private @Nullable OwnerRef readOwner() throws IOException {
    String kind = "";
    String name = "";
    boolean controls = false;
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> kind = wire.sharedString();
        case 3 << 3 | BYTES -> name = wire.sharedString();
        case 6 << 3 | VARINT -> controls = wire.bool();
        default -> wire.skip(tag);
      }
    }
    return controls ? new OwnerRef(kind, name) : null;
  }

  /** Reads a core {@code ObjectReference}. */
  ObjectRef reference() throws IOException {
    String kind = "";
    String namespace = "";
    String name = "";
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> kind = wire.sharedString();
        case 2 << 3 | BYTES -> namespace = wire.sharedString();
        case 3 << 3 | BYTES -> name = wire.string();
        default -> wire.skip(tag);
      }
    }
    return new ObjectRef(kind, namespace, name);
  }
}
