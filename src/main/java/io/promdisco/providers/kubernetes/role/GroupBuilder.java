package io.promdisco.providers.kubernetes.role;

import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;

/**
 * Makes the target group of an object. The answer depends on the arguments alone; a builder
 * remembers the label names that it made, so it is for one thread.
 *
 * <p>Labels with an empty value are left out: no target label of this mechanism has the name of a
 * group label, so there is nothing that an empty one could hide. Where two names of labels or
 * annotations become the same label name ({@code a.b} and {@code a_b}), the later one in order of
 * the original names counts, among those with a value; Prometheus takes any.
 *
 * @param <V> the view of the role's objects
 */
public interface GroupBuilder<V extends KubeObject> {
  /** The source of the group of the object at {@code key}, as {@code pod/shop/web-0}. */
  String source(ObjectKey key);

  /** The group of {@code object}; without targets if there is nothing to scrape. */
  default TargetGroup build(V object, ObjectLookup lookup) {
    return build(object, lookup, GroupMemory.unlimited());
  }

  /**
   * The same with a limit.
   *
   * @param memory counts the group
   * @throws GroupMemory.TooLargeException if it takes too much memory
   */
  TargetGroup build(V object, ObjectLookup lookup, GroupMemory memory);
}
