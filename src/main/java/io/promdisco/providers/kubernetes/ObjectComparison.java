package io.promdisco.providers.kubernetes;

import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.ServiceView;

/** Compares two versions of an object. */
final class ObjectComparison {
  private ObjectComparison() {}

  /**
   * Whether two versions do not differ in anything that a label may depend on. A view contains only
   * what discovery reads, so everything but the resource version counts; the heartbeat of a node
   * changes nothing else.
   */
  static boolean same(KubeObject before, KubeObject now) {
    return sameMeta(before, now) && with(before.meta(), now).equals(before);
  }

  /** Whether two versions have the same metadata. */
  static boolean sameMeta(KubeObject before, KubeObject now) {
    ObjectMeta old = before.meta();
    ObjectMeta meta = now.meta();
    ObjectMeta aged =
        new ObjectMeta(
            meta.key(),
            meta.uid(),
            old.version(),
            meta.labels(),
            meta.annotations(),
            meta.controller());
    return old.equals(aged);
  }

  private static KubeObject with(ObjectMeta meta, KubeObject object) {
    if (object instanceof PodView pod) {
      return new PodView(
          meta,
          pod.ip(),
          pod.hostIp(),
          pod.phase(),
          pod.ready(),
          pod.nodeName(),
          pod.containers(),
          pod.furtherIps());
    }
    if (object instanceof NodeView node) {
      return new NodeView(
          meta, node.providerId(), node.addresses(), node.conditions(), node.kubeletPort());
    }
    if (object instanceof ServiceView service) {
      return new ServiceView(
          meta,
          service.type(),
          service.clusterIp(),
          service.externalName(),
          service.loadBalancerIp(),
          service.ingressIps(),
          service.ipFamilies(),
          service.ports(),
          service.furtherIps(),
          service.ingressHosts());
    }
    if (object instanceof EndpointsView endpoints) {
      return new EndpointsView(meta, endpoints.subsets());
    }
    if (object instanceof EndpointSliceView slice) {
      return new EndpointSliceView(meta, slice.addressType(), slice.endpoints(), slice.ports());
    }
    if (object instanceof IngressView ingress) {
      return new IngressView(meta, ingress.className(), ingress.rules(), ingress.tlsHosts());
    }
    if (object instanceof MetadataView) {
      return new MetadataView(meta);
    }
    // An unknown kind counts as changed: building too often is better than too rarely.
    return object;
  }
}
