package io.promdisco.providers.kubernetes.watch;

/**
 * Is told of the changes of a store, in order, on a separate thread. What it throws is logged and
 * counted, the change is tried again a few times, and the next one follows.
 */
public interface ObjectListener<V> {
  /**
   * The object is there.
   *
   * @param initial whether it was there before this listener was, or belongs to the first list
   */
  void onAdd(V object, boolean initial);

  /** The object changed, or was delivered again by a resync: both are the same object then. */
  void onUpdate(V old, V now);

  /** The object is gone; this was its last known state. */
  void onDelete(V last);

  /** Everything of the first list has been told. Called once. */
  default void onSynced() {}
}
