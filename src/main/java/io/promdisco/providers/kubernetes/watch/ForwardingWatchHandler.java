package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.watch.ResourceClient.WatchHandler;

/** Passes the events of a watch on to another handler. */
public class ForwardingWatchHandler<V> implements WatchHandler<V> {
  private final WatchHandler<? super V> handler;

  /** Passes all events on to {@code handler}. */
  public ForwardingWatchHandler(WatchHandler<? super V> handler) {
    this.handler = handler;
  }

  @Override
  public void opened() {
    handler.opened();
  }

  @Override
  public void added(V object, String resourceVersion) {
    handler.added(object, resourceVersion);
  }

  @Override
  public void modified(V object, String resourceVersion) {
    handler.modified(object, resourceVersion);
  }

  @Override
  public void deleted(V object, String resourceVersion) {
    handler.deleted(object, resourceVersion);
  }

  @Override
  public void bookmark(String resourceVersion, boolean initialEventsEnd) {
    handler.bookmark(resourceVersion, initialEventsEnd);
  }
}
