package io.promdisco.providers.kubernetes.client.decode;

import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.BYTES;
import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.VARINT;

import io.promdisco.http.BodyReader;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClient.Page;
import io.promdisco.providers.kubernetes.watch.ResourceClient.WatchHandler;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Reads {@code application/vnd.kubernetes.protobuf}: an envelope ({@code k8s\0} and a {@code
 * runtime.Unknown}) around a list; for watches, frames of a four-byte length and a {@code meta/v1}
 * WatchEvent whose object is such an envelope. Skips the fields that discovery does not need. Field
 * numbers are those of {@code k8s.io/apimachinery/pkg/{runtime,apis/meta/v1}/generated.proto}. For
 * one thread.
 */
final class ProtobufDecoder implements Decoder {
  private static final byte[] MAGIC = {'k', '8', 's', 0};
  private static final int TYPE_META = 1 << 3 | BYTES;
  private static final int RAW = 2 << 3 | BYTES;

  private final ProtobufCursor wire;
  private final ProtobufMetadata metas;
  private final ProtobufPods pods;
  private final ProtobufNetwork network;
  private final ProtobufEndpoints endpoints;

  // The kind in the current envelope.
  private String kind = "";
  private int rawFrom;
  private int rawTo;

  ProtobufDecoder(SharedValues shared) {
    wire = new ProtobufCursor(shared.strings());
    metas = new ProtobufMetadata(wire, shared);
    pods = new ProtobufPods(wire, shared, metas);
    network = new ProtobufNetwork(wire, metas);
    endpoints = new ProtobufEndpoints(wire, metas);
  }

  /** Reads the message of one object without an envelope. */
  <V extends KubeObject> V object(Resource<V> resource, byte[] bytes, int from, int to)
      throws IOException {
    wire.reset(resource.kind(), bytes, from, to);
    KubeObject object =
        switch (resource.kind()) {
          case "Pod" -> pods.read();
          case "Node" -> network.node();
          case "Service" -> network.service();
          case "Ingress" -> network.ingress();
          case "Endpoints" -> endpoints.endpoints();
          case "EndpointSlice" -> endpoints.slice();
          default -> new MetadataView(readMetaOnly());
        };
    return resource.view().cast(object);
  }

  private ObjectMeta readMetaOnly() throws IOException {
    ObjectMeta meta = null;
    while (wire.find(1 << 3 | BYTES)) {
      meta = metas.read();
    }
    return metas.orNone(meta);
  }

  @Override
  public <V extends KubeObject> void watch(
      Resource<V> resource, BodyReader body, WatchHandler<? super V> handler)
      throws IOException, InterruptedException {
    String what = resource.kind() + " event";
    while (!body.atEnd()) {
      int head = body.take(4, what);
      byte[] bytes = body.array();
      int length =
          (bytes[head] & 0xff) << 24
              | (bytes[head + 1] & 0xff) << 16
              | (bytes[head + 2] & 0xff) << 8
              | (bytes[head + 3] & 0xff);
      if (length < 0 || length > LARGEST) {
        throw new IOException(
            what
                + ": a frame of "
                + Integer.toUnsignedString(length)
                + " bytes at byte "
                + (body.position() - 4)
                + " (expected at most "
                + LARGEST
                + ")");
      }
      int from = body.take(length, what);
      event(resource, body.array(), from, from + length, handler);
    }
  }

