package io.promdisco.providers.kubernetes.object;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An {@code Endpoints} object. */
public record EndpointsView(ObjectMeta meta, List<Subset> subsets) implements KubeObject {

  /**
   * Addresses with the same ports.
   *
   * @param addresses the ready addresses
   * @param notReady the addresses that are not ready
   */
  public record Subset(List<Address> addresses, List<Address> notReady, List<Port> ports) {}

  /**
   * An address. Null and empty differ: a field that is not set results in no label.
   *
   * @param ip the address
   * @param hostname may be empty
   * @param nodeName null if not set
   * @param target null if not set
   */
  public record Address(
      String ip, String hostname, @Nullable String nodeName, @Nullable ObjectRef target) {}

  /**
   * A port.
   *
   * @param name may be empty
   * @param protocol for example {@code TCP}
   * @param appProtocol null if not set
   */
  public record Port(String name, int number, String protocol, @Nullable String appProtocol) {}
}
