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
 * All target groups: provider → source → group, held once however many target sets use the
 * provider, and for each target set which providers are its own.
 *
 * <p>A configuration that changes the sources or the rules of a set does not come into force for it
 * at once: the set keeps its groups until all its new providers have delivered, or until {@link
 * #switchAll} ends the wait. Then it is sent as a whole (decision 0022).
 *
 * <p>Providers' threads write groups; the thread that applies a configuration writes the sets; the
 * sender drains what changed. Everything is guarded by one lock, under which nothing is called but
 * maps.
 */
final class TargetPool implements TargetSetReader {
  @GuardedBy("this")
  private final Map<String, Groups> providers = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, TargetSet> sets = new LinkedHashMap<>();

  @GuardedBy("this")
  private final Set<String> removedSets = new LinkedHashSet<>();

  /** A provider's groups and what changed in them since the last drain. */
  private static final class Groups {
    final Map<String, TargetGroup> bySource = new HashMap<>();
    private Set<String> changed = new LinkedHashSet<>();
    int targets;
    boolean whole; // has delivered everything that was there at its start
    boolean settled; // is not waited for
    boolean removed; // held only for sets that wait for others

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

    /** Takes the marks: the marked groups as they are now, an empty one for each that is gone. */
    List<TargetGroup> takeChanges() {
      if (changed.isEmpty()) {
        return List.of();
      }
      List<TargetGroup> out = new ArrayList<>(changed.size());
      for (String source : changed) {
        TargetGroup group = bySource.get(source);
        out.add(group == null ? TargetGroup.empty(source) : group);
      }
      changed = new LinkedHashSet<>(); // Clearing would keep, and walk, the largest table ever.
      return Collections.unmodifiableList(out);
    }

    List<TargetGroup> all() {
      return List.copyOf(bySource.values());
    }
  }

  /**
   * What was taken out of the pool at once.
   *
   * @param updates one for each set that changed
   * @param partial the jobs whose update is whole but lacks what a provider has not delivered yet
   * @param waiting the jobs for which the newest configuration is not in force yet
   * @param taken the changes by provider, also of one that no set has at the moment
   */
  record Drain(
      List<TargetSetUpdate> updates,
      Set<String> partial,
      Set<String> waiting,
      Map<String, List<TargetGroup>> taken) {}

  /** A target set, and what takes its place. */
  private static final class TargetSet {
    Sources now;
    @Nullable Sources next;
    boolean whole = true; // everything is to be sent

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
   * What a set is made of.
   *
   * @param configuration number of the configuration that says so
   */
  private record Sources(List<String> providers, long configuration) {}

  /**
   * Takes the sets of a configuration in the place of those before. A set without groups has
   * nothing to keep: for it the configuration is in force at once.
   *
   * @param configuration its number, higher than those before
   * @param jobs the providers of each set
   * @param reshaped the jobs whose rules differ from those of the configuration before
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
   * Forgets a provider; what it puts afterwards is ignored. Its groups stay as long as a set keeps
   * them.
   */
  synchronized void removeProvider(String provider) {
    Groups groups = providers.get(provider);
    if (groups != null) {
      groups.removed = true;
      forgetUnused();
    }
  }

  /**
   * No set waits for a provider any more.
   *
   * @param whole whether it has delivered everything that was there at its start
   */
  synchronized void settle(String provider, boolean whole) {
    Groups groups = providers.get(provider);
    if (groups != null) {
      groups.settled = true;
      groups.whole |= whole;
      switchReady();
    }
  }

  /** Ends the wait of all sets for this configuration and those before. */
  synchronized void switchAll(long configuration) {
    for (TargetSet set : sets.values()) {
      if (set.next != null && set.next.configuration <= configuration) {
        set.become(set.next);
      }
    }
    forgetUnused();
  }

  /** Whether a newer configuration is not in force yet for a set. */
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

  /** Number of targets of a set. */
  @GuardedBy("this")
  private int count(TargetSet set) {
    int sum = 0;
    for (String name : set.now.providers) {
      Groups groups = providers.get(name);
      sum += groups == null ? 0 : groups.targets;
    }
    return sum;
  }

  /** Puts groups of a provider; true if a set has something new to be sent. */
  synchronized boolean update(String provider, List<TargetGroup> groups) {
    Groups known = providers.get(provider);
    if (known == null || known.removed) {
      return false;
    }
    boolean changed = false;
    for (TargetGroup group : groups) {
      if (group != null) { // A discoverer of another's making may know nothing of JSpecify.
        changed |= known.put(group);
      }
    }
    return changed;
  }

  /**
   * Takes what changed since the last drain. The marks of a provider thus hold every source that
   * changed since its readers were last told, as long as a drain that was not sent is put back
   * before the next one.
   */
  synchronized Drain drain() {
    Map<String, List<TargetGroup>> taken = new HashMap<>();
    providers.forEach((provider, groups) -> taken.put(provider, groups.takeChanges()));
    Map<String, List<TargetGroup>> wholes = new HashMap<>(); // one however many sets it goes to
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

  /** Takes back a drain that was not sent: everything that it took is marked again. */
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

  /** Marks everything, after a drain that failed half-way. */
  synchronized void markAll() {
    sets.values().forEach(set -> set.whole = true);
  }

  /** Number of targets that a provider holds. */
  synchronized int targets(String provider) {
    Groups groups = providers.get(provider);
    return groups == null ? 0 : groups.targets;
  }

  /** Number of targets of each set. */
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
