package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An event of a watch.
 *
 * @param type what happened
 * @param object the object; of a bookmark only its kind and metadata. Shared: do not change it
 * @param resourceVersion at which it happened
 * @param initialEventsEnd whether this is the bookmark that ends the initial events
 */
record SimEvent(Type type, ObjectNode object, long resourceVersion, boolean initialEventsEnd) {
  /** What happened, named as on the response. */
  public enum Type {
    /** The object is there now, or has entered the selection. */
    ADDED,
    /** The object changed. */
    MODIFIED,
    /** The object is gone, or has left the selection. */
    DELETED,
    /** Everything up to its resource version has been sent. */
    BOOKMARK
  }
}
