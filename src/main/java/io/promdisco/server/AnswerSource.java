package io.promdisco.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.promdisco.scrape.DocumentPart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;

/** The body of an answer, made part by part as its reader takes it. For one thread at a time. */
interface AnswerSource {
  /** The least bytes of a part that is not the last. */
  int PART_BYTES = 32 << 10;

  /** The bytes of a part of a finished body. */
  int SLICE_BYTES = 64 << 10;

  /**
   * A part of a body.
   *
   * @param last whether the body ends with it
   */
  record Part(ByteBuffer bytes, boolean last) {}

  /** Makes the next part; not called after the last. */
  Part next() throws IOException;

  /** A finished body that is shared by its readers. */
  static AnswerSource of(byte[] body) {
    ByteBuffer rest = ByteBuffer.wrap(body);
    return () -> {
      int length = Math.min(SLICE_BYTES, rest.remaining());
      ByteBuffer part = rest.slice(rest.position(), length);
      rest.position(rest.position() + length);
      return new Part(part, !rest.hasRemaining());
    };
  }

  /** A body that is made piece by piece. */
  static AnswerSource of(Iterator<byte[]> pieces) {
    return () -> {
      ByteArrayOutputStream part = new ByteArrayOutputStream(PART_BYTES);
      while (part.size() < PART_BYTES && pieces.hasNext()) {
        part.writeBytes(pieces.next());
      }
      return new Part(ByteBuffer.wrap(part.toByteArray()), !pieces.hasNext());
    };
  }

  /** A JSON document. */
  static AnswerSource json(Iterator<DocumentPart> parts) throws IOException {
    ByteArrayOutputStream made = new ByteArrayOutputStream(PART_BYTES);
    JsonGenerator json = ApiDocuments.generator(made);
    return () -> {
      made.reset();
      while (made.size() < PART_BYTES && parts.hasNext()) {
        parts.next().write(json);
        json.flush();
      }
      if (!parts.hasNext()) {
        json.close();
      }
      return new Part(ByteBuffer.wrap(made.toByteArray()), !parts.hasNext());
    };
  }
}
