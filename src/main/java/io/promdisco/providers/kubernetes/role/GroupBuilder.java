package io.promdisco.providers.kubernetes.role;

import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;

/**
 * Makes the target group of an object. The result depends only on the arguments, but a builder
 * remembers label names, so it is for one thread.
 *
 * <p>Labels with an empty value are left out: no target label of this mechanism has the name of a
 * group label, so there is nothing that an empty one could hide. If two names of labels or
 * annotations become the same label name ({@code a.b} and {@code a_b}), the later one in the order
 * of the original names is used, among those with a value; in Prometheus it can be either.
 *
 * @param <V> the view of the role's objects
 */
public interface GroupBuilder<V extends KubeObject> {
  /** The source of the group of the object at {@code key}, for example {@code pod/shop/web-0}. */
  String source(ObjectKey key);

  /** Returns the group of {@code object}, without targets if there is nothing to scrape. */
  default TargetGroup build(V object, ObjectLookup lookup) {
    return build(object, lookup, GroupMemory.unlimited());
  }

  /**
   * Does the same with a memory limit.
   *
   * @param memory counts the memory of the group
   * @throws GroupMemory.TooLargeException if it needs too much memory
   */
  TargetGroup build(V object, ObjectLookup lookup, GroupMemory memory);
}
