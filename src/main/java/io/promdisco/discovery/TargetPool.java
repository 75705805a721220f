package io.promdisco.discovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All target groups by provider and source, stored once no matter how many target sets use the
 * provider; and the providers of each target set.
 *
 * <p>A configuration that changes the sources or the rules of a set does not come into force for it
 * immediately. The set keeps its groups until all its new providers have delivered, or until {@link
 * #switchAll} ends the wait. Then the whole set is sent (decision 0022).
 *
 * <p>Providers' threads write groups; the thread that applies a configuration writes the sets; the
 * sender drains changes. One lock guards everything; no other code is called under it.
 */
final class TargetPool implements TargetSetReader {
  @GuardedBy("this")
  private final Map<String, Groups> providers = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, TargetSet> sets = new LinkedHashMap<>();

  @GuardedBy("this")
  private final Set<String> removedSets = new LinkedHashSet<>();

  /** A provider's groups, and the changes to them since the last drain. */
  private static final class Groups {
    final Map<String, TargetGroup> bySource = new HashMap<>();
    private Set<String> changed = new LinkedHashSet<>();
    int targets;
    boolean whole; // whether it has delivered everything that it found at its start
    boolean settled; // whether no set waits for it
    boolean removed; // whether it is kept only for sets that still wait for others

    boolean put(TargetGroup group) {
      TargetGroup before =
          group.isEmpty() ? bySource.remove(group.source()) : bySource.get(group.source());
      if (group.isEmpty() ? before == null : group.equals(before)) {
        return false;
      }
      if (!group.isEmpty()) {
        bySource.put(group.source(), group);
      }
      targets += group.targets().size() - (before == null ? 0 : before.targets().size());
      changed.add(group.source());
      return true;
    }

    void mark(String source) {
      changed.add(source);
    }

    /**
     * Clears the marks and returns the marked groups in their current state, an empty one for each
     * removed group.
     */
    List<TargetGroup> takeChanges() {
      if (changed.isEmpty()) {
        return List.of();
      }
      List<TargetGroup> out = new ArrayList<>(changed.size());
      for (String source : changed) {
        TargetGroup group = bySource.get(source);
        out.add(group == null ? TargetGroup.empty(source) : group);
      }
      changed =
          new LinkedHashSet<>(); // Clearing it would keep the largest table ever, and iterate over
      // it.
      return Collections.unmodifiableList(out);
    }

    List<TargetGroup> all() {
      return List.copyOf(bySource.values());
    }
  }

  /**
   * The changes that are taken out of the pool together.
   *
   * @param updates one for each set that changed
   * @param partial the jobs whose update is the whole job, but without what a provider has not
   *     delivered yet
   * @param waiting the jobs for which the newest configuration is not in force yet
   * @param taken the changes by provider, including providers that no set uses at the moment
   */
  record Drain(
      List<TargetSetUpdate> updates,
      Set<String> partial,
      Set<String> waiting,
      Map<String, List<TargetGroup>> taken) {}

  /** A target set, and its replacement. */
  private static final class TargetSet {
    Sources now;
    @Nullable Sources next;
    boolean whole = true; // whether the whole set must be sent

    TargetSet(Sources now) {
      this.now = now;
    }

    Sources newest() {
      return next == null ? now : next;
    }

    void become(Sources sources) {
      now = sources;
      next = null;
      whole = true;
    }
  }

  /**
   * The providers of a set.
   *
   * @param configuration the number of the configuration that defines them
   */
  private record Sources(List<String> providers, long configuration) {}

  /**
   * Replaces the sets by those of a configuration. For a set without groups, the configuration is
   * in force immediately.
   *
   * @param configuration its number, higher than earlier ones
   * @param jobs the providers of each set
   * @param reshaped the jobs whose rules differ from the previous configuration
   */
  synchronized void configure(
      long configuration, Map<String, List<String>> jobs, Set<String> reshaped) {
    jobs.forEach(
        (job, names) -> {
          names.forEach(name -> providers.computeIfAbsent(name, any -> new Groups()));
          Sources sources = new Sources(List.copyOf(names), configuration);
          TargetSet set = sets.get(job);
          if (set == null) {
            sets.put(job, new TargetSet(sources));
          } else if (reshaped.contains(job) || !set.newest().providers.equals(names)) {
            set.next = sources;
          }
        });
    for (String job : List.copyOf(sets.keySet())) {
      if (!jobs.containsKey(job)) {
        sets.remove(job);
        removedSets.add(job);
      }
    }
    removedSets.removeAll(jobs.keySet());
    switchReady();
  }

  /**
   * Removes a provider; everything that it still delivers is ignored. Its groups remain while a set
   * keeps them.
   */
  synchronized void removeProvider(String provider) {
    Groups groups = providers.get(provider);
    if (groups != null) {
      groups.removed = true;
      forgetUnused();
    }
  }

  /**
   * Ends the wait of all sets for a provider.
   *
   * @param whole whether it has delivered everything that it found at its start
   */
  synchronized void settle(String provider, boolean whole) {
    Groups groups = providers.get(provider);
    if (groups != null) {
      groups.settled = true;
      groups.whole |= whole;
      switchReady();
    }
  }

  /** Ends the wait of all sets for this and earlier configurations. */
  synchronized void switchAll(long configuration) {
    for (TargetSet set : sets.values()) {
      if (set.next != null && set.next.configuration <= configuration) {
        set.become(set.next);
      }
    }
    forgetUnused();
  }

  /** Whether a newer configuration is not yet in force for some set. */
  synchronized boolean isWaiting() {
    return sets.values().stream().anyMatch(set -> set.next != null);
  }

  @GuardedBy("this")
  private void switchReady() {
    for (TargetSet set : sets.values()) {
      if (set.next != null
          && (count(set) == 0 || all(set.next.providers, groups -> groups.settled))) {
        set.become(set.next);
      }
    }
    forgetUnused();
  }

  @GuardedBy("this")
  private void forgetUnused() {
    Set<String> used = new HashSet<>();
    sets.values().forEach(set -> used.addAll(set.now.providers));
    providers.entrySet().removeIf(e -> e.getValue().removed && !used.contains(e.getKey()));
  }

  @GuardedBy("this")
  private boolean all(List<String> names, Predicate<Groups> test) {
    for (String name : names) {
      Groups groups = providers.get(name);
      if (groups != null && !test.test(groups)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the number of targets of a set. */
  @GuardedBy("this")
  private int count(TargetSet set) {
    int sum = 0;
    for (String name : set.now.providers) {
      Groups groups = providers.get(name);
      sum += groups == null ? 0 : groups.targets;
    }
    return sum;
  }

  /** Stores groups of a provider; returns whether a set has changes to send. */
  synchronized boolean update(String provider, List<TargetGroup> groups) {
    Groups known = providers.get(provider);
    if (known == null || known.removed) {
      return false;
    }
    boolean changed = false;
    for (TargetGroup group : groups) {
      if (group != null) { // A third-party discoverer may not use JSpecify.
        changed |= known.put(group);
      }
    }
    return changed;
  }

  /**
   * Takes the changes since the last drain. A drain that was not sent must be put back before the
   * next one; so the marks of a provider cover every source that changed since its readers were
   * last updated.
   */
  synchronized Drain drain() {
    Map<String, List<TargetGroup>> taken = new HashMap<>();
    providers.forEach((provider, groups) -> taken.put(provider, groups.takeChanges()));
    Map<String, List<TargetGroup>> wholes = new HashMap<>(); // one list for all sets that need it
    List<TargetSetUpdate> updates = new ArrayList<>();
    Set<String> partial = new HashSet<>();
    Set<String> waiting = new HashSet<>();
    removedSets.forEach(job -> updates.add(TargetSetUpdate.removal(job)));
    removedSets.clear();
    sets.forEach(
        (job, set) -> {
          if (set.next != null) {
            waiting.add(job);
          }
          Map<String, List<TargetGroup>> own = new HashMap<>();
          for (String name : set.now.providers) {
            Groups groups = providers.get(name);
            List<TargetGroup> changes =
                groups == null
                    ? List.of()
                    : set.whole
                        ? wholes.computeIfAbsent(name, any -> groups.all())
                        : taken.getOrDefault(name, List.of());
            if (!changes.isEmpty()) {
              own.put(name, changes);
            }
          }
          if (set.whole && !all(set.now.providers, groups -> groups.whole)) {
            partial.add(job);
          }
          if (set.whole || !own.isEmpty()) {
            updates.add(
                new TargetSetUpdate(job, false, set.whole, set.now.configuration, count(set), own));
            set.whole = false;
          }
        });
    return new Drain(updates, partial, waiting, taken);
  }

  /** Takes back a drain that was not sent: marks everything in it again. */
  synchronized void putBack(Drain drain) {
    drain.taken.forEach(
        (provider, changes) -> {
          Groups groups = providers.get(provider);
          if (groups != null) {
            changes.forEach(group -> groups.mark(group.source()));
          }
        });
    for (TargetSetUpdate update : drain.updates) {
      TargetSet set = sets.get(update.job());
      if (set == null) {
        removedSets.add(update.job());
      } else {
        set.whole |= update.whole();
      }
    }
  }

  /** Marks everything, after a drain that failed before its end. */
  synchronized void markAll() {
    sets.values().forEach(set -> set.whole = true);
  }

  /** Returns the number of targets of a provider. */
  synchronized int targets(String provider) {
    Groups groups = providers.get(provider);
    return groups == null ? 0 : groups.targets;
  }

  /** Returns the number of targets of each set. */
  synchronized Map<String, Integer> targetsBySet() {
    Map<String, Integer> out = new LinkedHashMap<>();
    sets.forEach((job, set) -> out.put(job, count(set)));
    return out;
  }

  @Override
  public synchronized TargetSetReader.TargetSet read(String job) {
    TargetSet set = sets.get(job);
    if (set == null) {
      return TargetSetReader.TargetSet.NONE;
    }
    Map<String, List<TargetGroup>> copy = new LinkedHashMap<>();
    for (String name : set.now.providers) {
      Groups groups = providers.get(name);
      if (groups != null) {
        copy.put(name, groups.all());
      }
    }
    return new TargetSetReader.TargetSet(set.now.configuration, copy);
  }
}
