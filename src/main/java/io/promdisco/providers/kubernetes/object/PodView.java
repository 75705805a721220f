package io.promdisco.providers.kubernetes.object;

import java.util.List;

/**
 * A pod.
 *
 * @param ip {@code status.podIP}; empty if there is none yet
 * @param hostIp {@code status.hostIP}
 * @param phase {@code status.phase}
 * @param ready the status of the first condition {@code Ready}, as written; empty if there is no
 *     such condition
 * @param nodeName {@code spec.nodeName}
 * @param containers the containers, then the init containers
 * @param furtherIps {@code status.podIPs} without the first, which is {@code ip}
 */
public record PodView(
    ObjectMeta meta,
    String ip,
    String hostIp,
    String phase,
    String ready,
    String nodeName,
    List<Container> containers,
    List<String> furtherIps)
    implements KubeObject {

  /**
   * A container.
   *
   * @param image as in the spec
   * @param id {@code containerID} of its status; empty if there is no status yet
   * @param init whether it is an init container
   */
  public record Container(String name, String image, String id, boolean init, List<Port> ports) {}

  /**
   * A declared port.
   *
   * @param name may be empty
   * @param protocol for example {@code TCP}
   */
  public record Port(String name, int number, String protocol) {}
}
