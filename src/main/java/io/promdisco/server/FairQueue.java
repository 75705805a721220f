package io.promdisco.server;

import java.util.ArrayDeque;
import java.util.Deque;
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
  private final Map<ClientAddress, Line<T>> clients = new LinkedHashMap<>();
  private int size;

  /** The waiting items of one client. */
  private static final class Line<T> {
    final Map<String, Deque<T>> topics = new LinkedHashMap<>();
    int size;
  }

  /**
   * An empty queue.
   *
   * @param most the largest number of items
   * @param mostPerClient the largest number of items of one client
   */
  FairQueue(int most, int mostPerClient) {
    this.most = most;
    this.mostPerClient = mostPerClient;
  }

  /** Adds an item; returns false if the queue, or the client's share of it, is full. */
  synchronized boolean offer(ClientAddress client, String topic, T item) {
    Line<T> line = clients.get(client);
    if (size >= most || (line != null && line.size >= mostPerClient)) {
      return false;
    }
    add(client, topic, item);
    return true;
  }

  /** Adds an item that was accepted before, even if the queue is full. */
  synchronized void add(ClientAddress client, String topic, T item) {
    Line<T> line = clients.computeIfAbsent(client, key -> new Line<>());
    line.topics.computeIfAbsent(topic, key -> new ArrayDeque<>(2)).addLast(item);
    line.size++;
    size++;
  }

  /** Removes and returns the next item; null if the queue is empty. */
  synchronized @Nullable T poll() {
    if (clients.isEmpty()) {
      return null;
    }
    ClientAddress client = clients.keySet().iterator().next();
    Line<T> line = removed(clients, client);
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
