package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.offline.ObjectSelector;
import org.jspecify.annotations.Nullable;

/**
 * A write to an object.
 *
 * @param revision the revision of the write
 * @param key the key of the object in its table
 * @param before null if the object did not exist
 * @param after null if the object was deleted
 */
record ObjectChange(
    long revision, String key, @Nullable ObjectNode before, @Nullable ObjectNode after) {

  /** Returns the event that a watch on {@code selection} gets; null for none. */
  @Nullable SimEvent seenBy(ObjectSelector selection) {
    boolean was = before != null && selection.matches(before);
    if (after != null && selection.matches(after)) {
      SimEvent.Type type = was ? SimEvent.Type.MODIFIED : SimEvent.Type.ADDED;
      return new SimEvent(type, after, revision, false);
    }
    if (was && before != null) {
      ObjectNode last = withRevision(before, revision);
      return new SimEvent(SimEvent.Type.DELETED, last, revision, false);
    }
    return null;
  }

  /** Returns a copy of {@code object} that shares everything but its metadata. */
  private static ObjectNode withRevision(ObjectNode object, long revision) {
    ObjectNode copy = KubernetesJson.object();
    copy.setAll(object);
    ObjectNode metadata = KubernetesJson.object();
    metadata.setAll(KubernetesJson.child(object, "metadata"));
    metadata.put("resourceVersion", Long.toString(revision));
    copy.set("metadata", metadata);
    return copy;
  }
}
