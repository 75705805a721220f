package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Talks to one API server with one set of credentials. Safe for all threads; every call blocks its
 * caller and ends with {@link InterruptedException} when that thread is interrupted.
 */
public interface ResourceClient extends AutoCloseable {
  /** The server, for people: its URL without credentials. */
  String server();

  /** The namespace that this process runs in, if it runs in a cluster. */
  Optional<String> ownNamespace();

  /**
   * Reads one page of a list; {@code items} is called on the caller's thread.
   *
   * @param limit largest number of items; 0: all
   * @param continueToken of the page before; empty: from the start
   * @throws ApiException if the server refuses
   * @throws IOException if it cannot be reached or talks rubbish
   */
  <V extends KubeObject> Page list(
      Resource<V> resource,
      WatchScope scope,
      int limit,
      String continueToken,
      Consumer<? super V> items)
      throws IOException, InterruptedException;

  /**
   * Reads a whole list by pages, as {@link #list} does one; returns the version of the first, which
   * the others share.
   *
   * @param pageSize largest number of items of a page; 0: all
   * @throws IOException also if the server says that a page follows itself, which would never end
   */
  default <V extends KubeObject> String listAll(
      Resource<V> resource, WatchScope scope, int pageSize, Consumer<? super V> items)
      throws IOException, InterruptedException {
    Page page = list(resource, scope, pageSize, "", items);
    String version = page.resourceVersion();
    while (!page.continueToken().isEmpty()) {
      String token = page.continueToken();
      page = list(resource, scope, pageSize, token, items);
      if (page.continueToken().equals(token)) {
        throw new IOException(
            "the server gave the same continue token twice (expected: one for the next page)");
      }
    }
    return version;
  }

  /**
   * Watches until the server ends the stream in good order, which returns; {@code handler} is
   * called on the caller's thread.
   *
   * @param resourceVersion from where; empty: a streaming list (KEP-3157), which gives the newest
   *     state as ADDED events, then a bookmark
   * @param timeoutSeconds after which the server ends the watch
   * @throws ApiException if the server refuses or sends an ERROR event
   * @throws IOException if it cannot be reached, cuts the stream or talks rubbish
   */
  <V extends KubeObject> void watch(
      Resource<V> resource,
      WatchScope scope,
      String resourceVersion,
      int timeoutSeconds,
      WatchHandler<? super V> handler)
      throws IOException, InterruptedException;

  /** Closes all connections; calls that are under way end with an {@link IOException}. */
  @Override
  void close();

  /**
   * The end of a page.
   *
   * @param resourceVersion of the whole list
   * @param continueToken for the next page; empty: this was the last
   * @param remaining items that follow, if the server says so; otherwise -1
   */
  record Page(String resourceVersion, String continueToken, long remaining) {}

  /** Takes the events of a watch, in order. */
  interface WatchHandler<V> {
    /** The server has accepted the watch. Called once, before everything else. */
    default void opened() {}

    /** The object is there now. {@code resourceVersion} is the object's, as the server wrote it. */
    void added(V object, String resourceVersion);

    /** The object changed. */
    void modified(V object, String resourceVersion);

    /** The object is gone; this was its last state. */
    void deleted(V object, String resourceVersion);

    /**
     * Everything up to {@code resourceVersion} has been sent.
     *
     * @param initialEventsEnd whether this ends the initial events
     */
    void bookmark(String resourceVersion, boolean initialEventsEnd);
  }
}
