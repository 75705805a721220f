package io.promdisco.providers.kubernetes.object;

import io.promdisco.model.Labels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An {@code EndpointSlice}.
 *
 * @param addressType for example {@code IPv4}
 */
public record EndpointSliceView(
    ObjectMeta meta, String addressType, List<Endpoint> endpoints, List<Port> ports)
    implements KubeObject {

  /**
   * An endpoint. Null means that the field is not set.
   *
   * @param target the object behind the endpoint
   * @param deprecatedTopology a field of an old API version; may be empty
   */
  public record Endpoint(
      List<String> addresses,
      @Nullable Boolean ready,
      @Nullable Boolean serving,
      @Nullable Boolean terminating,
      @Nullable String hostname,
      @Nullable ObjectRef target,
      @Nullable String nodeName,
      @Nullable String zone,
      Labels deprecatedTopology) {}

  /**
   * A port. Null means that the field is not set.
   *
   * @param protocol for example {@code TCP}
   * @param appProtocol for example {@code http}
   */
  public record Port(
      @Nullable String name,
      @Nullable Integer number,
      @Nullable String protocol,
      @Nullable String appProtocol) {}
}
