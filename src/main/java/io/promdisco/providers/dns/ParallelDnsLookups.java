package io.promdisco.providers.dns;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Looks up many names in parallel, on the calling thread. Safe for all threads. */
final class ParallelDnsLookups {
  /** The maximum number of names that are looked up at the same time; each needs a socket. */
  private static final int AT_ONCE = 256;

  private final int port;
  private final Duration timeout;

  /**
   * Creates lookups at {@code port} of the servers.
   *
   * @param timeout how long a server may take to accept a connection, and again to answer
   */
  ParallelDnsLookups(int port, Duration timeout) {
    this.port = port;
    this.timeout = timeout;
  }

  /**
   * Blocks until every name was looked up, which takes at most a few seconds for each server and
   * domain of the search list.
   *
   * @param type the record type
   * @param finished called for each name when it was looked up, so that the records of many names
   *     need not be stored
   * @throws InterruptedException if the thread is interrupted; then all sockets are closed
   */
  void run(ResolverSettings settings, int type, List<String> names, Finished finished)
      throws IOException, InterruptedException {
    Queue<String> waiting = new ArrayDeque<>(new LinkedHashSet<>(names));
    List<DnsLookup> running = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      try {
        run(
            selector,
            running,
            waiting,
            name -> new DnsLookup(settings, type, port, timeout, name),
            finished);
      } finally {
        running.forEach(DnsLookup::close);
      }
    }
  }

  /** Receives finished lookups. */
  @FunctionalInterface
  interface Finished {
    /** See {@link DnsLookup#result}. */
    void accept(DnsLookup lookup) throws InterruptedException;
  }

  private static void run(
      Selector selector,
      List<DnsLookup> running,
      Queue<String> waiting,
      Function<String, DnsLookup> lookup,
      Finished finished)
      throws IOException, InterruptedException {
    while (true) {
      while (running.size() < AT_ONCE && !waiting.isEmpty()) {
        running.add(lookup.apply(waiting.remove()));
      }
      running.forEach(each -> each.ask(selector));
      boolean isAnyDone = false;
      for (Iterator<DnsLookup> all = running.iterator(); all.hasNext(); ) {
        DnsLookup each = all.next();
        if (each.isDone()) {
          all.remove();
          finished.accept(each);
          isAnyDone = true;
        }
      }
      if (isAnyDone && !waiting.isEmpty()) {
        continue;
      }
      if (running.isEmpty()) {
        return;
      }
      select(selector, running);
      for (DnsLookup each : running) {
        if (each.nanosLeft() <= 0) {
          each.expire();
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
