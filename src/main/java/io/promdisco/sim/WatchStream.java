package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.offline.Json;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A watch under way: takes events from its subscription and sends them as frames, on its own
 * thread, until the subscription ends. Time-out and bookmarks are events in that same queue, so
 * that nothing overtakes anything.
 */
final class WatchStream {
  private final Resource<?> resource;
  private final Subscription events;
  private final Codec codec;
  private final Wire wire;
  private final Ticker ticker;
  private final boolean bookmarks;

  @GuardedBy("this")
  private @Nullable Injection fault;

  @GuardedBy("this")
  private int goodFrames;

  @GuardedBy("this")
  private Ticker.@Nullable Alarm nextBookmark;

  @GuardedBy("this")
  private boolean done;

  /** The event that {@link Fault.Disorder#SWAP} holds back. */
  private @Nullable SimEvent held;

  private int ghosts;

  WatchStream(
      Resource<?> resource,
      Subscription events,
      Codec codec,
      Wire wire,
      Ticker ticker,
      boolean bookmarks) {
    this.resource = resource;
    this.events = events;
    this.codec = codec;
    this.wire = wire;
    this.ticker = ticker;
    this.bookmarks = bookmarks;
  }

  Resource<?> resource() {
    return resource;
  }

  /** Something goes wrong from the next frame on. */
  void strike(Injection injection) {
    strikeAfter(injection, 0);
    Fault fault = injection.rule().fault();
    if (fault instanceof Fault.Break || fault instanceof Fault.ErrorEvent) {
      events.bookmark();
    }
  }

  /** Gives a {@link Fault.Break} that is due before any frame one to strike. */
  void breakAtOnce(Injection injection) {
    FaultRule rule = injection.rule();
    if (rule.fault() instanceof Fault.Break && rule.afterFrames() == 0) {
      events.bookmark();
    }
  }

  synchronized void strikeAfter(Injection injection, int frames) {
    fault = injection;
    goodFrames = frames;
  }

  /** Sends a bookmark if the client asked for such. */
  void bookmark() {
    if (bookmarks) {
      events.bookmark();
    }
  }

  /** Ends in good order, with a last bookmark. */
  void timeOut() {
    bookmark();
    events.end();
  }

  /** Ends at once. */
  void stop() {
    events.close();
  }

  /** Sends until the end; true if the connection can go on. */
  boolean run(String contentType, Duration timeout, Duration bookmarkPause)
      throws IOException, InterruptedException {
    Ticker.Alarm end = ticker.schedule(timeout, this::timeOut);
    scheduleBookmark(bookmarkPause);
    try {
      wire.head(200, Map.of("Content-Type", contentType), -1);
      for (Optional<SimEvent> next = next(); next.isPresent(); next = next()) {
        for (SimEvent event : disordered(next.get())) {
          if (!send(event)) {
            return false;
          }
        }
      }
      wire.endChunks();
      return true;
    } finally {
      end.cancel();
      finish();
      wire.fullSpeed();
      events.close();
    }
  }

  /** The next event; what was written leaves before this waits for it. */
  private Optional<SimEvent> next() throws IOException, InterruptedException {
    Optional<SimEvent> there = events.poll();
    if (there.isPresent()) {
      return there;
    }
    wire.flush();
    return events.next();
  }

  private synchronized void scheduleBookmark(Duration pause) {
    if (!done && bookmarks) {
      nextBookmark =
          ticker.schedule(
              pause,
              () -> {
                bookmark();
                scheduleBookmark(pause);
              });
    }
  }

  private synchronized void finish() {
    done = true;
    if (nextBookmark != null) {
      nextBookmark.cancel();
    }
  }

