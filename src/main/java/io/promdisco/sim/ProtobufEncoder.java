package io.promdisco.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.sim.ProtobufSchema.Field;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;

/**
 * Writes Kubernetes objects as protobuf, byte for byte like the real server: fields that are plain
 * values there are written even if they are empty. Fields that Kubernetes does not have are left
 * out. Safe for all threads.
 *
 * <p>There is no protobuf library among the dependencies, and one would need a message object for
 * each of the 50,000 pods of a benchmark.
 */
public final class ProtobufEncoder {
  private static final byte[] MAGIC = {'k', '8', 's', 0};

  private final ProtobufSchema schema = ProtobufSchema.read();

  /**
   * Returns the message of {@code object} without an envelope.
   *
   * @param message for example {@code Pod}
   * @throws IllegalArgumentException if there is no such message
   */
  public byte[] message(String message, JsonNode object) {
    ProtobufWriter out = new ProtobufWriter();
    fields(out, schema.fields(message), object);
    return out.toByteArray();
  }

  /**
   * Returns an object as in an answer of the server: the magic bytes and an envelope with its kind.
   */
  public byte[] object(ObjectNode object) {
    ProtobufWriter out = new ProtobufWriter();
    enveloped(out, object);
    return out.toByteArray();
  }

  /**
   * Returns a list as in an answer of the server.
   *
   * @param apiVersion for example {@code v1}
   * @param kind the kind of the list, for example {@code PodList}
   * @param metadata the metadata of the list
   * @param items the items, of the kind in the list's name
   */
  public byte[] list(String apiVersion, String kind, ObjectNode metadata, List<ObjectNode> items) {
    String item = kind.substring(0, kind.length() - "List".length());
    List<Field> itemFields = schema.fields(item);
    ProtobufWriter out = new ProtobufWriter();
    int end = beginEnvelope(out);
    for (int i = items.size() - 1; i >= 0; i--) {
      int mark = out.size();
      fields(out, itemFields, items.get(i));
      out.message(2, mark);
    }
    int mark = out.size();
    fields(out, schema.fields("ListMeta"), metadata);
    out.message(1, mark);
    endEnvelope(out, end, apiVersion, kind);
    return out.toByteArray();
  }

  /** Returns a frame of a watch: four bytes with the length, and a {@code WatchEvent}. */
  public byte[] frame(String type, ObjectNode object) {
    ProtobufWriter out = new ProtobufWriter();
    enveloped(out, object);
    out.message(1, 0);
    out.message(2, 0);
    out.string(1, type);
    out.bigEndian(out.size());
    return out.toByteArray();
  }

  private void enveloped(ProtobufWriter out, ObjectNode object) {
    String kind = KubernetesJson.text(object, "kind");
    int end = beginEnvelope(out);
    fields(out, schema.fields(kind), object);
    endEnvelope(out, end, KubernetesJson.text(object, "apiVersion"), kind);
  }

  private static int beginEnvelope(ProtobufWriter out) {
    out.string(4, "");
    out.string(3, "");
    return out.size();
  }

  private static void endEnvelope(ProtobufWriter out, int end, String apiVersion, String kind) {
    out.message(2, end);
    int mark = out.size();
    out.string(2, kind);
    out.string(1, apiVersion);
    out.message(1, mark);
    out.raw(MAGIC);
  }

  private void fields(ProtobufWriter out, List<Field> fields, JsonNode object) {
    for (int i = fields.size() - 1; i >= 0; i--) {
      Field field = fields.get(i);
      JsonNode value = field.json().isEmpty() ? object : object.path(field.json());
      switch (field.cardinality()) {
        case ONE -> one(out, field, value);
        case LIST -> list(out, field, value);
        case MAP -> map(out, field, value);
      }
    }
  }

  private void one(ProtobufWriter out, Field field, JsonNode value) {
    boolean set = !value.isMissingNode() && !value.isNull();
    if (set || field.always()) {
      value(out, field, field.number(), value, set);
    }
  }

  private void list(ProtobufWriter out, Field field, JsonNode values) {
    for (int i = values.size() - 1; i >= 0; i--) {
      value(out, field, field.number(), values.path(i), true);
    }
  }

  private void map(ProtobufWriter out, Field field, JsonNode values) {
    for (Map.Entry<String, JsonNode> entry : values.properties()) {
      int mark = out.size();
      value(out, field, 2, entry.getValue(), true);
      out.string(1, entry.getKey());
      out.message(field.number(), mark);
    }
  }

  private void value(ProtobufWriter out, Field field, int number, JsonNode value, boolean set) {
    int mark = out.size();
    switch (field.form()) {
      case STRING -> out.string(number, set ? value.asText("") : "");
      case INT -> out.integer(number, value.asLong(0));
      case BOOL -> out.integer(number, value.asBoolean(false) ? 1 : 0);
      case TIME -> {
        time(out, value.asText(""));
        out.message(number, mark);
      }
      case QUANTITY -> {
        out.string(1, value.asText(""));
        out.message(number, mark);
      }
      case INT_OR_STRING -> {
        out.string(3, value.isTextual() ? value.textValue() : "");
        out.integer(2, value.isTextual() ? 0 : value.asLong(0));
        out.integer(1, value.isTextual() ? 1 : 0);
        out.message(number, mark);
      }
      case JSON, MESSAGE -> {
        if (value instanceof SharedObject part) {
          out.raw(part.protobuf(() -> content(field, value)));
        } else {
          content(out, field, value);
        }
        out.message(number, mark);
      }
    }
  }

  private byte[] content(Field field, JsonNode value) {
    ProtobufWriter out = new ProtobufWriter();
    content(out, field, value);
    return out.toByteArray();
  }

  private void content(ProtobufWriter out, Field field, JsonNode value) {
    if (field.form() == ProtobufSchema.Form.JSON) {
      out.bytes(1, jsonText(value));
    } else {
      fields(out, schema.fields(field.message()), value);
    }
  }

  /**
   * Writes a time. If it is not set or malformed, it becomes an empty message, as in Kubernetes.
   */
  private static void time(ProtobufWriter out, String text) {
    if (text.isEmpty()) {
      return;
    }
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      out.integer(2, time.getNano());
      out.integer(1, time.getEpochSecond());
    } catch (DateTimeException e) {
      // The API accepts no other times, so the object was not written through the API.
      throw new IllegalArgumentException("time: " + text + " (expected: as in RFC 3339)", e);
    }
  }

  private static byte[] jsonText(JsonNode value) {
    try {
      return KubernetesJson.MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
