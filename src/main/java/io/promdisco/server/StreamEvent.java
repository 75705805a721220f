package io.promdisco.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.discovery.JobStatus;
import io.promdisco.model.Labels;
import io.promdisco.scrape.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A change of one target, or of whether a job is complete. Its encoded form is made on first use
 * and shared by all streams.
 */
final class StreamEvent {
  /** The kind of change. */
  enum Kind {
    ADDED("added"),
    CHANGED("changed"),
    REMOVED("removed"),
    COMPLETE("complete"),
    INCOMPLETE("incomplete");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /** Writes the content of the event. */
  private interface Data {
    void write(JsonGenerator json) throws IOException;
  }

  private final Kind kind;
  private final String job;
  private final Data data;
  private final String id;
  private volatile byte @Nullable [] wire;

  @GuardedBy("this")
  private boolean gone;

  private StreamEvent(Kind kind, String job, Data data, String id) {
    this.kind = kind;
    this.job = job;
    this.data = data;
    this.id = id;
  }

  static StreamEvent of(Kind kind, Target target, @Nullable Target before, String id) {
    return new StreamEvent(
        kind, target.job(), json -> write(json, target, kind != Kind.REMOVED, before), id);
  }

  static StreamEvent of(JobStatus job, String id) {
    Kind kind = job.complete() ? Kind.COMPLETE : Kind.INCOMPLETE;
    return new StreamEvent(kind, job.job(), json -> job(json, job), id);
  }

  Kind kind() {
    return kind;
  }

  String job() {
    return job;
  }

  /**
   * The encoded event.
   *
   * @param onMade receives the number of bytes that are now kept
   */
  byte[] wire(IntConsumer onMade) {
    byte[] known = wire;
    if (known != null) {
      return known;
    }
    synchronized (this) {
      known = wire;
      if (known == null) {
        known = encode(kind.text, id, data);
        if (!gone) {
          wire = known;
          onMade.accept(known.length);
        }
      }
      return known;
    }
  }

  /** Discards the encoded form, which is made again on demand; returns how many bytes were kept. */
  synchronized int forgetWire() {
    byte[] known = wire;
    wire = null;
    return known == null ? 0 : known.length;
  }

  /** Discards the encoded form and keeps none from now on; returns how many bytes were kept. */
  synchronized int drop() {
    gone = true;
    return forgetWire();
  }

  /**
   * The event before a snapshot. It has no id, so a reader that disconnects during the snapshot
   * begins again.
   */
  byte[] beforeSnapshot() {
    return encode(kind.text, "", data);
  }

  /** A target of a snapshot, which has no id: who breaks off in the midst of it begins again. */
  static byte[] ofSnapshot(Target target) {
    return encode("target", "", json -> write(json, target, true, null));
  }

  /** The end of a snapshot, of {@code job} or, if that is empty, of all jobs. */
  static byte[] synced(String job, List<JobStatus> incomplete, String id) {
    return encode(
        "synced",
        id,
        json -> {
          if (!job.isEmpty()) {
            json.writeStringField("scrapePool", job);
          }
          json.writeArrayFieldStart("incomplete");
          for (JobStatus status : incomplete) {
            json.writeStartObject();
            job(json, status);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static byte[] encode(String event, String id, Data data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    String head = "event: " + event + (id.isEmpty() ? "" : "\nid: " + id) + "\ndata: ";
    out.writeBytes(head.getBytes(StandardCharsets.UTF_8));
    try {
      Documents.document(
          out,
          json -> {
            json.writeStartObject();
            data.write(json);
            json.writeEndObject();
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not into memory
    }
    out.writeBytes(new byte[] {'\n', '\n'});
    return out.toByteArray();
  }

  private static void job(JsonGenerator json, JobStatus job) throws IOException {
    json.writeStringField("scrapePool", job.job());
    if (!job.complete()) {
      json.writeStringField(
          "reason",
          job.missing().stream()
              .map(JobStatus.Missing::toString)
              .collect(Collectors.joining("; ")));
    }
  }

  private static void write(
      JsonGenerator json, Target target, boolean whole, @Nullable Target before)
      throws IOException {
    fields(json, target);
    if (whole) {
      Documents.labels(json, "discoveredLabels", target.discoveredLabels());
    }
    if (before != null) {
      json.writeObjectFieldStart("before");
      fields(json, before);
      json.writeEndObject();
    }
  }

  private static void fields(JsonGenerator json, Target target) throws IOException {
    Labels labels = target.labels();
    json.writeStringField("id", target.id());
    json.writeStringField("scrapePool", target.job());
    json.writeStringField("scrapeUrl", target.scrapeUrl());
    Documents.labels(json, "labels", labels);
  }
}
