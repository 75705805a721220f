package io.promdisco.providers.kubernetes.object;

import java.util.List;

/**
 * A service.
 *
 * @param type for example {@code ClusterIP}
 * @param clusterIp {@code spec.clusterIP}
 * @param externalName {@code spec.externalName}
 * @param loadBalancerIp the deprecated {@code spec.loadBalancerIP}
 * @param ingressIps the {@code status.loadBalancer.ingress[].ip} that are not empty
 * @param ipFamilies {@code spec.ipFamilies}, the primary one first, if {@code spec.ipFamilyPolicy}
 *     is {@code PreferDualStack} or {@code RequireDualStack}; otherwise empty
 * @param furtherIps {@code spec.clusterIPs} without the first, which is {@code clusterIp}, then
 *     {@code spec.externalIPs}
 * @param ingressHosts the {@code status.loadBalancer.ingress[].hostname} that are not empty
 */
public record ServiceView(
    ObjectMeta meta,
    String type,
    String clusterIp,
    String externalName,
    String loadBalancerIp,
    List<String> ingressIps,
    List<String> ipFamilies,
    List<Port> ports,
    List<String> furtherIps,
    List<String> ingressHosts)
    implements KubeObject {

  /**
   * A port.
   *
   * @param name may be empty
   * @param protocol for example {@code TCP}
   * @param appProtocol may be empty
   */
  public record Port(String name, int number, String protocol, String appProtocol) {}
}
