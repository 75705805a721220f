package io.promdisco.providers.kubernetes;

import io.promdisco.sim.Fault;
import io.promdisco.sim.Fault.Break;
import io.promdisco.sim.Fault.Disorder;
import org.jspecify.annotations.Nullable;

/** What can go wrong between discovery and an API server: the columns of the fault matrix. */
enum ServerFault {
  UNAUTHORIZED(Fault.status(401), Effect.BREAKS),
  FORBIDDEN(Fault.status(403), Effect.BREAKS),
  NOT_FOUND(Fault.status(404), Effect.BREAKS),
  GONE(Fault.status(410), Effect.BREAKS),
  TOO_MANY(new Fault.Status(429, 1), Effect.BREAKS),
  CACHE_FILLING(new Fault.CacheFilling(1), Effect.BREAKS),
  SERVER_ERROR(Fault.status(500), Effect.BREAKS),
  REFUSED(null, Effect.BREAKS),
  NO_ANSWER(Break.HANG_UP, Effect.BREAKS),
  RESET(Break.RESET, Effect.BREAKS),
  CUT(Break.CUT, Effect.BREAKS),
  GARBAGE(Break.GARBAGE, Effect.BREAKS),
  FOUR_GIGABYTES(Break.HUGE, Effect.BREAKS),
  ENDLESS_OBJECT(Break.ENDLESS, Effect.BREAKS),
  STALL(Break.STALL, Effect.BREAKS),
  ONE_BYTE_A_SECOND(new Fault.Slow(1), Effect.DELAYS),
  WRONG_CONTENT_TYPE(new Fault.ContentType("text/html"), Effect.BREAKS),
  BOOKMARK_BACKWARDS(Disorder.BOOKMARK_BACKWARDS, Effect.MAY_BREAK),
  DUPLICATED(Disorder.DUPLICATE, Effect.NONE),
  REORDERED(Disorder.SWAP, Effect.MAY_BREAK),
  ADDED_FOR_KNOWN(Disorder.ADDED_FOR_KNOWN, Effect.NONE),
  DELETED_FOR_UNKNOWN(Disorder.DELETED_FOR_UNKNOWN, Effect.NONE),
  CLOCK_FORWARD(null, Effect.NONE),
  CLOCK_BACK(null, Effect.NONE),
  ASLEEP_FOR_HOURS(null, Effect.MAY_BREAK);

  /** What a fault does to the watch that it strikes. */
  enum Effect {
    /** The watch ends with an error, which is logged and counted. */
    BREAKS,
    /** The watch may end with an error, or recover without one. */
    MAY_BREAK,
    /** The watch makes no progress while the fault lasts. */
    DELAYS,
    /** The watch continues. */
    NONE
  }

  /** When a fault strikes: the rows of the fault matrix. */
  enum Phase {
    /** The first list, read page by page. */
    FIRST_LIST,
    /** The first list, as a stream. */
    STREAMING_LIST,
    /** While a watch is running. */
    WATCH,
    /** The watch that follows one that ended without an error. */
    BETWEEN
  }

  @SuppressWarnings("ImmutableEnumChecker") // a record or an enum
  private final @Nullable Fault fault;

  private final Effect effect;

  ServerFault(@Nullable Fault fault, Effect effect) {
    this.fault = fault;
    this.effect = effect;
  }

  /** What the simulated server has to do; null if the fault does not come from the server. */
  @Nullable Fault fault() {
    return fault;
  }

  /** Makes {@code fault} strike a watch that is running, which has already received its status. */
  static Fault running(Fault fault) {
    return fault instanceof Fault.Status status ? new Fault.ErrorEvent(status.code()) : fault;
  }

  Effect effect(Phase phase) {
    // An expired version is not a failure: the client lists again.
    return this == GONE && phase == Phase.WATCH ? Effect.NONE : effect;
  }

  /** Why this combination cannot occur; empty if it can. */
  String impossible(Phase phase) {
    if (this == WRONG_CONTENT_TYPE && phase == Phase.WATCH) {
      return "the head of a watch under way has been read";
    }
    if (this == CACHE_FILLING && phase == Phase.FIRST_LIST) {
      return "pages do not come from the watch cache";
    }
    if (this == CACHE_FILLING && phase == Phase.WATCH) {
      return "a watch under way has its cache";
    }
    boolean ofEvents =
        this == ADDED_FOR_KNOWN || this == DELETED_FOR_UNKNOWN || this == BOOKMARK_BACKWARDS;
    return ofEvents && phase == Phase.FIRST_LIST ? "pages have no events" : "";
  }
}
