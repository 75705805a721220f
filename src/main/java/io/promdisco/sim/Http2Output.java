package io.promdisco.sim;

import io.promdisco.http.h2.Field;
import io.promdisco.http.h2.ServerStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An answer in HTTP/2. */
final class Http2Output implements Wire.Output {
  private static final int BUFFER = 1 << 16;

  private final ServerStream stream;
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private long left; // of a body of known length; negative: in chunks

  Http2Output(ServerStream stream) {
    this.stream = stream;
  }

  @Override
  public void head(int status, Map<String, String> headers, long length) throws IOException {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field(":status", Integer.toString(status)));
    headers.forEach((name, value) -> fields.add(new Field(name.toLowerCase(Locale.ROOT), value)));
    if (length >= 0) {
      fields.add(new Field("content-length", Long.toString(length)));
    }
    left = length;
    stream.head(fields, length == 0);
  }

  @Override
  public void goAhead() {
    // Nobody asks for it in HTTP/2.
  }

  @Override
  public void body(byte[] bytes) throws IOException {
    if (bytes.length > 0) {
      left -= bytes.length;
      stream.write(bytes, left == 0);
    }
  }

  @Override
  public void chunk(byte[] bytes) throws IOException {
    waiting.writeBytes(bytes);
    if (waiting.size() >= BUFFER) {
      flush();
    }
  }

  @Override
  public void end() throws IOException {
    byte[] last = waiting.toByteArray();
    waiting.reset();
    stream.write(last, true);
  }

  @Override
  public void flush() throws IOException {
    if (waiting.size() > 0) {
      byte[] some = waiting.toByteArray();
      waiting.reset();
      stream.write(some, false);
    }
  }
}
