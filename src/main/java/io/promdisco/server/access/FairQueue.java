package io.promdisco.server.access;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue in which clients take turns, and so do the topics of each client, so that a client with
 * many requests delays only itself. Safe for all threads.
 */
final class FairQueue<T> {
  private final int most;
  private final int mostPerClient;
  private final Map<ClientAddress, ClientItems<T>> clients = new LinkedHashMap<>();

  /** The number of items of each client that were taken and are not finished. */
  private final Map<ClientAddress, Integer> taken = new HashMap<>();

  private final int mostTaken;
  private int size;

  /** An item and its client. */
  record Taken<T>(ClientAddress client, T item) {}

  /** The waiting items of one client. */
  private static final class ClientItems<T> {
    final Map<String, Deque<T>> topics = new LinkedHashMap<>();
    int size;
  }

  /**
   * Creates an empty queue.
   *
   * @param most the maximum number of items; a client without items may exceed it by one
   * @param mostPerClient the maximum number of items of one client
   * @param mostTaken the maximum number of items of one client that are taken and not finished
   */
  FairQueue(int most, int mostPerClient, int mostTaken) {
    this.most = most;
    this.mostPerClient = mostPerClient;
    this.mostTaken = mostTaken;
  }

  /**
   * Adds an item. Returns false if the queue, or the client's share of it, is full. A client
   * without waiting items is always accepted, so other clients cannot lock it out.
   */
  synchronized boolean offer(ClientAddress client, String topic, T item) {
    ClientItems<T> line = clients.get(client);
    if (line != null && (size >= most || line.size >= mostPerClient)) {
      return false;
    }
    add(client, topic, item);
    return true;
  }

  /** Adds an item that was accepted before, even if the queue is full. */
  synchronized void add(ClientAddress client, String topic, T item) {
    ClientItems<T> line = clients.computeIfAbsent(client, key -> new ClientItems<>());
    line.topics.computeIfAbsent(topic, key -> new ArrayDeque<>(2)).addLast(item);
    line.size++;
    size++;
  }

  /**
   * Removes and returns the next item, which counts as taken until {@link #finish}. Returns null if
   * none is waiting, or if each client with waiting items has taken as many as it may.
   */
  synchronized @Nullable Taken<T> poll() {
    for (ClientAddress client : clients.keySet()) {
      int now = taken.getOrDefault(client, 0);
      if (now < mostTaken) {
        taken.put(client, now + 1);
        return new Taken<>(client, next(client));
      }
    }
    return null;
  }

  /** Finishes a taken item of a client. */
  synchronized void finish(ClientAddress client) {
    taken.computeIfPresent(client, (key, now) -> now == 1 ? null : now - 1);
  }

  private T next(ClientAddress client) {
    ClientItems<T> line = removed(clients, client);
    String topic = line.topics.keySet().iterator().next();
    Deque<T> items = removed(line.topics, topic);
    T item = items.removeFirst();
    size--;
    line.size--;
    if (!items.isEmpty()) {
      line.topics.put(topic, items); // behind the others
    }
    if (line.size > 0) {
      clients.put(client, line);
    }
    return item;
  }

  private static <K, V> V removed(Map<K, V> map, K key) {
    V value = map.remove(key);
    if (value == null) {
      throw new IllegalStateException("not in the queue: " + key);
    }
    return value;
  }
}
