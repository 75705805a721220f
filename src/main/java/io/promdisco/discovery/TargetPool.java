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
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All target groups: provider → source → group, held once however many target sets use the
 * provider, and for each target set which providers are its own.
 *
 * <p>Providers' threads write groups; the thread that applies a configuration writes the sets; the
 * sender drains what changed. Everything is guarded by one lock, under which nothing is called but
 * maps.
 */
final class TargetPool implements TargetSetReader {
  private final Lock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<String, Groups> providers = new HashMap<>();

  @GuardedBy("lock")
  private final Map<String, TargetSet> sets = new LinkedHashMap<>();

  @GuardedBy("lock")
  private final Set<String> removedSets = new LinkedHashSet<>();

  /** A provider's groups and what changed in them since the last drain. */
  private static final class Groups {
    final Map<String, TargetGroup> bySource = new HashMap<>();
    private Set<String> changed = new LinkedHashSet<>();
    int targets;
    boolean settled; // nothing is to be waited for any more
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
  }

  /** What one drain takes of a provider, made once however many sets it goes to. */
  private static final class Drained {
    final int targets;
    final List<TargetGroup> changes;
    private final Groups groups;
    private @Nullable List<TargetGroup> whole;

    Drained(Groups groups) {
      this.groups = groups;
      targets = groups.targets;
      changes = groups.takeChanges();
    }

    /**
     * Every group, and an empty one for each that went since the last drain: a set may be given the
     * whole of a provider that it left since then, and its reader still holds what was there.
     */
    List<TargetGroup> whole() {
      if (whole == null) {
        List<TargetGroup> all = new ArrayList<>(groups.bySource.values());
        for (TargetGroup change : changes) {
          if (change.isEmpty()) {
            all.add(change);
          }
        }
        whole = Collections.unmodifiableList(all);
      }
      return whole;
    }
  }

  /**
   * What was taken out of the pool at once.
   *
   * @param updates one for each set that changed
   * @param taken the changes by provider, also of one that no set has at the moment
   * @param wholes by job, the providers that its update has all groups of
   */
  record Drain(
      List<TargetSetUpdate> updates,
      Map<String, List<TargetGroup>> taken,
      Map<String, Set<String>> wholes) {}

  /**
   * A target set: its providers, and those of them of which it has to be given everything.
   *
   * <p>Providers that were taken away while new ones have not delivered yet are outgoing: their
   * groups stay until then, so that a change of the configuration leaves no gap.
   */
  private static final class TargetSet {
    List<String> providers = List.of();
    List<String> outgoing = List.of();
    final Set<String> whole = new LinkedHashSet<>();
    boolean changed = true;

    List<String> all() {
      if (outgoing.isEmpty()) {
        return providers;
      }
      List<String> all = new ArrayList<>(providers);
      all.addAll(outgoing);
      return all;
    }
  }

