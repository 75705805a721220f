package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.offline.KubernetesJson;
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
 * A running watch. It takes events from its subscription and sends them as frames, on its own
 * thread, until the subscription ends. Timeout and bookmarks are events in the same queue, so that
 * the order is kept.
 */
final class WatchStream implements WatchRequests.Session {
  private final Resource<?> resource;
  private final Subscription events;
  private final Codec codec;
  private final ResponseWriter response;
  private final Ticker ticker;
  private final String contentType;
  private final Duration timeout;

  /** the pause between bookmarks; null if the client has not requested them */
  private final @Nullable Duration bookmarkPause;

  private final Faults faults;

  @GuardedBy("this")
  private @Nullable InjectedFault fault;

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
      ResponseWriter response,
      Ticker ticker,
      String contentType,
      Duration timeout,
      @Nullable Duration bookmarkPause,
      Faults faults) {
    this.resource = resource;
    this.events = events;
    this.codec = codec;
    this.response = response;
    this.ticker = ticker;
    this.contentType = contentType;
    this.timeout = timeout;
    this.bookmarkPause = bookmarkPause;
    this.faults = faults;
  }

  Resource<?> resource() {
    return resource;
  }

  /** Applies a fault from the next frame on. */
  void strike(InjectedFault injection) {
    strikeAfter(injection, 0);
    Fault fault = injection.rule().fault();
    if (fault instanceof Fault.Break || fault instanceof Fault.ErrorEvent) {
      events.bookmark();
    }
  }

  /** Sends a bookmark to which a {@link Fault.Break} without a pending frame can apply. */
  void breakAtOnce(InjectedFault injection) {
    FaultRule rule = injection.rule();
    if (rule.fault() instanceof Fault.Break && rule.afterFrames() == 0) {
      events.bookmark();
    }
  }

  synchronized void strikeAfter(InjectedFault injection, int frames) {
    fault = injection;
    goodFrames = frames;
  }

  /** Sends a bookmark if the client has requested bookmarks. */
  void bookmark() {
    if (bookmarkPause != null) {
      events.bookmark();
    }
  }

  /** Ends the watch normally, with a last bookmark. */
  void timeOut() {
    bookmark();
    events.end();
  }

  @Override
  public void stop() {
    events.close();
  }

  @Override
  public boolean run() throws IOException, InterruptedException {
    Ticker.Alarm end = ticker.schedule(timeout, this::timeOut);
    scheduleBookmark();
    try {
      response.head(200, Map.of("Content-Type", contentType), -1);
      for (Optional<SimEvent> next = next(); next.isPresent(); next = next()) {
        for (SimEvent event : disordered(next.get())) {
          if (!send(event)) {
            return false;
          }
        }
      }
      response.endChunks();
      return true;
    } finally {
      end.cancel();
      finish();
      response.fullSpeed();
      events.close();
      faults.streams().remove(this);
    }
  }

  /** Returns the next event. Sends what is buffered before it waits. */
  private Optional<SimEvent> next() throws IOException, InterruptedException {
    Optional<SimEvent> waiting = events.poll();
    if (waiting.isPresent()) {
      return waiting;
    }
    response.flush();
    return events.next();
  }

  private synchronized void scheduleBookmark() {
    if (!done && bookmarkPause != null) {
      nextBookmark =
          ticker.schedule(
              bookmarkPause,
              () -> {
                bookmark();
                scheduleBookmark();
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
    InjectedFault injection = due(false);
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
      case DELETED_FOR_UNKNOWN -> bookmark ? List.of(event) : List.of(phantomEvent(event), event);
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

  /** Returns the deletion of an object that never existed. */
  private SimEvent phantomEvent(SimEvent event) {
    ObjectNode object = event.object().deepCopy();
    ghosts++;
    KubernetesJson.child(object, "metadata")
        .put("name", "ghost-" + ghosts)
        .put("uid", "ghost-" + ghosts);
    return new SimEvent(SimEvent.Type.DELETED, object, event.resourceVersion(), false);
  }

  private static SimEvent backwards(SimEvent bookmark) {
    ObjectNode object = bookmark.object().deepCopy();
    KubernetesJson.child(object, "metadata").put("resourceVersion", "1");
    return new SimEvent(SimEvent.Type.BOOKMARK, object, 1, bookmark.initialEventsEnd());
  }

  /** Returns the fault that applies now, or null. Counts a frame before it. */
  private synchronized @Nullable InjectedFault due(boolean countFrame) {
    if (fault == null) {
      return null;
    }
    if (fault.isHealed()) {
      fault = null;
      response.fullSpeed();
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
    InjectedFault injection = due(true);
    if (injection == null) {
      response.chunkSoon(frame);
      return true;
    }
    response.flush();
    Fault what = injection.rule().fault();
    if (what instanceof Fault.Slow slow) {
      injection.slow(response, slow.bytesPerSecond());
    }
    if (what instanceof Fault.ErrorEvent error) {
      response.chunk(codec.frame("ERROR", WatchRequests.refusal(error).toStatus()));
      return false;
    }
    if (what instanceof Fault.Break how) {
      return send(frame, injection, how);
    }
    response.chunk(frame);
    return true;
  }

  private boolean send(byte[] frame, InjectedFault injection, Fault.Break how)
      throws IOException, InterruptedException {
    switch (how) {
      case HANG_UP -> response.close();
      case CUT -> {
        response.chunk(Arrays.copyOf(frame, frame.length / 2));
        response.close();
      }
      case RESET -> {
        response.chunk(Arrays.copyOf(frame, frame.length / 2));
        response.reset();
      }
      case GARBAGE -> {
        recover();
        response.chunk(SimResponse.garbage(frame.length));
        return true;
      }
      case HUGE -> {
        response.chunk(codec.hugeFrame());
        injection.stall(response);
        response.close();
      }
      case ENDLESS -> {
        byte[] beginning = codec.endless(true, resource.kind());
        if (beginning.length > 0) {
          injection.flood(response, beginning);
        } else {
          response.chunk(codec.hugeFrame());
          injection.stall(response);
        }
        response.close();
      }
      case STALL -> {
        injection.stall(response);
        response.close();
      }
    }
    return false;
  }

  private synchronized void recover() {
    fault = null;
  }
}
