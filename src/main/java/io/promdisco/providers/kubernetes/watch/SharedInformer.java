package io.promdisco.providers.kubernetes.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.SourceMemory;
import io.promdisco.util.Ticker;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One watch and one store for any number of listeners. Safe for all threads.
 *
 * <p>The reflector's thread writes the store and notifies the listeners under one lock, so that a
 * new listener gets the whole store and then every later change, each once and in order.
 */
final class SharedInformer<V extends KubeObject> implements AutoCloseable {
  /**
   * The number of notifications of the first list that are passed on together, so that a listener
   * is not woken for each object. In later lists most objects are unchanged, and changes are passed
   * on immediately.
   */
  private static final int CHUNK = 256;

  /** The number of deleted objects that are remembered, to recognize late events. */
  private static final int DELETED = 512;

  /** The maximum length of a uid that is remembered; those of Kubernetes have 36 characters. */
  private static final int LONGEST_UID = 256;

  private final ObjectStore<V> store = new ObjectStore<>();
  private final Changes changes = new Changes();
  private final Reflector<V> reflector;
  private final InformerOptions options;

  @GuardedBy("this")
  private final SourceMemory memory;

  private final MemoryBudget.Share share;

  private final Ticker ticker;
  private final Metrics metrics;

  @GuardedBy("this")
  private final List<ListenerRegistration> listeners = new ArrayList<>();

  /** The objects that the current list has not contained yet; null if there is no list. */
  @GuardedBy("this")
  private @Nullable ObjectHashTable<V> unseen;

  @GuardedBy("this")
  private boolean listing;

