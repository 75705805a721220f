package io.promdisco.allocation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which collectors have a target at which time: its owner, and while it moves also those before.
 * Times are in nanoseconds of one clock. Immutable.
 *
 * @param owner null: none
 * @param from when the owner gets the target; only its difference to now counts
 * @param former collectors that keep the target for a while
 */
public record Holders(@Nullable String owner, long from, List<Former> former) {
  /** How targets move. */
  public enum Handover {
    /** The new collector gets the target at once, the old one keeps it for a while. */
    GAPLESS,
    /** The new collector gets the target when the old one has surely lost it. */
    EXCLUSIVE
  }

  /**
   * A collector that had the target.
   *
   * @param until when it loses the target
   */
  public record Former(String collector, long until) {}

  /** A target that has its first owner. */
  public static Holders of(@Nullable String owner, long now) {
    return new Holders(owner, now, List.of());
  }

  /** Copies the list. */
  public Holders {
    former = List.copyOf(former);
  }

  /**
   * These holders after the target has moved.
   *
   * @param here whether the old owner is still there to scrape
   * @param nanos how long the old owner keeps the target, or the new one waits for it
   */
  public Holders moved(Handover handover, @Nullable String to, boolean here, long nanos, long now) {
    String before = owner;
    boolean waits = before != null && here && handover == Handover.EXCLUSIVE;
    long start = waits ? now + nanos : now;
    start = from - start > 0 ? from : start; // An earlier owner may still have it.
    if (before == null || !here || waits) {
      return new Holders(to, start, former);
    }
    List<Former> kept = new ArrayList<>(former);
    kept.removeIf(each -> each.collector().equals(to));
    kept.add(new Former(before, now + nanos));
    return new Holders(to, start, kept);
  }

  /** Those that have the target now, the owner first. */
  public List<String> at(long now) {
    List<String> holders = new ArrayList<>(1 + former.size());
    String current = owner;
    if (current != null && from - now <= 0) {
      holders.add(current);
    }
    for (Former each : former) {
      if (each.until - now > 0) {
        holders.add(each.collector);
      }
    }
    return holders;
  }

  /** Nanoseconds until {@link #at} changes; 0: never. */
  public long changesIn(long now) {
    long least = Math.max(0, from - now);
    for (Former each : former) {
      long left = each.until - now;
      if (left > 0 && (least == 0 || left < least)) {
        least = left;
      }
    }
    return least;
  }
}
