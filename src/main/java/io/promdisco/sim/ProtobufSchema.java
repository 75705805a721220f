package io.promdisco.sim;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The fields of Kubernetes messages, read from {@code kubernetes.fields}. Immutable. */
final class ProtobufSchema {
  /** The encoding of a value. */
  enum Form {
    STRING,
    INT,
    BOOL,
    TIME,
    QUANTITY,
    INT_OR_STRING,
    JSON,
    MESSAGE
  }

  /** The number of values of a field. */
  enum Cardinality {
    ONE,
    LIST,
    MAP
  }

  /**
   * A field.
   *
   * @param number the field number
   * @param json its name in JSON; empty if its fields are in the parent's object
   * @param cardinality one value, many, or a map from strings
   * @param form the encoding of each value
   * @param message the name of the message for that encoding; otherwise empty
   * @param always whether it is written even if it is not set
   */
  record Field(
      int number,
      String json,
      Cardinality cardinality,
      Form form,
      String message,
      boolean always) {}

  private static final Map<String, Form> FORMS =
      Map.of(
          "string", Form.STRING,
          "int", Form.INT,
          "bool", Form.BOOL,
          "Time", Form.TIME,
          "Quantity", Form.QUANTITY,
          "IntOrString", Form.INT_OR_STRING,
          "json", Form.JSON);

  private final Map<String, List<Field>> messages;

  private ProtobufSchema(Map<String, List<Field>> messages) {
    this.messages = messages;
  }

  /** Reads the table in this package. */
  static ProtobufSchema read() {
    Map<String, List<Field>> messages = new HashMap<>();
    InputStream in =
        Objects.requireNonNull(
            ProtobufSchema.class.getResourceAsStream("kubernetes.fields"), "kubernetes.fields");
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] words = line.split(" ");
          messages.put(words[0], fields(words));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ProtobufSchema(messages);
  }

  private static List<Field> fields(String[] words) {
    List<Field> fields = new ArrayList<>(words.length - 1);
    for (int i = 1; i < words.length; i++) {
      fields.add(field(words[i]));
    }
    return List.copyOf(fields);
  }

  private static Field field(String word) {
    String[] parts = word.split(":");
    String type = parts[2];
    boolean always = type.endsWith("!");
    Cardinality cardinality =
        type.endsWith("*")
            ? Cardinality.LIST
            : type.startsWith("{") ? Cardinality.MAP : Cardinality.ONE;
    String name =
        switch (cardinality) {
          case MAP -> type.substring(1, type.length() - 1);
          case LIST -> type.substring(0, type.length() - 1);
          case ONE -> always ? type.substring(0, type.length() - 1) : type;
        };
    Form form = FORMS.getOrDefault(name, Form.MESSAGE);
    return new Field(
        Integer.parseInt(parts[0]),
        parts[1].equals("@") ? "" : parts[1],
        cardinality,
        form,
        form == Form.MESSAGE ? name : "",
        always);
  }

  /** Returns the names of all messages. */
  Set<String> messages() {
    return messages.keySet();
  }

  /**
   * Returns the fields of {@code message}, by number.
   *
   * @throws IllegalArgumentException if there is no such message
   */
  List<Field> fields(String message) {
    List<Field> fields = messages.get(message);
    if (fields == null) {
      throw new IllegalArgumentException("message: " + message + " (expected: one of the table)");
    }
    return fields;
  }
}
