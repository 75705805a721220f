package io.promdisco.explain;

import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.ServiceView;
import io.promdisco.providers.kubernetes.role.EndpointSliceGroupBuilder;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The content of an {@code Endpoints} object or an {@code EndpointSlice}.
 *
 * @param key its namespace and name
 * @param service the service that it belongs to
 * @param pods the pods behind its addresses
 * @param portless the pods that it lists without a port
 * @param addresses the addresses
 * @param ports the number of ports
 * @param targets the number of pairs of an address and a port
 * @param skipped why the whole object is left out, if it is
 */
record ListedEndpoints(
    ObjectKey key,
    Optional<ObjectKey> service,
    Set<ObjectKey> pods,
    Set<ObjectKey> portless,
    Set<String> addresses,
    int ports,
    int targets,
    Optional<String> skipped) {

  static ListedEndpoints of(EndpointsView endpoints) {
    Set<ObjectKey> pods = new HashSet<>();
    Set<ObjectKey> withPort = new HashSet<>();
    Set<String> addresses = new LinkedHashSet<>();
    int ports = 0;
    int targets = 0;
    for (EndpointsView.Subset subset : endpoints.subsets()) {
      Set<ObjectKey> here = new HashSet<>();
      subset.addresses().forEach(address -> add(address.target(), here));
      subset.notReady().forEach(address -> add(address.target(), here));
      subset.addresses().forEach(address -> addresses.add(address.ip()));
      subset.notReady().forEach(address -> addresses.add(address.ip()));
      ports += subset.ports().size();
      targets += subset.ports().size() * (subset.addresses().size() + subset.notReady().size());
      pods.addAll(here);
      if (!subset.ports().isEmpty()) {
        withPort.addAll(here);
      }
    }
    Set<ObjectKey> portless = new HashSet<>(pods);
    portless.removeAll(withPort);
    return new ListedEndpoints(
        endpoints.key(),
        Optional.of(endpoints.key()),
        pods,
        portless,
        addresses,
        ports,
        targets,
        Optional.empty());
  }

  /**
   * Returns the content of a slice.
   *
   * @param service the service that it belongs to; null if unknown
   */
  static ListedEndpoints of(EndpointSliceView slice, @Nullable ServiceView service) {
    Set<ObjectKey> pods = new HashSet<>();
    Set<String> addresses = new LinkedHashSet<>();
    for (EndpointSliceView.Endpoint endpoint : slice.endpoints()) {
      add(endpoint.target(), pods);
      addresses.addAll(endpoint.addresses());
    }
    return new ListedEndpoints(
        slice.key(),
        Optional.ofNullable(EndpointSliceGroupBuilder.serviceOf(slice)),
        pods,
        slice.ports().isEmpty() ? pods : Set.of(),
        addresses,
        slice.ports().size(),
        addresses.size() * slice.ports().size(),
        service != null && EndpointSliceGroupBuilder.isSecondFamily(slice, service)
            ? Optional.of(secondFamily(slice, service))
            : Optional.empty());
  }

  private static String secondFamily(EndpointSliceView slice, ServiceView service) {
    return "endpointslice "
        + slice.key()
        + " is of address family "
        + slice.addressType()
        + ", and service "
        + service.key()
        + " is dual-stack with "
        + service.ipFamilies().get(0)
        + " first: Prometheus leaves out slices of the second family";
  }

  private static void add(@Nullable ObjectRef target, Set<ObjectKey> pods) {
    if (target != null && target.kind().equals("Pod")) {
      pods.add(new ObjectKey(target.namespace(), target.name()));
    }
  }
}
