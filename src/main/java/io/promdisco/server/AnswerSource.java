package io.promdisco.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.promdisco.scrape.DocumentPart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;

/** The body of an answer, made in parts as the client reads it. For one thread at a time. */
interface AnswerSource {
  /** The minimum size of a part in bytes, except for the last one. */
  int PART_BYTES = 32 << 10;

  /** The size of a part of a finished body in bytes. */
  int SLICE_BYTES = 64 << 10;

  /**
   * A part of a body.
   *
   * @param last whether it is the last part
   */
  record Part(ByteBuffer bytes, boolean last) {}

  /** Makes the next part. Not called after the last part. */
  Part next() throws IOException;

  /** Returns a finished body, which clients share. */
  static AnswerSource of(byte[] body) {
    ByteBuffer rest = ByteBuffer.wrap(body);
    return () -> {
      int length = Math.min(SLICE_BYTES, rest.remaining());
      ByteBuffer part = rest.slice(rest.position(), length);
      rest.position(rest.position() + length);
      return new Part(part, !rest.hasRemaining());
    };
  }

  /** Returns a body that is made piece by piece. */
  static AnswerSource of(Iterator<byte[]> pieces) {
    return () -> {
      ByteArrayOutputStream part = new ByteArrayOutputStream(PART_BYTES);
      while (part.size() < PART_BYTES && pieces.hasNext()) {
        part.writeBytes(pieces.next());
      }
      return new Part(ByteBuffer.wrap(part.toByteArray()), !pieces.hasNext());
    };
  }

  /** Returns a JSON document as a body. */
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
