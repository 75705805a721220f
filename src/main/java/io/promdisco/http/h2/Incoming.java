package io.promdisco.http.h2;

import static io.promdisco.http.h2.Http2Exception.PROTOCOL_ERROR;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes over a connection: gives the streams what is theirs, and heeds what is said of all.
 * Ends the connection, by an exception, where the server does not keep to RFC 9113. For the thread
 * that reads.
 */
final class Incoming implements FrameReader.Sink {
  private static final int CREDIT_AFTER = Http2Stream.WINDOW / 2;

  private final Http2Connection connection;
  private final FrameReader frames = new FrameReader(this);
  private final HeaderBlocks blocks = new HeaderBlocks(this::fields);
  private final List<Http2Stream> undelivered = new ArrayList<>();
  private int uncredited;
  private @Nullable Http2Stream recent;

  Incoming(Http2Connection connection) {
    this.connection = connection;
  }

  /** Takes the next bytes of the connection. */
  void feed(byte[] bytes, int count) throws Http2Exception {
    frames.feed(bytes, 0, count);
  }

  private @Nullable Http2Stream stream(int id) {
    Http2Stream last = recent;
    if (last == null || last.id() != id) {
      last = connection.stream(id);
      recent = last;
    }
    return last;
  }

  /** Null if it has ended; its number must be that of a request. */
  private @Nullable Http2Stream known(int id) throws Http2Exception {
    Http2Stream stream = stream(id);
    if (stream == null && !connection.hasAsked(id)) {
      throw Http2Exception.broken(PROTOCOL_ERROR, "an answer to no request");
    }
    return stream;
  }

  private @Nullable Http2Stream remove(int id) {
    recent = null;
    return connection.remove(id);
  }

  @Override
  public void data(int id, byte[] bytes, int from, int length) throws Http2Exception {
    blocks.checkNone();
    take(length);
    Http2Stream stream = known(id);
    if (stream != null) {
      stream.append(bytes, from, length);
      if (!stream.undelivered) {
        stream.undelivered = true;
        undelivered.add(stream);
      }
    }
  }

  @Override
  public void dataEnded(int id, int padding, boolean endStream) throws Http2Exception {
    blocks.checkNone();
    take(padding);
    Http2Stream stream = known(id);
    if (stream != null) {
      stream.skip(padding);
      if (endStream) {
        remove(id);
        stream.end(null);
      }
    }
  }

  private void take(int bytes) throws Http2Exception {
    uncredited += bytes;
    if (uncredited > Http2Connection.WINDOW) {
      throw Http2Exception.broken(
          Http2Exception.FLOW_CONTROL_ERROR,
          "more than " + Http2Connection.WINDOW + " bytes unasked for");
    }
  }

  /** All that had arrived has been taken in. */
  void deliver() {
    for (int i = 0; i < undelivered.size(); i++) {
      Http2Stream stream = undelivered.get(i);
      stream.undelivered = false;
      stream.deliver();
    }
    undelivered.clear();
    if (uncredited >= CREDIT_AFTER) {
      connection.send(new Frames().windowUpdate(0, uncredited));
      uncredited = 0;
    }
  }

  @Override
  public void frame(int type, int flags, int id, byte[] content, int length) throws Http2Exception {
    if (type == Frames.CONTINUATION) {
      blocks.goOn(flags, id, content, length);
      return;
    }
    blocks.checkNone();
    switch (type) {
      case Frames.HEADERS -> {
        var unused = known(id);
        blocks.begin(flags, id, content, length);
      }
      case Frames.RST_STREAM -> {
        expect(length == 4, "RST_STREAM");
        Http2Stream stream = known(id);
        if (stream != null) {
          remove(id);
          stream.end(Http2Exception.reset(FrameReader.number(content, 0)));
        }
      }
      case Frames.SETTINGS -> {
        expectWhole(id, "SETTINGS");
        settings(flags, content, length);
      }
      case Frames.PING -> {
        expectWhole(id, "PING");
        expect(length == 8, "PING");
        if ((flags & Frames.ACK) == 0) {
          connection.send(new Frames().ping(Frames.ACK, content));
        }
      }
      case Frames.GOAWAY -> {
        expectWhole(id, "GOAWAY");
        expect(length >= 8, "GOAWAY");
        recent = null;
        connection.leave(
            FrameReader.number(content, 0) & 0x7fffffff, FrameReader.number(content, 4));
      }
      case Frames.PUSH_PROMISE ->
          throw Http2Exception.broken(PROTOCOL_ERROR, "PUSH_PROMISE, which was declined");
      default -> {} // WINDOW_UPDATE is for bodies of requests; what is unknown has no meaning.
    }
  }

  private static void expect(boolean right, String what) throws Http2Exception {
    if (!right) {
      throw Http2Exception.broken(Http2Exception.FRAME_SIZE_ERROR, what + " of a wrong length");
    }
  }

  private static void expectWhole(int id, String what) throws Http2Exception {
    if (id != 0) {
      throw Http2Exception.broken(PROTOCOL_ERROR, what + " of one request");
    }
  }

  private void fields(int id, List<Field> fields, boolean endStream) {
    Http2Stream stream = endStream ? remove(id) : stream(id);
    if (stream != null) {
      if (!isInterim(fields)) {
        stream.answer(fields);
      }
      if (endStream) {
        stream.end(null);
      }
    }
  }

  private static boolean isInterim(List<Field> fields) {
    for (Field field : fields) {
      if (field.name().equals(":status")) {
        return field.value().startsWith("1");
      }
    }
    return false;
  }

  private void settings(int flags, byte[] content, int length) throws Http2Exception {
    expect(length % 6 == 0, "SETTINGS");
    if ((flags & Frames.ACK) != 0) {
      expect(length == 0, "SETTINGS");
      return;
    }
    for (int at = 0; at < length; at += 6) {
      int name = (content[at] & 0xff) << 8 | (content[at + 1] & 0xff);
      int value = FrameReader.number(content, at + 2);
      if (name == Frames.MAX_CONCURRENT_STREAMS) {
        connection.allow(value < 0 ? Integer.MAX_VALUE : value); // it has no sign
      }
    }
    connection.send(new Frames().settingsAck());
  }
}
