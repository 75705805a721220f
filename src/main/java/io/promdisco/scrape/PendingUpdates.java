package io.promdisco.scrape;

import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.scrape.ChangedGroupRouter.RelevantGroups;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Updates of one job that are not relabelled yet, with only the latest state of each group. A
 * single update is kept unchanged, because jobs share its lists. For one thread at a time.
 */
final class PendingUpdates {
  private TargetSetUpdate latest;
  private boolean whole;

  /** The groups of the only update of which the job may keep a target, by provider. */
  private final Map<String, RelevantGroups> offers;

  /** The builder whose required values selected them. */
  private @Nullable TargetBuilder chosenFor;

  /** The groups of several updates, by provider and source; null if there is only one update. */
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
   * Returns the changes of an update.
   *
   * @param offers the groups of which the job may keep a target, by provider
   * @param chosenFor the builder whose required values selected them
   */
  static PendingUpdates of(
      TargetSetUpdate update, Map<String, RelevantGroups> offers, TargetBuilder chosenFor) {
    return new PendingUpdates(update, offers, chosenFor);
  }

  /** Returns the changes of an update; the job may keep targets of all groups. */
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

  /** Adds later changes, which are few unless they are the whole job. */
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

  /** Returns one update with all changes. */
  TargetSetUpdate toUpdate() {
    if (groups == null) {
      return latest;
    }
    Map<String, List<TargetGroup>> changed = new HashMap<>();
    groups.forEach((provider, known) -> changed.put(provider, List.copyOf(known.values())));
    return new TargetSetUpdate(
        latest.job(), false, whole, latest.configuration(), latest.targets(), changed);
  }

  /**
   * Returns the groups of {@code update}, made from these changes, of which {@code builder} may
   * keep a target, by provider.
   */
  @SuppressWarnings("ReferenceEquality") // the same builder has the same rules
  Map<String, RelevantGroups> offers(TargetSetUpdate update, TargetBuilder builder) {
    return builder == chosenFor
        ? offers
        : new ChangedGroupRouter().of(List.of(update), List.of(builder)).get(0);
  }
}
