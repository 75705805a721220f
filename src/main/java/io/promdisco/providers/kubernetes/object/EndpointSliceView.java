package io.promdisco.providers.kubernetes.object;

import io.promdisco.model.Labels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An {@code EndpointSlice}.
 *
 * @param addressType as {@code IPv4}
 */
public record EndpointSliceView(
    ObjectMeta meta, String addressType, List<Endpoint> endpoints, List<Port> ports)
    implements KubeObject {

  /**
   * An endpoint. Null means that the field is not set.
   *
   * @param target what it stands for
   * @param deprecatedTopology as an old API version wrote it; may be empty
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
   * @param protocol as {@code TCP}
   * @param appProtocol as {@code http}
   */
  public record Port(
      @Nullable String name,
      @Nullable Integer number,
      @Nullable String protocol,
      @Nullable String appProtocol) {}
}
