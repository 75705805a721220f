package io.promdisco.offline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes views as Kubernetes objects with only the fields of the view: no environment variables, no
 * arguments, no volumes.
 */
public final class ManifestWriter {
  private ManifestWriter() {}

  /** Returns the object of a view. Reading it results in an equal view. */
  public static ObjectNode of(Resource<?> resource, KubeObject view) {
    ObjectNode object = KubernetesJson.object();
    object.put("apiVersion", resource.apiVersion()).put("kind", resource.kind());
    object.set("metadata", meta(view.meta()));
    if (view instanceof PodView pod) {
      pod(object, pod);
    } else if (view instanceof NodeView node) {
      node(object, node);
    } else if (view instanceof ServiceView service) {
      service(object, service);
    } else if (view instanceof EndpointsView endpoints) {
      endpoints(object, endpoints);
    } else if (view instanceof EndpointSliceView slice) {
      slice(object, slice);
    } else if (view instanceof IngressView ingress) {
      ingress(object, ingress);
    }
    return object;
  }

  private static ObjectNode meta(ObjectMeta meta) {
    ObjectNode object = KubernetesJson.object();
    object.put("name", meta.name());
    text(object, "namespace", meta.namespace());
    text(object, "uid", meta.uid());
    object.put("resourceVersion", Long.toString(meta.version()));
    labels(object, "labels", meta.labels());
    labels(object, "annotations", meta.annotations());
    ObjectMeta.OwnerRef owner = meta.controller();
    if (owner != null) {
      object
          .putArray("ownerReferences")
          .addObject()
          .put("kind", owner.kind())
          .put("name", owner.name())
          .put("controller", true);
    }
    return object;
  }

  private static void pod(ObjectNode object, PodView pod) {
    ObjectNode spec = object.putObject("spec");
    text(spec, "nodeName", pod.nodeName());
    ObjectNode status = KubernetesJson.object();
    for (PodView.Container container : pod.containers()) {
      ObjectNode written =
          list(spec, container.init() ? "initContainers" : "containers").addObject();
      written.put("name", container.name());
      text(written, "image", container.image());
      for (PodView.Port port : container.ports()) {
        ObjectNode to = list(written, "ports").addObject();
        text(to, "name", port.name());
        to.put("containerPort", port.number());
        text(to, "protocol", port.protocol());
      }
      if (!container.id().isEmpty()) {
        list(status, container.init() ? "initContainerStatuses" : "containerStatuses")
            .addObject()
            .put("name", container.name())
            .put("containerID", container.id());
      }
    }
    text(status, "podIP", pod.ip());
    if (!pod.furtherIps().isEmpty()) {
      ArrayNode ips = status.putArray("podIPs");
      ips.addObject().put("ip", pod.ip());
      pod.furtherIps().forEach(ip -> ips.addObject().put("ip", ip));
    }
    text(status, "hostIP", pod.hostIp());
    status.put(
        "phase",
        pod.phase()); // Written even if it is empty, because a missing phase is read as Pending.
    if (!pod.ready().isEmpty()) {
      condition(status, "Ready", pod.ready());
    }
    object.set("status", status);
  }

  private static void node(ObjectNode object, NodeView node) {
    if (!node.providerId().isEmpty()) {
      object.putObject("spec").put("providerID", node.providerId());
    }
    ObjectNode status = object.putObject("status");
    for (NodeView.Address address : node.addresses()) {
      list(status, "addresses")
          .addObject()
          .put("type", address.type())
          .put("address", address.address());
    }
    node.conditions().forEach(condition -> condition(status, condition.type(), condition.status()));
    if (node.kubeletPort() != 0) {
      status
          .putObject("daemonEndpoints")
          .putObject("kubeletEndpoint")
          .put("Port", node.kubeletPort());
    }
  }

  private static void condition(ObjectNode status, String type, String value) {
    list(status, "conditions").addObject().put("type", type).put("status", value);
  }

  private static void service(ObjectNode object, ServiceView service) {
    ObjectNode spec = object.putObject("spec");
    text(spec, "type", service.type());
    text(spec, "clusterIP", service.clusterIp());
    text(spec, "externalName", service.externalName());
    text(spec, "loadBalancerIP", service.loadBalancerIp());
    if (!service.ipFamilies().isEmpty()) {
      spec.put("ipFamilyPolicy", "PreferDualStack");
      texts(spec, "ipFamilies", service.ipFamilies());
    }
    for (ServiceView.Port port : service.ports()) {
      ObjectNode to = list(spec, "ports").addObject();
      text(to, "name", port.name());
      to.put("port", port.number());
      text(to, "protocol", port.protocol());
      text(to, "appProtocol", port.appProtocol());
    }
    // Written as external IPs, because only the field that contains the address differs.
    if (!service.furtherIps().isEmpty()) {
      texts(spec, "externalIPs", service.furtherIps());
    }
    if (!service.ingressIps().isEmpty() || !service.ingressHosts().isEmpty()) {
      ArrayNode ingress = object.putObject("status").putObject("loadBalancer").putArray("ingress");
      service.ingressIps().forEach(ip -> ingress.addObject().put("ip", ip));
      service.ingressHosts().forEach(host -> ingress.addObject().put("hostname", host));
    }
  }

