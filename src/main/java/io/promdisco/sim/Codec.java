package io.promdisco.sim;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How objects stand in an answer. */
sealed interface Codec {
  String contentType();

  /** Content type of a watch. */
  String streamType();

  byte[] object(ObjectNode object);

  byte[] list(String apiVersion, String kind, ObjectNode metadata, List<ObjectNode> items);

  byte[] frame(String type, ObjectNode object);

  /** A frame that claims to be very long. */
  byte[] hugeFrame();

  /** The beginning of a list or, in a watch, of an event whose object's name has not ended. */
  default byte[] endless(boolean watch, String kind) {
    return hugeFrame();
  }

  /** Whether {@link #endless} may be followed by any letters. */
  default boolean canGoOn() {
    return false;
  }

  /** JSON text; in a watch one event a line. */
  record AsJson() implements Codec {
    private interface Body {
      void write(JsonGenerator out) throws IOException;
    }

    @Override
    public String contentType() {
      return "application/json";
    }

    @Override
    public String streamType() {
      return "application/json";
    }

    @Override
    public byte[] object(ObjectNode object) {
      return line(out -> Json.write(out, object));
    }

    @Override
    public byte[] list(
        String apiVersion, String kind, ObjectNode metadata, List<ObjectNode> items) {
      return line(
          out -> {
            out.writeStartObject();
            out.writeStringField("kind", kind);
            out.writeStringField("apiVersion", apiVersion);
            out.writeFieldName("metadata");
            Json.write(out, metadata);
            out.writeArrayFieldStart("items");
            for (ObjectNode item : items) {
              Json.writeItem(out, item);
            }
            out.writeEndArray();
            out.writeEndObject();
          });
    }

    @Override
    public byte[] frame(String type, ObjectNode object) {
      return line(
          out -> {
            out.writeStartObject();
            out.writeStringField("type", type);
            out.writeFieldName("object");
            Json.write(out, object);
            out.writeEndObject();
          });
    }

    @Override
    public byte[] hugeFrame() {
      String text =
          "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"" + "x".repeat(1 << 20);
      return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] endless(boolean watch, String kind) {
      String before =
          watch
              ? "{\"type\":\"ADDED\",\"object\":{\"kind\":\"" + kind + "\","
              : "{\"kind\":\"" + kind + "List\",\"metadata\":{},\"items\":[{";
      return (before + "\"metadata\":{\"name\":\"").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean canGoOn() {
      return true;
    }

    private static byte[] line(Body body) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (JsonGenerator out = Json.FACTORY.createGenerator(bytes)) {
        body.write(out);
        out.writeRaw('\n');
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }
  }

  /** Kubernetes's own binary format. */
  record AsProtobuf(ProtobufEncoder encoder) implements Codec {
    @Override
    public String contentType() {
      return "application/vnd.kubernetes.protobuf";
    }

    @Override
    public String streamType() {
      return "application/vnd.kubernetes.protobuf;stream=watch";
    }

    @Override
    public byte[] object(ObjectNode object) {
      return encoder.object(object);
    }

    @Override
    public byte[] list(
        String apiVersion, String kind, ObjectNode metadata, List<ObjectNode> items) {
      return encoder.list(apiVersion, kind, metadata, items);
    }

    @Override
    public byte[] frame(String type, ObjectNode object) {
      return encoder.frame(type, object);
    }

    @Override
    public byte[] hugeFrame() {
      return new byte[] {-1, -1, -1, -1, 10, 5, 'A', 'D', 'D', 'E', 'D'};
    }
  }
}