  /** Reads one WatchEvent and passes it on. */
  <V extends KubeObject> void event(
      Resource<V> resource, byte[] bytes, int from, int to, WatchHandler<? super V> handler)
      throws IOException {
    String what = resource.kind() + " event";
    wire.reset(what, bytes, from, to);
    String type = "";
    int objectFrom = from;
    int objectTo = from;
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> type = wire.sharedString();
        case 2 << 3 | BYTES -> { // a RawExtension
          wire.open();
          while (wire.find(1 << 3 | BYTES)) {
            int length = wire.length();
            objectFrom = wire.at();
            objectTo = objectFrom + length;
            wire.moveTo(objectTo);
          }
        }
        default -> wire.skip(tag);
      }
    }
    envelope(what, bytes, objectFrom, objectTo);
    dispatch(resource, bytes, type, handler);
  }

  private <V extends KubeObject> void dispatch(
      Resource<V> resource, byte[] bytes, String type, WatchHandler<? super V> handler)
      throws IOException {
    if (type.equals("ERROR")) {
      throw status(bytes, rawFrom, rawTo).toException();
    }
    if (!kind.equals(resource.kind())) {
      throw new IOException(
          resource.kind() + " event: kind: " + kind + " (expected " + resource.kind() + ")");
    }
    switch (type) {
      case "ADDED" -> handler.added(object(resource, bytes, rawFrom, rawTo), metas.version());
      case "MODIFIED" -> handler.modified(object(resource, bytes, rawFrom, rawTo), metas.version());
      case "DELETED" -> handler.deleted(object(resource, bytes, rawFrom, rawTo), metas.version());
      case "BOOKMARK" -> {
        wire.reset(kind + " bookmark", bytes, rawFrom, rawTo);
        ObjectMeta meta = readMetaOnly();
        handler.bookmark(
            metas.version(), meta.annotations().getOrEmpty(INITIAL_EVENTS_END).equals("true"));
      }
      default ->
          throw new IOException(
              resource.kind()
                  + " event: type: "
                  + type
                  + " (expected ADDED, MODIFIED, DELETED, BOOKMARK or ERROR)");
    }
  }

  /** Finds the kind and the object in an envelope. */
  private void envelope(String what, byte[] bytes, int from, int to) throws IOException {
    wire.reset(what, bytes, from, to);
    kind = "";
    if (to - from < MAGIC.length || !startsWithMagic(bytes, from)) {
      throw wire.malformed("the object does not begin with k8s\\0");
    }
    wire.moveTo(from + MAGIC.length);
    rawFrom = to;
    rawTo = to;
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case TYPE_META -> {
          wire.open();
          kind = readKind();
        }
        case RAW -> {
          int length = wire.length();
          rawFrom = wire.at();
          rawTo = rawFrom + length;
          wire.moveTo(rawTo);
        }
        default -> wire.skip(tag);
      }
    }
  }

  private static boolean startsWithMagic(byte[] bytes, int from) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (bytes[from + i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /** Reads a {@code TypeMeta} to its end. */
  private String readKind() throws IOException {
    String found = "";
    while (wire.find(2 << 3 | BYTES)) {
      found = wire.sharedString();
    }
    return found;
  }

  @Override
  public ApiStatus status(byte[] bytes) throws IOException {
    envelope(ApiStatus.KIND, bytes, 0, bytes.length);
    if (!kind.isEmpty() && !kind.equals(ApiStatus.KIND)) {
      throw wire.malformed("kind " + kind);
    }
    return status(bytes, rawFrom, rawTo);
  }

  private ApiStatus status(byte[] bytes, int from, int to) throws IOException {
    wire.reset(ApiStatus.KIND, bytes, from, to);
    return ApiStatus.ofProtobuf(wire);
  }

  @Override
  public <V extends KubeObject> Page list(
      Resource<V> resource, BodyReader body, Consumer<? super V> items)
      throws IOException, InterruptedException {
    String what = resource.kind() + " list";
    int magic = body.take(MAGIC.length, what);
    if (!startsWithMagic(body.array(), magic)) {
      throw new IOException(what + ": not protobuf at byte 0: it does not begin with k8s\\0");
    }
    kind = "";
    Page page = null;
    while (!body.atEnd()) {
      int tag = (int) body.varint(what);
      if (tag == TYPE_META) {
        int length = bounded(body, what);
        int from = body.take(length, what);
        wire.reset(what, body.array(), from, from + length);
        kind = readKind();
      } else if (tag == RAW) {
        page = readList(resource, body, what, items);
      } else {
        skip(body, tag, what);
      }
    }
    if (page == null) {
      throw new IOException(what + ": cut off at byte " + body.position() + " (expected a list)");
    }
    return page;
  }

  private <V extends KubeObject> Page readList(
      Resource<V> resource, BodyReader body, String what, Consumer<? super V> items)
      throws IOException, InterruptedException {
    long end = body.varint(what);
    if (end < 0) {
      throw malformed(body, what, "a negative length");
    }
    if (kind.equals(ApiStatus.KIND)) {
      int length = bounded(end, body, what);
      int from = body.take(length, what);
      throw status(body.array(), from, from + length).toException();
    }
    if (!kind.equals(resource.kind() + "List")) {
      throw new IOException(what + ": kind: " + kind + " (expected " + resource.kind() + "List)");
    }
    end += body.position();
    Page page = new Page("", "", -1);
    while (body.position() < end) {
      int tag = (int) body.varint(what);
      switch (tag) {
        case 1 << 3 | BYTES -> {
          int length = bounded(body, what);
          int from = body.take(length, what);
          page = readListMeta(what, body.array(), from, from + length);
        }
        case 2 << 3 | BYTES -> {
          int length = bounded(body, what);
          int from = body.take(length, what);
          items.accept(object(resource, body.array(), from, from + length));
        }
        default -> skip(body, tag, what);
      }
    }
    if (body.position() > end) {
      throw malformed(body, what, "the last item is cut off");
    }
    return page;
  }

  private Page readListMeta(String what, byte[] bytes, int from, int to) throws IOException {
    wire.reset(what, bytes, from, to);
    String version = "";
    String continueToken = "";
    long remaining = -1;
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 2 << 3 | BYTES -> version = wire.string();
        case 3 << 3 | BYTES -> continueToken = wire.string();
        case 4 << 3 | VARINT -> remaining = wire.varint();
        default -> wire.skip(tag);
      }
    }
    return new Page(version, continueToken, remaining);
  }

  private static int bounded(BodyReader body, String what)
      throws IOException, InterruptedException {
    return bounded(body.varint(what), body, what);
  }

  private static int bounded(long length, BodyReader body, String what) throws IOException {
    if (length < 0 || length > LARGEST) {
      throw malformed(
          body,
          what,
          "an object of "
              + Long.toUnsignedString(length)
              + " bytes (expected at most "
              + LARGEST
              + ")");
    }
    return (int) length;
  }

  private static void skip(BodyReader body, int tag, String what)
      throws IOException, InterruptedException {
    if (tag >>> 3 == 0) {
      throw malformed(body, what, "no field tag");
    }
    switch (tag & 7) {
      case 0 -> body.varint(what);
      case 1 -> body.skip(8, what);
      case 2 -> body.skip(bounded(body, what), what);
      case 5 -> body.skip(4, what);
      default -> throw malformed(body, what, "wire type " + (tag & 7));
    }
  }

  private static IOException malformed(BodyReader body, String what, String problem) {
    return new IOException(what + ": not protobuf at byte " + body.position() + ": " + problem);
  }
}
