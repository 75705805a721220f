package io.promdisco.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits, by client and by topic. Clients take turns, and the topics of one client take turns,
 * so that a client that asks for much delays itself. Safe for all threads.
 */
final class FairQueue<T> {
  private final int most;
  private final int mostPerClient;
  private final Map<ClientAddress, Line<T>> clients = new LinkedHashMap<>();
  private int size;

  /** What one client waits for. */
  private static final class Line<T> {
    final Map<String, Deque<T>> topics = new LinkedHashMap<>();
    int size;
  }

  /**
   * An empty queue.
   *
   * @param most how much waits at most
   * @param mostPerClient how much of one client waits at most
   */
  FairQueue(int most, int mostPerClient) {
    this.most = most;
    this.mostPerClient = mostPerClient;
  }

  /** Adds something; false if the queue, or the client's share of it, is full. */
  synchronized boolean offer(ClientAddress client, String topic, T item) {
    Line<T> line = clients.get(client);
    if (size >= most || (line != null && line.size >= mostPerClient)) {
      return false;
    }
    add(client, topic, item);
    return true;
  }

  /** Adds something that has been let in before, whether or not the queue is full. */
  synchronized void add(ClientAddress client, String topic, T item) {
    Line<T> line = clients.computeIfAbsent(client, key -> new Line<>());
    line.topics.computeIfAbsent(topic, key -> new ArrayDeque<>(2)).addLast(item);
    line.size++;
    size++;
  }

  /** Takes what is next; null if nothing waits. */
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
