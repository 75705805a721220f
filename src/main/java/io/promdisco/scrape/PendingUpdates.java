package io.promdisco.scrape;

import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.scrape.ChangedGroupRouter.RelevantGroups;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Updates of one job that are not relabelled yet: of each group only the latest state. A single
 * update is kept as it came, since jobs share its lists. For one thread at a time.
 */
final class PendingUpdates {
  private TargetSetUpdate latest;
  private boolean whole;

  /** By provider the groups of the only update of which the job may keep a target. */
  private final Map<String, RelevantGroups> offers;

  /** Whose demands chose them. */
  private @Nullable TargetBuilder chosenFor;

  /** By provider and source the groups of several updates; null: there is only one. */
  private @Nullable Map<String, Map<String, TargetGroup>> groups;

  private PendingUpdates(
      TargetSetUpdate update,
      Map<String, RelevantGroups> offers,
      @Nullable TargetBuilder chosenFor) {
    this.latest = update;
    this.whole = update.whole();
    this.offers = offers;
    this.chosenFor = chosenFor;
  }

  /**
   * The changes of an update.
   *
   * @param offers by provider those of which the job may keep a target
   * @param chosenFor whose demands chose them
   */
  static PendingUpdates of(
      TargetSetUpdate update, Map<String, RelevantGroups> offers, TargetBuilder chosenFor) {
    return new PendingUpdates(update, offers, chosenFor);
  }

  /** The changes of an update, all of which the job may keep. */
  static PendingUpdates of(TargetSetUpdate update) {
    return new PendingUpdates(update, Map.of(), null);
  }

  private static void add(TargetSetUpdate update, Map<String, Map<String, TargetGroup>> all) {
    update
        .changes()
        .forEach(
            (provider, changed) -> {
              Map<String, TargetGroup> known =
                  all.computeIfAbsent(provider, any -> new HashMap<>());
              changed.forEach(group -> known.put(group.source(), group));
            });
  }

  /** These changes and later ones, which are few unless they are the whole job. */
  PendingUpdates and(PendingUpdates later) {
    if (later.whole) {
      return later;
    }
    Map<String, Map<String, TargetGroup>> all = groups;
    if (all == null) {
      all = new HashMap<>();
      add(latest, all);
      groups = all;
    }
    add(later.toUpdate(), all);
    latest = later.latest;
    chosenFor = null;
    return this;
  }

  /** One update with all of them. */
  TargetSetUpdate toUpdate() {
    if (groups == null) {
      return latest;
    }
    Map<String, List<TargetGroup>> changed = new HashMap<>();
    groups.forEach((provider, known) -> changed.put(provider, List.copyOf(known.values())));
    return new TargetSetUpdate(
        latest.job(), false, whole, latest.configuration(), latest.targets(), changed);
  }

  /** By provider the groups of {@code update}, made of these, that {@code builder} may keep. */
  @SuppressWarnings("ReferenceEquality") // These very rules.
  Map<String, RelevantGroups> offers(TargetSetUpdate update, TargetBuilder builder) {
    return builder == chosenFor
        ? offers
        : new ChangedGroupRouter().of(List.of(update), List.of(builder)).get(0);
  }
}
