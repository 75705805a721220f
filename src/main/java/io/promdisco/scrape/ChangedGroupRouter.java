package io.promdisco.scrape;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which changed groups each job has to process. Jobs with the same provider share its list
 * of changes, so each list is processed once. For one thread at a time.
 */
final class ChangedGroupRouter {
  /** The router of the last update by provider, kept while the same jobs use it. */
  private final Map<String, CachedRouter> routers = new HashMap<>();

  private record CachedRouter(List<TargetBuilder> builders, GroupRouter router) {}

  /**
   * The changed groups of one provider for one job.
   *
   * @param candidates the groups of which the job may keep a target
   * @param changed all changed groups
   * @param sources the sources of all changed groups, for callers to which a look-up costs less;
   *     shared
   */
  record RelevantGroups(
      List<TargetGroup> candidates, List<TargetGroup> changed, GroupSources sources) {
    /** Whether the job has to process all changed groups. */
    @SuppressWarnings("ReferenceEquality") // the same list means all
    boolean isEverything() {
      return candidates == changed;
    }
  }

  /** The sources of a list of groups, collected on first use. Safe for all threads. */
  static final class GroupSources {
    private final List<TargetGroup> groups;

    @GuardedBy("this")
    private @Nullable Set<String> sources;

    GroupSources(List<TargetGroup> groups) {
      this.groups = groups;
    }

    synchronized boolean contain(String source) {
      if (sources == null) {
        sources = new HashSet<>();
        for (TargetGroup group : groups) {
          sources.add(group.source());
        }
      }
      return sources.contains(source);
    }
  }

  /** The jobs that share a list. */
  private static final class ListUsers {
    final List<Integer> places = new ArrayList<>();
    final List<TargetBuilder> builders = new ArrayList<>();
  }

  /**
   * Returns the relevant groups by provider, for each update.
   *
   * @param builders the builder of the job of each update; null if its result is not needed
   */
  List<Map<String, RelevantGroups>> of(
      List<TargetSetUpdate> updates, List<@Nullable TargetBuilder> builders) {
    List<Map<String, RelevantGroups>> offers = new ArrayList<>();
    Map<String, Map<List<TargetGroup>, ListUsers>> lists = new HashMap<>();
    for (int i = 0; i < updates.size(); i++) {
      offers.add(new HashMap<>());
      TargetBuilder builder = builders.get(i);
      if (builder != null) {
        int place = i;
        updates
            .get(i)
            .changes()
            .forEach(
                (provider, groups) -> {
                  ListUsers askers =
                      lists
                          .computeIfAbsent(provider, name -> new IdentityHashMap<>())
                          .computeIfAbsent(groups, list -> new ListUsers());
                  askers.places.add(place);
                  askers.builders.add(builder);
                });
      }
    }
    lists.forEach(
        (provider, ofProvider) ->
            ofProvider.forEach(
                (groups, askers) -> {
                  GroupSources sources = new GroupSources(groups);
                  List<List<TargetGroup>> routed = router(provider, askers.builders).route(groups);
                  for (int i = 0; i < routed.size(); i++) {
                    offers
                        .get(askers.places.get(i))
                        .put(provider, new RelevantGroups(routed.get(i), groups, sources));
                  }
                }));
    return offers;
  }

  private GroupRouter router(String provider, List<TargetBuilder> builders) {
    CachedRouter filed = routers.get(provider);
    if (filed == null || !filed.builders.equals(builders)) {
      filed = new CachedRouter(builders, new GroupRouter(builders));
      routers.put(provider, filed);
    }
    return filed.router;
  }

  /** Removes the routers, after the jobs have changed. */
  void clear() {
    routers.clear();
  }
}
