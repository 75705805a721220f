package io.promdisco.scrape;

import io.promdisco.model.TargetSetUpdate;
import io.promdisco.scrape.Offers.Offer;
import io.promdisco.scrape.Offers.Sources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one job that changed and are not relabelled yet. Names them only: what they contain
 * is read when they are relabelled. For one thread at a time.
 */
final class Changes {
  /** Updates of one provider whose names are kept apart; those of more are joined. */
  private static final int MOST_PARTS = 8;

  private final Map<String, List<Part>> parts = new HashMap<>();
  private @Nullable Set<String> providers;

  /** Whose demands chose the candidates; null: nobody's, and everything that changed is one. */
  private @Nullable TargetBuilder chosenFor;

  private boolean everything;

  /**
   * Groups of one provider.
   *
   * @param changed all that changed; jobs with the same list share it
   * @param candidates those of which the job may keep a target
   */
  private record Part(Sources changed, Sources candidates) {
    static Part of(Offer offer) {
      return new Part(
          offer.sources(),
          offer.isEverything() ? offer.sources() : new Sources(offer.candidates()));
    }

    static Part join(List<Part> parts) {
      Set<String> changed = new HashSet<>();
      Set<String> candidates = new HashSet<>();
      for (Part part : parts) {
        changed.addAll(part.changed.names());
        candidates.addAll(part.candidates.names());
      }
      return new Part(new Sources(changed), new Sources(candidates));
    }
  }

  /** All groups of the job. */
  static Changes everything() {
    Changes changes = new Changes();
    changes.everything = true;
    return changes;
  }

  /**
   * The groups of an update.
   *
   * @param offers by provider those of which the job may keep a target
   * @param chosenFor whose demands chose them
   */
  static Changes of(TargetSetUpdate update, Map<String, Offer> offers, TargetBuilder chosenFor) {
    Changes changes = new Changes();
    changes.providers = update.providers().keySet();
    changes.chosenFor = chosenFor;
    offers.forEach(
        (provider, offer) -> changes.parts.put(provider, new ArrayList<>(List.of(Part.of(offer)))));
    return changes;
  }

  /** Adds later changes. */
  @SuppressWarnings("ReferenceEquality") // These very rules.
  Changes and(Changes later) {
    everything |= later.everything;
    providers = later.providers == null ? providers : later.providers;
    chosenFor = chosenFor == later.chosenFor ? chosenFor : null;
    later.parts.forEach(
        (provider, more) -> {
          List<Part> all = parts.computeIfAbsent(provider, any -> new ArrayList<>());
          all.addAll(more);
          if (all.size() > MOST_PARTS) {
            Part joined = Part.join(all);
            all.clear();
            all.add(joined);
          }
        });
    return this;
  }

  /** The job's providers after the latest update; null if there was none. */
  @Nullable Set<String> providers() {
    return providers;
  }

  boolean isEverything() {
    return everything;
  }

  /** Whether a group has changed. */
  boolean contain(String provider, String source) {
    for (Part part : parts.getOrDefault(provider, List.of())) {
      if (part.changed.contain(source)) {
        return true;
      }
    }
    return everything;
  }

  /** Whether a group has changed and {@code builder} may keep a target of it. */
  @SuppressWarnings("ReferenceEquality") // These very rules.
  boolean isCandidate(String provider, String source, TargetBuilder builder) {
    if (everything || builder != chosenFor) {
      return contain(provider, source);
    }
    for (Part part : parts.getOrDefault(provider, List.of())) {
      if (part.candidates.contain(source)) {
        return true;
      }
    }
    return false;
  }
}