  /** Makes room for a provider. */
  void addProvider(String provider) {
    lock.lock();
    try {
      providers.putIfAbsent(provider, new Groups());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Forgets a provider; what it puts afterwards is ignored. Its groups stay for as long as a set
   * waits for what takes their place.
   */
  void removeProvider(String provider) {
    lock.lock();
    try {
      Groups groups = providers.get(provider);
      if (groups != null) {
        groups.removed = true;
        groups.settled = true;
        forgetUnused();
      }
    } finally {
      lock.unlock();
    }
  }

  /** A provider has delivered what was there at its start, or is not to be waited for. */
  void settle(String provider) {
    lock.lock();
    try {
      Groups groups = providers.get(provider);
      if (groups == null || groups.settled) {
        return;
      }
      groups.settled = true;
      for (TargetSet set : sets.values()) {
        if (!set.outgoing.isEmpty() && isSettled(set.providers)) {
          set.outgoing = List.of();
          set.changed = true;
        }
      }
      forgetUnused();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean isSettled(List<String> some) {
    for (String provider : some) {
      Groups groups = providers.get(provider);
      if (groups != null && !groups.settled) {
        return false;
      }
    }
    return true;
  }

  @GuardedBy("lock")
  private void forgetUnused() {
    Set<String> outgoing = new HashSet<>();
    sets.values().forEach(set -> outgoing.addAll(set.outgoing));
    providers.entrySet().removeIf(e -> e.getValue().removed && !outgoing.contains(e.getKey()));
  }

  /** Says which providers a set has; a new set, or a set with others than before, changes. */
  void putSet(String job, List<String> ofProviders) {
    lock.lock();
    try {
      TargetSet set = sets.computeIfAbsent(job, name -> new TargetSet());
      if (!set.providers.equals(ofProviders)) {
        for (String provider : ofProviders) {
          if (!set.providers.contains(provider)) {
            set.whole.add(provider);
          }
        }
        List<String> incoming = new ArrayList<>(ofProviders);
        incoming.removeAll(set.providers);
        List<String> outgoing = new ArrayList<>();
        if (!isSettled(incoming)) {
          outgoing.addAll(set.providers);
        }
        if (!isSettled(ofProviders)) { // They wait for those of an earlier change.
          outgoing.addAll(set.outgoing);
        }
        outgoing.removeAll(ofProviders);
        set.outgoing = List.copyOf(outgoing);
        set.providers = List.copyOf(ofProviders);
        set.whole.retainAll(set.all());
        set.changed = true;
      }
      removedSets.remove(job);
    } finally {
      lock.unlock();
    }
  }

  /** Keeps only these sets; the others' removal is sent. */
  void retainSets(Set<String> jobs) {
    lock.lock();
    try {
      for (String job : List.copyOf(sets.keySet())) {
        if (!jobs.contains(job)) {
          sets.remove(job);
          removedSets.add(job);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Puts groups of a provider; true if a set has something new to be sent. */
  boolean update(String provider, List<TargetGroup> groups) {
    lock.lock();
    try {
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
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes what changed since the last drain. The marks of a provider thus hold every source that
   * changed since its readers were last told, as long as a drain that was not sent is put back
   * before the next one.
   */
  Drain drain() {
    lock.lock();
    try {
      Map<String, Drained> drained = new HashMap<>();
      Map<String, List<TargetGroup>> taken = new HashMap<>();
      Map<String, Set<String>> wholes = new HashMap<>();
      providers.forEach(
          (provider, groups) -> {
            Drained of = new Drained(groups);
            drained.put(provider, of);
            taken.put(provider, of.changes);
          });
      List<TargetSetUpdate> updates = new ArrayList<>();
      removedSets.forEach(job -> updates.add(TargetSetUpdate.removal(job)));
      removedSets.clear();
      sets.forEach(
          (job, set) -> {
            TargetSetUpdate update = update(job, set, drained);
            if (update != null) {
              updates.add(update);
              if (!set.whole.isEmpty()) {
                wholes.put(job, Set.copyOf(set.whole));
                set.whole.clear();
              }
              set.changed = false;
            }
          });
      return new Drain(updates, taken, wholes);
    } finally {
      lock.unlock();
    }
  }

  private static @Nullable TargetSetUpdate update(
      String job, TargetSet set, Map<String, Drained> drained) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    Map<String, List<TargetGroup>> own = new HashMap<>();
    for (String provider : set.all()) {
      Drained of = drained.get(provider);
      if (of == null) {
        continue;
      }
      counts.put(provider, of.targets);
      List<TargetGroup> groups = set.whole.contains(provider) ? of.whole() : of.changes;
      if (!groups.isEmpty()) {
        own.put(provider, groups);
      }
    }
    if (!set.changed && own.isEmpty()) {
      return null;
    }
    return new TargetSetUpdate(job, false, counts, own);
  }

  /** Takes back a drain that was not sent: everything that it took is marked again. */
  void putBack(Drain drain) {
    lock.lock();
    try {
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
          set.changed = true;
          set.whole.addAll(drain.wholes.getOrDefault(update.job(), Set.of()));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Marks everything, after a drain that failed half-way. */
  void markAll() {
    lock.lock();
    try {
      for (TargetSet set : sets.values()) {
        set.changed = true;
        set.whole.addAll(set.all());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Number of targets that a provider holds. */
  int targets(String provider) {
    lock.lock();
    try {
      Groups groups = providers.get(provider);
      return groups == null ? 0 : groups.targets;
    } finally {
      lock.unlock();
    }
  }

  /** Number of targets of each set. */
  Map<String, Integer> targetsBySet() {
    lock.lock();
    try {
      Map<String, Integer> out = new LinkedHashMap<>();
      sets.forEach(
          (job, set) -> {
            int sum = 0;
            for (String provider : set.all()) {
              Groups groups = providers.get(provider);
              sum += groups == null ? 0 : groups.targets;
            }
            out.put(job, sum);
          });
      return out;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void forEachGroup(String job, BiConsumer<String, TargetGroup> action) {
    Map<String, List<TargetGroup>> copy = new LinkedHashMap<>();
    lock.lock();
    try {
      TargetSet set = sets.get(job);
      if (set != null) {
        for (String provider : set.all()) {
          Groups groups = providers.get(provider);
          if (groups != null) {
            copy.put(provider, List.copyOf(groups.bySource.values()));
          }
        }
      }
    } finally {
      lock.unlock();
    }
    copy.forEach((provider, groups) -> groups.forEach(group -> action.accept(provider, group)));
  }
}
