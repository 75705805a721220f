package io.promdisco.http;

import io.promdisco.http.h2.Field;
import io.promdisco.http.h2.Http2Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request over a connection that others share. */
final class Http2Call implements Call {
  private final Http2Stream stream;
  private List<Field> head = List.of();
  private int code;

  Http2Call(Http2Stream stream) {
    this.stream = stream;
  }

  @Override
  public void awaitHead() throws IOException, InterruptedException {
    head = stream.awaitHead();
    try {
      code = Integer.parseInt(header(":status"));
    } catch (NumberFormatException e) {
      throw new IOException("an answer without a status", e);
    }
  }

  @Override
  public int code() {
    if (head.isEmpty()) {
      throw new IllegalStateException("no answer yet");
    }
    return code;
  }

  @Override
  public String header(String name) {
    for (Field field : head) {
      if (field.name().equals(name)) {
        return field.value();
      }
    }
    return "";
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException, InterruptedException {
    return stream.next();
  }

  @Override
  public void failUnanswered(IOException problem) {
    stream.failUnanswered(problem);
  }

  @Override
  public void fail(IOException problem) {
    stream.fail(problem);
  }

  @Override
  public void close() {
    stream.close();
  }
}
