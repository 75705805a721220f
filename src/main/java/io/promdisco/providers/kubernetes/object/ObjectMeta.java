package io.promdisco.providers.kubernetes.object;

import io.promdisco.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * The fields of {@code metadata} that discovery reads.
 *
 * @param uid the object's uid
 * @param version the resource version as a number. A version that is not a decimal number becomes a
 *     negative hash, which allows checks for equality (KEP-5504 makes it a number that can be
 *     compared)
 * @param controller the owner that is its controller, if any
 */
public record ObjectMeta(
    ObjectKey key,
    String uid,
    long version,
    Labels labels,
    Labels annotations,
    @Nullable OwnerRef controller) {
  /** Whether it is known to be older than {@code version}. */
  public boolean isBefore(long version) {
    return this.version > 0 && this.version < version;
  }

  /** Its name. */
  public String name() {
    return key.name();
  }

  /** Its namespace, or an empty string. */
  public String namespace() {
    return key.namespace();
  }

  /**
   * An owner with {@code controller: true}.
   *
   * @param kind for example {@code ReplicaSet}
   * @param name its name, in the same namespace
   */
  public record OwnerRef(String kind, String name) {}
}
