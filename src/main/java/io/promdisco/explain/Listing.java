package io.promdisco.explain;

import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.role.EndpointSliceGroupBuilder;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code Endpoints} object or an {@code EndpointSlice} lists.
 *
 * @param key its namespace and name
 * @param service the service that it belongs to
 * @param pods the pods that its addresses stand for
 * @param addresses how many there are
 * @param ports how many there are
 */
record Listing(
    ObjectKey key, Optional<ObjectKey> service, Set<ObjectKey> pods, int addresses, int ports) {

  static Listing of(EndpointsView endpoints) {
    Set<ObjectKey> pods = new HashSet<>();
    int addresses = 0;
    int ports = 0;
    for (EndpointsView.Subset subset : endpoints.subsets()) {
      subset.addresses().forEach(address -> add(address.target(), pods));
      subset.notReady().forEach(address -> add(address.target(), pods));
      addresses += subset.addresses().size() + subset.notReady().size();
      ports += subset.ports().size();
    }
    return new Listing(endpoints.key(), Optional.of(endpoints.key()), pods, addresses, ports);
  }

  static Listing of(EndpointSliceView slice) {
    Set<ObjectKey> pods = new HashSet<>();
    int addresses = 0;
    for (EndpointSliceView.Endpoint endpoint : slice.endpoints()) {
      add(endpoint.target(), pods);
      addresses += endpoint.addresses().size();
    }
    return new Listing(
        slice.key(),
        Optional.ofNullable(EndpointSliceGroupBuilder.serviceOf(slice)),
        pods,
        addresses,
        slice.ports().size());
  }

  private static void add(@Nullable ObjectRef target, Set<ObjectKey> pods) {
    if (target != null && target.kind().equals("Pod")) {
      pods.add(new ObjectKey(target.namespace(), target.name()));
    }
  }
}
