package io.promdisco.server;

import io.promdisco.discovery.JobStatus;
import io.promdisco.scrape.Target;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Composes the next data of one stream, in pieces. For one thread at a time, except {@link #cut}.
 */
final class StreamSource implements AnswerMemory.Holder {
  /** The maximum number of changes or targets in a piece. */
  private static final int PIECE = 32;

  /** The size in bytes from which nothing is added to a piece. */
  private static final int PIECE_BYTES = 16 << 10;

  private static final String TOO_MANY = "too many changes at once";

  private final ChangeLog log;
  private final StreamSnapshots snapshots;
  private final AnswerMemory memory;
  private final StreamRequest request;
  private volatile boolean cut;

  /** Represents a large piece in the memory count while the client reads it. */
  private final AnswerMemory.Holder piece = cause -> cut = true;

  private boolean pieceIsLarge;

  /** The number up to which everything was sent, or is in the snapshot that is being sent. */
  private long told;

  private @Nullable Iterator<Target> snapshot;
  private String snapshotOf = "";
  private List<JobStatus> incomplete = List.of();
  private @Nullable String resetBecause;

  StreamSource(
      ChangeLog log, StreamSnapshots snapshots, AnswerMemory memory, StreamRequest request) {
    this.log = log;
    this.snapshots = snapshots;
    this.memory = memory;
    this.request = request;
    Optional<Long> seen = log.number(request.lastEventId());
    told = seen.orElseGet(log::newest);
    resetBecause =
        seen.isPresent() ? null : request.lastEventId().isEmpty() ? "first" : "no longer stored";
  }

  /** Whether the stream begins with a snapshot. */
  boolean beginsWithSnapshot() {
    return resetBecause != null && request.snapshot();
  }

  /** Whether the next change is still stored, and the snapshot may stay in memory. */
  boolean isRemembered() {
    return !cut && log.reaches(told);
  }

  /** Its snapshot needs memory that others need. The stream ends unless the client reads it now. */
  @Override
  public void cut(Throwable cause) {
    cut = true;
  }

  /** Called when the stream has ended. */
  void close() {
    memory.release(this);
    memory.release(piece);
  }

  /** Returns the next piece, after the previous one was sent; empty if there is nothing to send. */
  byte[] next() {
    if (pieceIsLarge) {
      memory.release(piece);
    }
    byte[] next = make();
    pieceIsLarge = next.length > AnswerSource.SLICE_BYTES;
    if (pieceIsLarge) { // A single target may be large.
      memory.hold(piece, next, next.length);
    }
    return next;
  }

  private byte[] make() {
    if (resetBecause != null) {
      byte[] reset = reset(resetBecause);
      resetBecause = null;
      return reset;
    }
    Iterator<Target> targets = snapshot;
    return targets == null ? changes() : targets(targets);
  }

  private byte[] reset(String reason) {
    if (!request.snapshot()) {
      told = log.newest();
      return event("reset", log.id(told), "{\"reason\":\"" + reason + "\"}");
    }
    StreamSnapshots.Snapshot taken = snapshots.take();
    memory.hold(this, taken, taken.bytes());
    List<Target> targets = taken.of(request.job());
    told = taken.number();
    snapshot = targets.iterator();
    snapshotOf = request.job();
    incomplete = taken.incompleteOf(request.job());
    return event("reset", "", "{\"reason\":\"" + reason + "\",\"targets\":" + targets.size() + "}");
  }

  private byte[] targets(Iterator<Target> targets) {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    for (int i = 0; i < PIECE && piece.size() < PIECE_BYTES && targets.hasNext(); i++) {
      piece.writeBytes(StreamEvent.ofSnapshot(targets.next()));
    }
    if (!targets.hasNext()) {
      snapshot = null;
      memory.release(this);
      piece.writeBytes(StreamEvent.synced(snapshotOf, incomplete, log.id(told)));
    }
    return piece.toByteArray();
  }

  private byte[] changes() {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    while (piece.size() == 0) {
      Optional<List<StreamEvent>> events = log.after(told, PIECE);
      if (events.isEmpty()) {
        return reset(TOO_MANY);
      }
      if (events.get().isEmpty()) {
        break;
      }
      for (StreamEvent event : events.get()) {
        told++;
        if (concerns(event)) {
          boolean begins = event.kind() == StreamEvent.Kind.COMPLETE && request.snapshot();
          byte[] said = begins ? event.beforeSnapshot() : event.wire();
          if (said == null) {
            told--;
            return piece.size() == 0 ? reset(TOO_MANY) : piece.toByteArray();
          }
          if (begins) {
            begin(event, said, piece);
            break; // Its targets come before later changes.
          }
          piece.writeBytes(said);
          if (piece.size() >= PIECE_BYTES) {
            break;
          }
        }
      }
    }
    return piece.toByteArray();
  }

  private boolean concerns(StreamEvent event) {
    return request.job().isEmpty() || event.job().equals(request.job());
  }

  /** Begins to send all targets of a job, unless its state has changed since the event. */
  private void begin(StreamEvent complete, byte[] said, ByteArrayOutputStream piece) {
    Optional<TargetLists.Targets> targets = snapshots.whole(complete.job());
    if (targets.isPresent()) {
      piece.writeBytes(said);
      memory.hold(this, targets.get().targets(), targets.get().bytes());
      snapshot = targets.get().targets().iterator();
      snapshotOf = complete.job();
      incomplete = List.of();
    }
  }

  /**
   * Returns a comment that shows that the connection is alive, and the current id. Without it, a
   * stream of one job would not learn the id while other jobs change.
   */
  byte[] heartbeat() {
    boolean begun = snapshot == null && resetBecause == null;
    return (begun ? ":\nid: " + log.id(told) + "\n\n" : ":\n\n").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] event(String name, String id, String data) {
    String head = "event: " + name + (id.isEmpty() ? "" : "\nid: " + id);
    return (head + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
  }
}
