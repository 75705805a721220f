package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An event of a watch.
 *
 * @param type the type of the event
 * @param object the object; for a bookmark, only its kind and metadata. Shared, and must not be
 *     changed
 * @param resourceVersion the version of the change
 * @param initialEventsEnd whether this is the bookmark that ends the initial events
 */
record SimEvent(Type type, ObjectNode object, long resourceVersion, boolean initialEventsEnd) {
  /** The type of an event, as named in the response. */
  public enum Type {
    /** The object was created, or has entered the selection. */
    ADDED,
    /** The object changed. */
    MODIFIED,
    /** The object was deleted, or has left the selection. */
    DELETED,
    /** Everything up to its resource version has been sent. */
    BOOKMARK
  }
}
