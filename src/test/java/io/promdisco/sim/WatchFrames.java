package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.promdisco.offline.KubernetesJson;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The frames of a watch, in JSON or protobuf, written as {@code TYPE name}. */
final class WatchFrames implements AutoCloseable {
  private final int status;
  private final HttpHeaders headers;
  private final InputStream in;

  WatchFrames(int status, HttpHeaders headers, InputStream in) {
    this.status = status;
    this.headers = headers;
    this.in = in;
  }

  int status() {
    return status;
  }

  String contentType() {
    return headers.firstValue("Content-Type").orElse("");
  }

  /** The next line of a JSON watch; empty at the end. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return line.toString();
      }
      line.append((char) b);
    }
    return line.toString();
  }

  /** The next event of a JSON watch. */
  ObjectNode event() throws IOException {
    return (ObjectNode) KubernetesJson.read(line());
  }

  /** The next event, such as {@code ADDED web}. */
  String brief() throws IOException {
    ObjectNode event = event();
    return KubernetesJson.text(event, "type") + " " + ObjectFixtures.name(event.path("object"));
  }

  /** The next frame of a protobuf watch. */
  Meta.WatchEvent message() throws IOException {
    byte[] length = in.readNBytes(4);
    if (length.length < 4) {
      throw new EOFException();
    }
    int size = ByteBuffer.wrap(length).getInt();
    byte[] body = in.readNBytes(size);
    if (body.length < size) {
      throw new EOFException();
    }
    return Meta.WatchEvent.parseFrom(body);
  }

  static Unknown unknown(Meta.WatchEvent event) throws InvalidProtocolBufferException {
    ByteString raw = event.getObject().getRaw();
    if (!raw.startsWith(ByteString.copyFrom("k8s\0", StandardCharsets.US_ASCII))) {
      throw new AssertionError("no magic bytes");
    }
    return Unknown.parseFrom(raw.substring(4));
  }

  static String briefPod(Meta.WatchEvent event) throws InvalidProtocolBufferException {
    V1.Pod pod = V1.Pod.parseFrom(unknown(event).getRaw());
    return event.getType() + " " + pod.getMetadata().getName();
  }

  byte[] rest() throws IOException {
    return in.readAllBytes();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
