package io.promdisco.scrape;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.promdisco.model.Labels;
import io.promdisco.util.Utf8Text;
import java.io.IOException;
import java.io.OutputStream;

/** Writes JSON incrementally, in UTF-8. */
final class JsonDocument {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private JsonDocument() {}

  /** Returns a generator that leaves {@code out} open when it is closed. */
  static JsonGenerator to(OutputStream out) throws IOException {
    return FACTORY.createGenerator(out);
  }

  /** Writes a field with an object of labels. */
  static void labels(JsonGenerator json, String field, Labels labels) throws IOException {
    json.writeObjectFieldStart(field);
    for (int i = 0; i < labels.size(); i++) {
      text(json, Utf8Text.encodable(labels.name(i)), labels.value(i));
    }
    json.writeEndObject();
  }

  /** Writes a field with a text. */
  static void text(JsonGenerator json, String field, String text) throws IOException {
    json.writeStringField(field, Utf8Text.encodable(text));
  }
}
