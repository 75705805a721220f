package io.promdisco.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.promdisco.discovery.JobStatus;
import io.promdisco.model.Labels;
import io.promdisco.scrape.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A change of a target, or of the completeness of a job. Its encoded form is made on first use and
 * shared by all streams.
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

  /** Writes the data of the event. */
  private interface Data {
    void write(JsonGenerator json) throws IOException;
  }

  /** The approximate bytes of a job's status. */
  private static final int STATUS_BYTES = 2_000;

  private final Kind kind;
  private final String job;
  private volatile @Nullable Data data;
  private final String id;
  private final long bytes;
  private volatile byte @Nullable [] wire;

  private StreamEvent(Kind kind, String job, Data data, String id, long bytes) {
    this.bytes = bytes;
    this.kind = kind;
    this.job = job;
    this.data = data;
    this.id = id;
  }

  static StreamEvent of(Kind kind, Target target, @Nullable Target before, String id) {
    return new StreamEvent(
        kind,
        target.job(),
        json -> write(json, target, kind != Kind.REMOVED, before),
        id,
        target.labelBytes() + (before == null ? 0 : before.labelBytes()));
  }

  static StreamEvent of(JobStatus job, String id) {
    Kind kind = job.complete() ? Kind.COMPLETE : Kind.INCOMPLETE;
    return new StreamEvent(kind, job.job(), json -> job(json, job), id, STATUS_BYTES);
  }

  Kind kind() {
    return kind;
  }

  String job() {
    return job;
  }

  /** Returns the approximate size of its targets in bytes. */
  long bytes() {
    return bytes;
  }

  /**
   * Returns the event as it is sent; null if it was discarded. The result is stored unless it is
   * unusually long.
   */
  byte @Nullable [] wire() {
    Data said = data;
    byte[] known = wire;
    if (known == null && said != null) {
      known = encode(kind.text, id, said);
      keep(known);
    }
    return said == null ? null : known;
  }

  private synchronized void keep(byte[] made) {
    if (data != null && made.length <= bytes) {
      wire = made;
    }
  }

  /** Discards the content and so the targets. */
  synchronized void forget() {
    data = null;
    wire = null;
  }

  /**
   * Returns the event that precedes a snapshot; null if it was discarded. It has no id, so a client
   * that disconnects before the end of the snapshot gets all of it again.
   */
  byte @Nullable [] beforeSnapshot() {
    Data said = data;
    return said == null ? null : encode(kind.text, "", said);
  }

  /**
   * Returns a target of a snapshot. It has no id, for the same reason as {@link #beforeSnapshot}.
   */
  static byte[] ofSnapshot(Target target) {
    return encode("target", "", json -> write(json, target, true, null));
  }

  /** Returns the end of a snapshot of {@code job}, or of all jobs if that is empty. */
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
      ApiDocuments.document(
          out,
          json -> {
            json.writeStartObject();
            data.write(json);
            json.writeEndObject();
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a stream in memory throws none
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
      ApiDocuments.labels(json, "discoveredLabels", target.discoveredLabels());
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
    ApiDocuments.labels(json, "labels", labels);
  }
}
