package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.offline.ObjectSelector;
import org.jspecify.annotations.Nullable;

/**
 * A write.
 *
 * @param revision of the write
 * @param key of the object in its table
 * @param before null: it was not there
 * @param after null: it is gone
 */
record ObjectChange(
    long revision, String key, @Nullable ObjectNode before, @Nullable ObjectNode after) {

  /** What a watch on {@code selection} sees of it; null: nothing. */
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

  /** A copy of {@code object} that shares all but its metadata. */
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
