package io.promdisco.providers.kubernetes.object;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An {@code Endpoints} object. */
public record EndpointsView(ObjectMeta meta, List<Subset> subsets) implements KubeObject {

  /**
   * Addresses that share ports.
   *
   * @param addresses those that are ready
   * @param notReady those that are not
   */
  public record Subset(List<Address> addresses, List<Address> notReady, List<Port> ports) {}

  /**
   * An address. Null and empty differ: a field that was not set gives no label.
   *
   * @param ip the address
   * @param hostname may be empty
   * @param nodeName null: not set
   * @param target null: not set
   */
  public record Address(
      String ip, String hostname, @Nullable String nodeName, @Nullable ObjectRef target) {}

  /**
   * A port.
   *
   * @param name may be empty
   * @param protocol as {@code TCP}
   * @param appProtocol null: not set
   */
  public record Port(String name, int number, String protocol, @Nullable String appProtocol) {}
}
