package io.promdisco.util;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes resources in reverse order. A failure does not prevent closing the others. */
public final class Closer implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Adds {@code resource} and returns it. */
  public synchronized <T extends AutoCloseable> T add(T resource) {
    open.push(resource);
    return resource;
  }

  /**
   * Closes everything.
   *
   * @throws IllegalStateException if a resource could not be closed, with the first failure as
   *     cause and the others suppressed in it
   */
  @Override
  public synchronized void close() {
    Exception first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw new IllegalStateException("could not close all resources", first);
    }
  }
}
