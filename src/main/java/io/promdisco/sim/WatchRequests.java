package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.ObjectSelector;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Starts watches: determines the version and the initial events, and rejects invalid requests. */
final class WatchRequests {
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final SimCluster cluster;
  private final SimOptions options;
  private final Ticker ticker;
  private final Faults faults;

  WatchRequests(SimCluster cluster, SimOptions options, Ticker ticker, Faults faults) {
    this.cluster = cluster;
    this.options = options;
    this.ticker = ticker;
    this.faults = faults;
  }

  /** A watch that was accepted. */
  interface Session {
    /** Sends headers and all events. Returns whether the connection can be used again. */
    boolean run() throws IOException, InterruptedException;

    /** Ends the watch immediately. */
    void stop();
  }

  /**
   * Starts a watch.
   *
   * @throws StatusException if it is rejected with a status
   */
  Session begin(
      Route route,
      HttpRequest request,
      Codec codec,
      ResponseWriter response,
      Optional<InjectedFault> injection) {
    boolean initialEvents = initialEvents(request);
    Duration timeout = timeout(request);
    long after = SimCluster.parseVersion(request.parameter("resourceVersion"));
    if (initialEvents) {
      ListRequests.requirePresent(cluster, after);
    }
    Subscription events;
    try {
      ObjectSelector selection = ListRequests.selection(route, request);
      events = cluster.subscribe(route.resource(), selection, after, initialEvents);
    } catch (StatusException refusal) {
      if (refusal.code() == 410 && !options.goneAsStatus) {
        return new ErrorSession(response, codec, refusal);
      }
      throw refusal;
    }
    if (injection.isPresent() && injection.get().rule().fault() instanceof Fault.ErrorEvent error) {
      events.close();
      return new ErrorSession(response, codec, refusal(error));
    }
    WatchStream stream =
        new WatchStream(
            route.resource(),
            events,
            codec,
            response,
            ticker,
            type(codec, injection),
            timeout,
            request.flag("allowWatchBookmarks") ? options.bookmarkPause : null,
            faults);
    injection.ifPresent(it -> stream.strikeAfter(it, it.rule().afterFrames()));
    faults.streams().add(stream);
    if (injection.isPresent() && !initialEvents) {
      stream.breakAtOnce(injection.get());
    }
    return stream;
  }

  static StatusException refusal(Fault.ErrorEvent error) {
    return StatusException.of(error.code(), "a fault injected by the simulation");
  }

  private static String type(Codec codec, Optional<InjectedFault> injection) {
    return injection.isPresent() && injection.get().rule().fault() instanceof Fault.ContentType type
        ? type.value()
        : codec.streamType();
  }

  private boolean initialEvents(HttpRequest request) {
    String match = request.parameter("resourceVersionMatch");
    String asked = request.parameter("sendInitialEvents");
    if (asked.isEmpty() || options.streamingLists == SimOptions.StreamingLists.IGNORED) {
      if (!match.isEmpty() && asked.isEmpty()) {
        throw invalid("resourceVersionMatch: Forbidden: forbidden for watch");
      }
      return false;
    }
    switch (options.streamingLists) {
      case REFUSED_AS_INVALID ->
          throw invalid(
              "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the"
                  + " WatchList feature gate is enabled");
      case REFUSED_AS_BAD_REQUEST ->
          throw StatusException.badRequest("unknown parameter: sendInitialEvents");
      case SERVED, IGNORED -> {}
    }
    if (!match.equals("NotOlderThan")) {
      throw invalid(
          "resourceVersionMatch: Forbidden: sendInitialEvents requires setting"
              + " resourceVersionMatch to NotOlderThan");
    }
    return request.flag("sendInitialEvents");
  }

  private static StatusException invalid(String why) {
    return StatusException.invalid("ListOptions.meta.k8s.io \"\"", why);
  }

  private static Duration timeout(HttpRequest request) {
    String seconds = request.parameter("timeoutSeconds");
    try {
      long number = seconds.isEmpty() ? 0 : Long.parseLong(seconds);
      return number > 0 ? Duration.ofSeconds(number) : LONGEST;
    } catch (NumberFormatException e) {
      throw StatusException.badRequest(
          "timeoutSeconds: Invalid value: \"" + seconds + "\": not a number");
    }
  }

  /** A watch that consists of an ERROR event. */
  private record ErrorSession(ResponseWriter response, Codec codec, StatusException refusal)
      implements Session {
    @Override
    public boolean run() throws IOException {
      ObjectNode status = refusal.toStatus();
      response.head(200, Map.of("Content-Type", codec.streamType()), -1);
      response.chunk(codec.frame("ERROR", status));
      response.endChunks();
      return true;
    }

    @Override
    public void stop() {
      // It ends without being stopped.
    }
  }
}
