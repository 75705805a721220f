package io.promdisco.providers.kubernetes.object;

import java.util.List;

/**
 * A node.
 *
 * @param providerId {@code spec.providerID}
 * @param addresses {@code status.addresses}, in order
 * @param conditions {@code status.conditions}, in order
 * @param kubeletPort port of the kubelet's endpoint; 0 if not set
 */
public record NodeView(
    ObjectMeta meta,
    String providerId,
    List<Address> addresses,
    List<Condition> conditions,
    int kubeletPort)
    implements KubeObject {

  /**
   * An address.
   *
   * @param type for example {@code InternalIP}
   */
  public record Address(String type, String address) {}

  /**
   * A condition.
   *
   * @param type for example {@code Ready}
   * @param status for example {@code True}
   */
  public record Condition(String type, String status) {}
}