  private List<SimEvent> disordered(SimEvent event) {
    Injection injection = due(false);
    if (injection == null || !(injection.rule().fault() instanceof Fault.Disorder disorder)) {
      SimEvent before = held;
      held = null;
      return before == null ? List.of(event) : List.of(before, event);
    }
    boolean bookmark = event.type() == SimEvent.Type.BOOKMARK;
    return switch (disorder) {
      case DUPLICATE -> List.of(event, event);
      case SWAP -> swapped(event);
      case ADDED_FOR_KNOWN ->
          List.of(
              event.type() == SimEvent.Type.MODIFIED
                  ? new SimEvent(
                      SimEvent.Type.ADDED, event.object(), event.resourceVersion(), false)
                  : event);
      case DELETED_FOR_UNKNOWN -> bookmark ? List.of(event) : List.of(ghost(event), event);
      case BOOKMARK_BACKWARDS -> List.of(bookmark ? backwards(event) : event);
    };
  }

  private List<SimEvent> swapped(SimEvent event) {
    SimEvent before = held;
    if (before == null) {
      held = event;
      return List.of();
    }
    held = null;
    List<SimEvent> pair = new ArrayList<>(2);
    pair.add(event);
    pair.add(before);
    return pair;
  }

  /** The deletion of an object that never was. */
  private SimEvent ghost(SimEvent event) {
    ObjectNode object = event.object().deepCopy();
    ghosts++;
    Json.child(object, "metadata").put("name", "ghost-" + ghosts).put("uid", "ghost-" + ghosts);
    return new SimEvent(SimEvent.Type.DELETED, object, event.resourceVersion(), false);
  }

  private static SimEvent backwards(SimEvent bookmark) {
    ObjectNode object = bookmark.object().deepCopy();
    Json.child(object, "metadata").put("resourceVersion", "1");
    return new SimEvent(SimEvent.Type.BOOKMARK, object, 1, bookmark.initialEventsEnd());
  }

  /** The fault that is due; null: none. A frame before its time counts. */
  private synchronized @Nullable Injection due(boolean countFrame) {
    if (fault == null) {
      return null;
    }
    if (fault.isHealed()) {
      fault = null;
      wire.fullSpeed();
      return null;
    }
    if (goodFrames == 0) {
      return fault;
    }
    if (countFrame) {
      goodFrames--;
    }
    return null;
  }

  private boolean send(SimEvent event) throws IOException, InterruptedException {
    byte[] frame = codec.frame(event.type().name(), event.object());
    Injection injection = due(true);
    if (injection == null) {
      wire.chunkSoon(frame);
      return true;
    }
    wire.flush();
    Fault what = injection.rule().fault();
    if (what instanceof Fault.Slow slow) {
      injection.slow(wire, slow.bytesPerSecond());
    }
    if (what instanceof Fault.ErrorEvent error) {
      wire.chunk(codec.frame("ERROR", Watches.refusal(error).toStatus()));
      return false;
    }
    if (what instanceof Fault.Break how) {
      return send(frame, injection, how);
    }
    wire.chunk(frame);
    return true;
  }

  private boolean send(byte[] frame, Injection injection, Fault.Break how)
      throws IOException, InterruptedException {
    switch (how) {
      case HANG_UP -> wire.close();
      case CUT -> {
        wire.chunk(Arrays.copyOf(frame, frame.length / 2));
        wire.close();
      }
      case RESET -> {
        wire.chunk(Arrays.copyOf(frame, frame.length / 2));
        wire.reset();
      }
      case GARBAGE -> {
        recover();
        wire.chunk(Reply.garbage(frame.length));
        return true;
      }
      case HUGE -> {
        wire.chunk(codec.hugeFrame());
        injection.stall(wire);
        wire.close();
      }
      case ENDLESS -> {
        if (codec.canGoOn()) {
          injection.flood(wire, codec.endless(true, resource.kind()));
        } else {
          wire.chunk(codec.hugeFrame());
          injection.stall(wire);
        }
        wire.close();
      }
      case STALL -> {
        injection.stall(wire);
        wire.close();
      }
    }
    return false;
  }

  private synchronized void recover() {
    fault = null;
  }
}