  private static void endpoints(ObjectNode object, EndpointsView endpoints) {
    for (EndpointsView.Subset subset : endpoints.subsets()) {
      ObjectNode to = list(object, "subsets").addObject();
      subset.addresses().forEach(address -> address(list(to, "addresses"), address));
      subset.notReady().forEach(address -> address(list(to, "notReadyAddresses"), address));
      for (EndpointsView.Port port : subset.ports()) {
        ObjectNode written = list(to, "ports").addObject();
        text(written, "name", port.name());
        written.put("port", port.number());
        text(written, "protocol", port.protocol());
        put(written, "appProtocol", port.appProtocol());
      }
    }
  }

  private static void address(ArrayNode list, EndpointsView.Address address) {
    ObjectNode to = list.addObject();
    to.put("ip", address.ip());
    text(to, "hostname", address.hostname());
    put(to, "nodeName", address.nodeName());
    reference(to, address.target());
  }

  private static void reference(ObjectNode to, @Nullable ObjectRef target) {
    if (target != null) {
      ObjectNode ref = to.putObject("targetRef").put("kind", target.kind());
      text(ref, "namespace", target.namespace());
      ref.put("name", target.name());
    }
  }

  private static void slice(ObjectNode object, EndpointSliceView slice) {
    object.put("addressType", slice.addressType());
    for (EndpointSliceView.Endpoint endpoint : slice.endpoints()) {
      ObjectNode to = list(object, "endpoints").addObject();
      texts(to, "addresses", endpoint.addresses());
      ObjectNode conditions = KubernetesJson.object();
      put(conditions, "ready", endpoint.ready());
      put(conditions, "serving", endpoint.serving());
      put(conditions, "terminating", endpoint.terminating());
      if (!conditions.isEmpty()) {
        to.set("conditions", conditions);
      }
      put(to, "hostname", endpoint.hostname());
      reference(to, endpoint.target());
      put(to, "nodeName", endpoint.nodeName());
      put(to, "zone", endpoint.zone());
      labels(to, "deprecatedTopology", endpoint.deprecatedTopology());
    }
    for (EndpointSliceView.Port port : slice.ports()) {
      ObjectNode to = list(object, "ports").addObject();
      put(to, "name", port.name());
      if (port.number() != null) {
        to.put("port", port.number());
      }
      put(to, "protocol", port.protocol());
      put(to, "appProtocol", port.appProtocol());
    }
  }

  private static void ingress(ObjectNode object, IngressView ingress) {
    ObjectNode spec = object.putObject("spec");
    put(spec, "ingressClassName", ingress.className());
    if (!ingress.tlsHosts().isEmpty()) {
      texts(spec.putArray("tls").addObject(), "hosts", ingress.tlsHosts());
    }
    for (IngressView.Rule rule : ingress.rules()) {
      ObjectNode to = list(spec, "rules").addObject();
      text(to, "host", rule.host());
      if (rule.paths() != null) {
        ArrayNode paths = to.putObject("http").putArray("paths");
        rule.paths().forEach(path -> paths.addObject().put("path", path));
      }
    }
  }

  private static ArrayNode list(ObjectNode object, String name) {
    return object.get(name) instanceof ArrayNode there ? there : object.putArray(name);
  }

  private static void texts(ObjectNode object, String name, List<String> values) {
    ArrayNode list = object.putArray(name);
    values.forEach(list::add);
  }

  private static void text(ObjectNode object, String name, String value) {
    if (!value.isEmpty()) {
      object.put(name, value);
    }
  }

  private static void put(ObjectNode object, String name, @Nullable String value) {
    if (value != null) {
      object.put(name, value);
    }
  }

  private static void put(ObjectNode object, String name, @Nullable Boolean value) {
    if (value != null) {
      object.put(name, value);
    }
  }

  private static void labels(ObjectNode object, String name, Labels labels) {
    if (!labels.isEmpty()) {
      ObjectNode to = object.putObject(name);
      labels.forEach(to::put);
    }
  }
}
