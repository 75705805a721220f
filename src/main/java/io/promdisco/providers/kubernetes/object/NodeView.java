package io.promdisco.providers.kubernetes.object;

import java.util.List;

/**
 * A node.
 *
 * @param providerId {@code spec.providerID}
 * @param addresses {@code status.addresses}, in order
 * @param conditions {@code status.conditions}, in order
 * @param kubeletPort port of the kubelet's end point; 0 if not set
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
   * @param type as {@code InternalIP}
   */
  public record Address(String type, String address) {}

  /**
   * A condition.
   *
   * @param type as {@code Ready}
   * @param status as {@code True}
   */
  public record Condition(String type, String status) {}
}
