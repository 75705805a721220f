package io.promdisco.providers.kubernetes.object;

import io.promdisco.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * What discovery reads of {@code metadata}.
 *
 * @param uid the object's uid
 * @param version the resource version as a number; a version that is no decimal number is held as a
 *     hash less than 0, so that equality can still be asked (KEP-5504 makes it a number that may be
 *     compared)
 * @param controller the owner that controls it, if any
 */
public record ObjectMeta(
    ObjectKey key,
    String uid,
    long version,
    Labels labels,
    Labels annotations,
    @Nullable OwnerRef controller) {
  /** Whether it is known to be from before {@code version}. */
  public boolean isBefore(long version) {
    return this.version > 0 && this.version < version;
  }

  /** Its name. */
  public String name() {
    return key.name();
  }

  /** Its namespace, or the empty string. */
  public String namespace() {
    return key.namespace();
  }

  /**
   * An owner with {@code controller: true}.
   *
   * @param kind as {@code ReplicaSet}
   * @param name its name, in the same namespace
   */
  public record OwnerRef(String kind, String name) {}
}
