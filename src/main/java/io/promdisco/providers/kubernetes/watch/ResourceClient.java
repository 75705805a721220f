package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A client of one API server with one set of credentials. Safe for all threads. Every call blocks,
 * and throws {@link InterruptedException} if its thread is interrupted.
 */
public interface ResourceClient extends AutoCloseable {
  /** The server for people: its URL without credentials. */
  String server();

  /** The namespace of this process, if it runs in a cluster. */
  Optional<String> ownNamespace();

  /**
   * Reads one page of a list. Calls {@code items} on the calling thread.
   *
   * @param limit the maximum number of items; 0 for all
   * @param continueToken the token of the previous page; empty for the first page
   * @throws ApiException if the server rejects the request
   * @throws IOException if it cannot be reached or its answer is invalid
   */
  <V extends KubeObject> Page list(
      Resource<V> resource,
      WatchScope scope,
      int limit,
      String continueToken,
      Consumer<? super V> items)
      throws IOException, InterruptedException;

  /**
   * Reads a whole list in pages, each as {@link #list} does. Returns the version of the first page,
   * which the others share.
   *
   * @param pageSize the maximum number of items of a page; 0 for all
   * @throws IOException also if the server repeats a continue token, because the list would never
   *     end
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
            "the server sent the same continue token twice (expected: the token of the next page)");
      }
    }
    return version;
  }

  /**
   * Watches until the server ends the stream normally. Calls {@code handler} on the calling thread.
   *
   * @param resourceVersion the version after which to watch; empty for a streaming list (KEP-3157),
   *     which sends the newest state as ADDED events and then a bookmark
   * @param timeoutSeconds the time after which the server ends the watch
   * @throws ApiException if the server rejects the request or sends an ERROR event
   * @throws IOException if it cannot be reached, cuts the stream off or sends invalid data
   */
  <V extends KubeObject> void watch(
      Resource<V> resource,
      WatchScope scope,
      String resourceVersion,
      int timeoutSeconds,
      WatchHandler<? super V> handler)
      throws IOException, InterruptedException;

  /** Closes all connections. Running calls fail with an {@link IOException}. */
  @Override
  void close();

  /**
   * The end of a page.
   *
   * @param resourceVersion the version of the whole list
   * @param continueToken the token for the next page; empty after the last page
   * @param remaining the number of following items, or -1 if the server does not send it
   */
  record Page(String resourceVersion, String continueToken, long remaining) {}

  /** Receives the events of a watch in order. */
  interface WatchHandler<V> {
    /** Called once, before everything else, when the server has accepted the watch. */
    default void opened() {}

    /**
     * Called for a new object. {@code resourceVersion} is that of the object, as the server sent
     * it.
     */
    void added(V object, String resourceVersion);

    /** Called for a changed object. */
    void modified(V object, String resourceVersion);

    /** Called for a deleted object with its last state. */
    void deleted(V object, String resourceVersion);

    /**
     * Called when everything up to {@code resourceVersion} was sent.
     *
     * @param initialEventsEnd whether this is the end of the initial events
     */
    void bookmark(String resourceVersion, boolean initialEventsEnd);
  }
}
