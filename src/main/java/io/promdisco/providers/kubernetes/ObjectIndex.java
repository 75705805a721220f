package io.promdisco.providers.kubernetes;

import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta.OwnerRef;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.role.EndpointSliceGroupBuilder;
import io.promdisco.providers.kubernetes.role.EndpointsGroupBuilder;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Leads from the key of an object to the objects of {@code resource} whose groups depend on it.
 *
 * @param resource the resource of the objects that are found
 * @param name the name of the index in its store; equal names mean equal functions
 * @param keys returns the keys of the objects that an object refers to, as text
 */
record ObjectIndex<V extends KubeObject>(
    Resource<V> resource, String name, Function<V, Collection<String>> keys) {

  static final ObjectIndex<PodView> PODS_BY_NODE =
      new ObjectIndex<>(
          Resource.PODS,
          "node",
          pod -> pod.nodeName().isEmpty() ? Set.of() : Set.of(pod.nodeName()));

  static final ObjectIndex<PodView> PODS_BY_REPLICA_SET =
      new ObjectIndex<>(Resource.PODS, "replicaset", pod -> owner(pod, "ReplicaSet"));

  static final ObjectIndex<PodView> PODS_BY_JOB =
      new ObjectIndex<>(Resource.PODS, "job", pod -> owner(pod, "Job"));

  static final ObjectIndex<EndpointsView> ENDPOINTS_BY_POD =
      new ObjectIndex<>(Resource.ENDPOINTS, "pod", ObjectIndex::podsOf);

  static final ObjectIndex<EndpointsView> ENDPOINTS_BY_NODE =
      new ObjectIndex<>(Resource.ENDPOINTS, "node", ObjectIndex::nodesOf);

  static final ObjectIndex<EndpointSliceView> SLICES_BY_POD =
      new ObjectIndex<>(Resource.ENDPOINT_SLICES, "pod", ObjectIndex::podsOf);

  static final ObjectIndex<EndpointSliceView> SLICES_BY_NODE =
      new ObjectIndex<>(Resource.ENDPOINT_SLICES, "node", ObjectIndex::nodesOf);

  static final ObjectIndex<EndpointSliceView> SLICES_BY_SERVICE =
      new ObjectIndex<>(
          Resource.ENDPOINT_SLICES,
          "service",
          slice -> {
            ObjectKey service = EndpointSliceGroupBuilder.serviceOf(slice);
            return service == null ? Set.of() : Set.of(service.toString());
          });

  /** Returns an index from a namespace to its objects. */
  static <V extends KubeObject> ObjectIndex<V> byNamespace(Resource<V> resource) {
    return new ObjectIndex<>(resource, "namespace", object -> Set.of(object.meta().namespace()));
  }

  private static Set<String> owner(PodView pod, String kind) {
    OwnerRef owner = pod.meta().controller();
    return owner == null || !owner.kind().equals(kind)
        ? Set.of()
        : Set.of(new ObjectKey(pod.meta().namespace(), owner.name()).toString());
  }

  private static Set<String> podsOf(EndpointsView endpoints) {
    Set<String> pods = new HashSet<>();
    for (EndpointsView.Subset subset : endpoints.subsets()) {
      subset.addresses().forEach(address -> addPod(pods, address.target()));
      subset.notReady().forEach(address -> addPod(pods, address.target()));
    }
    return pods;
  }

  private static Set<String> podsOf(EndpointSliceView slice) {
    Set<String> pods = new HashSet<>();
    slice.endpoints().forEach(endpoint -> addPod(pods, endpoint.target()));
    return pods;
  }

  private static void addPod(Set<String> pods, @Nullable ObjectRef target) {
    if (target != null && target.kind().equals("Pod")) {
      pods.add(new ObjectKey(target.namespace(), target.name()).toString());
    }
  }

  private static Set<String> nodesOf(EndpointsView endpoints) {
    Set<String> nodes = new HashSet<>();
    for (EndpointsView.Subset subset : endpoints.subsets()) {
      for (EndpointsView.Address address : subset.addresses()) {
        addNode(nodes, EndpointsGroupBuilder.attachedNode(address));
      }
      for (EndpointsView.Address address : subset.notReady()) {
        addNode(nodes, EndpointsGroupBuilder.attachedNode(address));
      }
    }
    return nodes;
  }

  private static Set<String> nodesOf(EndpointSliceView slice) {
    Set<String> nodes = new HashSet<>();
    for (EndpointSliceView.Endpoint endpoint : slice.endpoints()) {
      addNode(nodes, EndpointSliceGroupBuilder.attachedNode(endpoint));
    }
    return nodes;
  }

  private static void addNode(Set<String> nodes, @Nullable String name) {
    if (name != null) {
      nodes.add(name);
    }
  }
}
