package io.promdisco.providers.dns;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** Looks up many names at once, on the calling thread. Safe for all threads. */
final class DnsLookups {
  /** The largest number of names that are looked up at the same time; each needs a socket. */
  private static final int AT_ONCE = 256;

  private final int port;
  private final Duration timeout;

  /**
   * Creates lookups at {@code port} of the servers.
   *
   * @param timeout how long a server may take to accept a connection, and then to answer
   */
  DnsLookups(int port, Duration timeout) {
    this.port = port;
    this.timeout = timeout;
  }

  /**
   * Blocks until every name has been looked up, which takes at most a few seconds for each server
   * and domain of the search list.
   *
   * @param type of the records
   * @return the finished lookups by name, in order; see {@link DnsLookup#result}
   * @throws InterruptedException if the thread is interrupted; all sockets are closed then
   */
  Map<String, DnsLookup> run(ResolverSettings settings, int type, List<String> names)
      throws IOException, InterruptedException {
    Map<String, DnsLookup> lookups = new LinkedHashMap<>();
    try (Selector selector = Selector.open()) {
      for (String name : names) {
        lookups.computeIfAbsent(name, any -> new DnsLookup(settings, type, port, timeout, name));
      }
      try {
        run(selector, new ArrayDeque<>(lookups.values()));
      } finally {
        lookups.values().forEach(DnsLookup::close);
      }
    }
    return lookups;
  }

  private void run(Selector selector, Queue<DnsLookup> waiting)
      throws IOException, InterruptedException {
    List<DnsLookup> running = new ArrayList<>();
    while (true) {
      while (running.size() < AT_ONCE && !waiting.isEmpty()) {
        running.add(waiting.remove());
      }
      running.forEach(lookup -> lookup.ask(selector));
      if (running.removeIf(DnsLookup::isDone) && !waiting.isEmpty()) {
        continue;
      }
      if (running.isEmpty()) {
        return;
      }
      select(selector, running);
      for (DnsLookup lookup : running) {
        if (lookup.nanosLeft() <= 0) {
          lookup.expire();
        }
      }
    }
  }

  private static void select(Selector selector, List<DnsLookup> running)
      throws IOException, InterruptedException {
    long nanos = running.stream().mapToLong(DnsLookup::nanosLeft).min().orElse(0);
    if (nanos > 0) {
      selector.select(TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
    while (ready.hasNext()) {
      SelectionKey key = ready.next();
      ready.remove();
      if (key.attachment() instanceof DnsLookup lookup) {
        lookup.proceed();
      }
    }
  }
}
