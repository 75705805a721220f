package io.promdisco.providers.kubernetes.client.decode;

import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.bytesTag;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectMeta.OwnerRef;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code metadata} and what else all kinds have in common. Field numbers are those of {@code
 * k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto}. For one thread.
 */
final class ProtobufMetadata {
  private static final int NAME = bytesTag(1);
  private static final int NAMESPACE = bytesTag(3);
  private static final int UID = bytesTag(5);
  private static final int RESOURCE_VERSION = bytesTag(6);
  private static final int LABELS = bytesTag(11);
  private static final int ANNOTATIONS = bytesTag(12);
  private static final int OWNERS = bytesTag(13);
  private static final int ENTRY_KEY = bytesTag(1);
  private static final int ENTRY_VALUE = bytesTag(2);
  private static final int OWNER_KIND = bytesTag(1);
  private static final int OWNER_NAME = bytesTag(3);
  private static final int OWNER_CONTROLLER = 6 << 3;
  private static final int REF_KIND = bytesTag(1);
  private static final int REF_NAMESPACE = bytesTag(2);
  private static final int REF_NAME = bytesTag(3);

  /** A value this long is hardly ever repeated: a checksum, a last-applied configuration. */
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

  /** Metadata of an object that has none. */
  ObjectMeta none() {
    versionLength = 0;
    return new ObjectMeta(new ObjectKey("", ""), "", 0, Labels.EMPTY, Labels.EMPTY, null);
  }

  /** The resource version, as written, of the metadata read last. */
  String version() {
    return new String(versionBytes, versionFrom, versionLength, StandardCharsets.UTF_8);
  }

  /** Reads the message that follows. */
  ObjectMeta read() throws IOException {
    String name = "";
    String namespace = "";
    String uid = "";
    versionLength = 0;
    Labels labels = Labels.EMPTY;
    Labels annotations = Labels.EMPTY;
    OwnerRef controller = null;
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == NAME) {
        name = wire.string();
      } else if (tag == NAMESPACE) {
        namespace = wire.string(shared.strings());
      } else if (tag == UID) {
        uid = wire.string();
      } else if (tag == RESOURCE_VERSION) {
        readVersion();
      } else if (tag == LABELS) {
        labels = join(labels, map(LABELS));
      } else if (tag == ANNOTATIONS) {
        annotations = join(annotations, map(ANNOTATIONS));
      } else if (tag == OWNERS) {
        OwnerRef found = controller();
        controller = controller == null ? found : controller;
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return new ObjectMeta(
        new ObjectKey(namespace, name),
        uid,
        ResourceVersions.of(versionBytes, versionFrom, versionLength),
        labels,
        annotations,
        controller);
  }

  private void readVersion() throws IOException {
    int length = wire.length();
    versionBytes = wire.bytes();
    versionFrom = wire.at();
    versionLength = length;
    wire.moveTo(versionFrom + length);
  }

  /** Reads a map field; the tag of its first entry has just been read. */
  Labels map(int tag) throws IOException {
    int from = wire.at();
    int to = wire.skipRun(tag);
    int hash = RangeTable.key(wire.bytes(), from, to - from);
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
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == ENTRY_KEY) {
        key = wire.string(shared.strings());
      } else if (tag == ENTRY_VALUE) {
        value = readValue();
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    builder.set(key, value);
  }

  private String readValue() throws IOException {
    int before = wire.at();
    boolean isShort = wire.length() <= SHORT_VALUE;
    wire.moveTo(before);
    return isShort ? wire.string(shared.strings()) : wire.string();
  }

  private static Labels join(Labels first, Labels more) {
    return first.isEmpty() ? more : Labels.builder().setAll(first).setAll(more).build();
  }

  private @Nullable OwnerRef controller() throws IOException {
    int from = wire.at();
    int to = wire.skipRun(OWNERS);
    int hash = RangeTable.key(wire.bytes(), from, to - from);
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

  /** Reads an owner; null if it does not control. */
  private @Nullable OwnerRef readOwner() throws IOException {
    String kind = "";
    String name = "";
    boolean controls = false;
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == OWNER_KIND) {
        kind = wire.string(shared.strings());
      } else if (tag == OWNER_NAME) {
        name = wire.string(shared.strings());
      } else if (tag == OWNER_CONTROLLER) {
        controls = wire.bool();
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return controls ? new OwnerRef(kind, name) : null;
  }

  /** Reads a core {@code ObjectReference}. */
  ObjectRef reference() throws IOException {
    String kind = "";
    String namespace = "";
    String name = "";
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == REF_KIND) {
        kind = wire.string(shared.strings());
      } else if (tag == REF_NAMESPACE) {
        namespace = wire.string(shared.strings());
      } else if (tag == REF_NAME) {
        name = wire.string();
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return new ObjectRef(kind, namespace, name);
  }
}
