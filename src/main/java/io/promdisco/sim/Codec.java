package io.promdisco.sim;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Encodes objects for answers. */
sealed interface Codec {
  String contentType();

  /** Returns the content type of a watch. */
  String streamType();

  byte[] object(ObjectNode object);

  byte[] list(String apiVersion, String kind, ObjectNode metadata, List<ObjectNode> items);

  byte[] frame(String type, ObjectNode object);

  /** Returns a frame with a very large length. */
  byte[] hugeFrame();

  /**
   * Returns the beginning of a list or, in a watch, of an event, up to the name of an object, so
   * that any number of letters may follow; empty if the format does not allow it.
   */
  byte[] endless(boolean watch, String kind);

  /** JSON text; in a watch, one event on each line. */
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
      return contentType();
    }

    @Override
    public byte[] object(ObjectNode object) {
      return line(out -> out.writeTree(object));
    }

    @Override
    public byte[] list(
        String apiVersion, String kind, ObjectNode metadata, List<ObjectNode> items) {
      return line(
          out -> {
            out.writeStartObject();
            out.writeStringField("kind", kind);
            out.writeStringField("apiVersion", apiVersion);
            out.writeObjectField("metadata", metadata);
            out.writeArrayFieldStart("items");
            for (ObjectNode item : items) {
              writeItem(out, item);
            }
            out.writeEndArray();
            out.writeEndObject();
          });
    }

    /** Writes an item without kind and API version, which the list has. */
    private static void writeItem(JsonGenerator out, ObjectNode item) throws IOException {
      out.writeStartObject();
      for (Map.Entry<String, JsonNode> field : item.properties()) {
        if (!field.getKey().equals("kind") && !field.getKey().equals("apiVersion")) {
          out.writeObjectField(field.getKey(), field.getValue());
        }
      }
      out.writeEndObject();
    }

    @Override
    public byte[] frame(String type, ObjectNode object) {
      return line(
          out -> {
            out.writeStartObject();
            out.writeStringField("type", type);
            out.writeObjectField("object", object);
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

    private static byte[] line(Body body) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (JsonGenerator out = KubernetesJson.MAPPER.createGenerator(bytes)) {
        body.write(out);
        out.writeRaw('\n');
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }
  }

  /** The binary format of Kubernetes. */
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

    @Override
    public byte[] endless(boolean watch, String kind) {
      return new byte[0];
    }
  }
}
