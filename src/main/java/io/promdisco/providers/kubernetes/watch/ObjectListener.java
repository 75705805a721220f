package io.promdisco.providers.kubernetes.watch;

/**
 * Receives the changes of a store, in order, on a separate thread. If it throws an exception, that
 * is logged and counted, the change is retried a few times, and then the next one follows.
 */
public interface ObjectListener<V> {
  /**
   * Called for a new object.
   *
   * @param initial whether the object existed before the listener, or belongs to the first list
   */
  void onAdd(V object, boolean initial);

  /**
   * Called for a changed object, and for each object in a resync; then both arguments are the same
   * object.
   */
  void onUpdate(V old, V now);

  /** Called for a deleted object with its last known state. */
  void onDelete(V last);

  /** Called once, after all objects of the first list. */
  default void onSynced() {}
}
