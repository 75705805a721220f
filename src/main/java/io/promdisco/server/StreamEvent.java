package io.promdisco.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.model.Labels;
import io.promdisco.scrape.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One change of one target. What goes over the wire is made when a stream asks first, and shared by
 * all that ask.
 */
final class StreamEvent {
  /** What became of the target. */
  enum Kind {
    ADDED("added"),
    CHANGED("changed"),
    REMOVED("removed");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  private final Kind kind;
  private final Target target;
  private final @Nullable Target before;
  private final String id;
  private volatile byte @Nullable [] wire;

  @GuardedBy("this")
  private boolean gone;

  StreamEvent(Kind kind, Target target, @Nullable Target before, String id) {
    this.kind = kind;
    this.target = target;
    this.before = before;
    this.id = id;
  }

  String job() {
    return target.job();
  }

  /**
   * The event as it is sent.
   *
   * @param onMade is told how many bytes are kept from now on
   */
  byte[] wire(IntConsumer onMade) {
    byte[] known = wire;
    if (known != null) {
      return known;
    }
    synchronized (this) {
      known = wire;
      if (known == null) {
        known = encode(kind.text, id, target, before);
        if (!gone) {
          wire = known;
          onMade.accept(known.length);
        }
      }
      return known;
    }
  }

  /** Forgets what is sent, which is made again if somebody asks; how many bytes were kept. */
  synchronized int forgetWire() {
    byte[] known = wire;
    wire = null;
    return known == null ? 0 : known.length;
  }

  /** Forgets what is sent, and keeps nothing from now on; how many bytes were kept. */
  synchronized int drop() {
    gone = true;
    return forgetWire();
  }

  /** A target of a snapshot, which has no id: who breaks off in the midst of it begins again. */
  static byte[] ofSnapshot(Target target) {
    return encode("target", "", target, null);
  }

  private static byte[] encode(String event, String id, Target target, @Nullable Target before) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    String head = "event: " + event + (id.isEmpty() ? "" : "\nid: " + id) + "\ndata: ";
    out.writeBytes(head.getBytes(StandardCharsets.UTF_8));
    try {
      Documents.document(
          out,
          json -> {
            json.writeStartObject();
            fields(json, target);
            if (!event.equals(Kind.REMOVED.text)) {
              Documents.labels(json, "discoveredLabels", target.discoveredLabels());
            }
            if (before != null) {
              json.writeObjectFieldStart("before");
              fields(json, before);
              json.writeEndObject();
            }
            json.writeEndObject();
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not into memory
    }
    out.writeBytes(new byte[] {'\n', '\n'});
    return out.toByteArray();
  }

  private static void fields(JsonGenerator json, Target target) throws IOException {
    Labels labels = target.labels();
    json.writeStringField("id", target.id());
    json.writeStringField("scrapePool", target.job());
    json.writeStringField("scrapeUrl", target.scrapeUrl());
    Documents.labels(json, "labels", labels);
  }
}