  /** The objects that were deleted last, by uid, with the version of the deletion. */
  @GuardedBy("this")
  private final Map<String, Long> deleted =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > DELETED;
        }
      };

  /** Notifications of the current list that listeners have not received. */
  @GuardedBy("this")
  private List<ListenerRunner.Notice<V>> held = new ArrayList<>();

  @GuardedBy("this")
  private boolean synced;

  @GuardedBy("this")
  private boolean closed;

  /**
   * Creates an informer that is not started.
   *
   * @param streams whether the server can stream lists; shared by all informers of a server
   */
  SharedInformer(
      ResourceClient client,
      Resource<V> resource,
      WatchScope scope,
      InformerOptions options,
      Ticker ticker,
      Metrics metrics,
      AtomicBoolean streams,
      WatchHealth health) {
    this.options = options;
    share = options.memory().shareOfObjects();
    memory = share.reading(0);
    this.ticker = ticker;
    this.metrics = metrics;
    reflector =
        new Reflector<>(
            client, resource, scope, options, ticker, metrics, streams, changes, health);
  }

  /** The registration of a listener. */
  public interface Registration extends AutoCloseable {
    /** Whether the listener has received all objects of the first list. */
    boolean hasSynced();

    /** Ends the registration; waiting notifications are dropped. */
    @Override
    void close();
  }

  void start() {
    reflector.start();
  }

  /** Returns the receiver for the reflector. */
  Reflector.Sink<V> sink() {
    return changes;
  }

  /** The known objects. */
  public ObjectStore<V> store() {
    return store;
  }

  /** Whether the first list is complete. */
  public synchronized boolean hasSynced() {
    return synced;
  }

  /**
   * Sends all known objects to {@code listener} as added, and then every change.
   *
   * @param name the name of its thread
   * @param resync how often to send all objects again, from the store and not from the server; zero
   *     for never; periods below the minimum of the options are extended
   */
  public Registration addListener(
      String name, ObjectListener<? super V> listener, Duration resync) {
    ListenerRegistration registration =
        new ListenerRegistration(new ListenerRunner<>(name, listener, ticker, metrics));
    synchronized (this) {
      if (closed) {
        registration.runner.close();
        return registration;
      }
      flush(); // The store contains what is held back; the new listener gets the whole store.
      registration.runner.putAll(store.all(), object -> told -> told.onAdd(object, true));
      if (synced) {
        registration.runner.putSynced();
      }
      listeners.add(registration);
      if (!resync.isZero()) {
        Duration least = options.minResync();
        registration.resyncEvery(resync.compareTo(least) < 0 ? least : resync);
      }
    }
    return registration;
  }

  @GuardedBy("this")
  private void tell(ListenerRunner.Notice<V> notice) {
    if (listeners.isEmpty()) {
      return;
    }
    held.add(notice);
    if (synced || held.size() >= CHUNK) {
      flush();
    }
  }

  @GuardedBy("this")
  private void flush() {
    if (!held.isEmpty()) {
      for (ListenerRegistration registration : listeners) {
        registration.runner.putAll(held);
      }
      held.clear();
    }
  }

  /** Ends the watch and the threads of the listeners. */
  @Override
  public void close() {
    List<ListenerRegistration> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(listeners);
    }
    reflector.close();
    open.forEach(ListenerRegistration::close);
    share.close();
  }

  private final class ListenerRegistration implements Registration {
    final ListenerRunner<V> runner;
    private volatile boolean ended; // written by close
    private volatile Ticker.@Nullable Alarm resync; // written under the informer's lock

    ListenerRegistration(ListenerRunner<V> runner) {
      this.runner = runner;
    }

    void resyncEvery(Duration period) {
      resync = ticker.every(period, this::resync);
    }

    private void resync() {
      synchronized (SharedInformer.this) {
        // A listener that needs longer than the period gets the next resync when it has caught up.
        if (!ended && !closed && !runner.isResyncing()) {
          flush();
          runner.putResync(store.all());
        }
      }
    }

    @Override
    public boolean hasSynced() {
      return runner.hasSynced();
    }

    @Override
    public void close() {
      synchronized (SharedInformer.this) {
        ended = true;
        listeners.remove(this);
        Ticker.Alarm alarm = resync;
        if (alarm != null) {
          alarm.cancel();
        }
      }
      runner.close();
    }
  }

  /** Processes what the reflector finds, on its thread. */
  private final class Changes implements Reflector.Sink<V> {
    @Override
    public void listing() {
      synchronized (SharedInformer.this) {
        listing = true;
        deleted
            .clear(); // Objects in a list exist, even older versions of them, because a backup may
        // have been restored.
        unseen = store.size() == 0 ? null : store.copy();
      }
    }

    @Override
    public void put(V object) {
      synchronized (SharedInformer.this) {
        if (unseen != null) {
          unseen.remove(object.key());
        }
        V before = store.get(object.key());
        if (before == null ? isDeleted(object) : isKnown(before, object)) {
          return;
        }
        hold(ObjectMemory.of(object) - (before == null ? 0 : ObjectMemory.of(before)));
        store.put(object);
        boolean initial = !synced;
        if (before == null) {
          tell(told -> told.onAdd(object, initial));
        } else {
          tell(told -> told.onUpdate(before, object));
        }
      }
    }

    /**
     * Counts the memory of an object before it is stored; an object that exceeds the limit is
     * rejected.
     */
    @GuardedBy("SharedInformer.this")
    private void hold(long bytes) {
      try {
        memory.takeUnderPressure(bytes);
      } catch (SourceMemory.ExceededException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Whether the store contains the object in this version or a newer one. */
    @GuardedBy("SharedInformer.this")
    private boolean isKnown(V before, V object) {
      long known = before.meta().version();
      return before.meta().uid().equals(object.meta().uid())
          && (object.meta().version() == known || (!listing && object.meta().isBefore(known)));
    }

    /** Whether the object was deleted, and this event is older than the deletion. */
    @GuardedBy("SharedInformer.this")
    private boolean isDeleted(V object) {
      Long version = listing ? null : deleted.get(object.meta().uid());
      return version != null && object.meta().isBefore(version);
    }

    @Override
    public void remove(V object) {
      synchronized (SharedInformer.this) {
        ObjectKey key = object.key();
        if (unseen != null) {
          unseen.remove(key);
        }
        V last = store.remove(key);
        if (last != null) {
          hold(-ObjectMemory.of(last));
          if (object.meta().uid().length() <= LONGEST_UID) {
            deleted.put(object.meta().uid(), object.meta().version());
          }
          tell(told -> told.onDelete(last));
        }
      }
    }

    @Override
    public void listed() {
      synchronized (SharedInformer.this) {
        ObjectHashTable<V> gone = unseen;
        unseen = null;
        listing = false;
        if (gone != null) {
          gone.toList().forEach(this::remove);
        }
        SharedInformer.this.flush();
        if (!synced) {
          synced = true;
          listeners.forEach(registration -> registration.runner.putSynced());
        }
      }
    }

    @Override
    public void flush() {
      synchronized (SharedInformer.this) {
        SharedInformer.this.flush();
      }
    }

    @Override
    public int size() {
      return store.size();
    }

    @Override
    public Map<String, Integer> countByNamespace() {
      Map<String, Integer> counts = new HashMap<>();
      store.forEach(object -> counts.merge(object.key().namespace(), 1, Integer::sum));
      return counts;
    }
  }
}
