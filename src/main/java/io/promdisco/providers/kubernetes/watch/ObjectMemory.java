package io.promdisco.providers.kubernetes.watch;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.DocumentView;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The approximate memory of an object in a store, including the groups made from it, in bytes.
 * Counts every text and every list of the object, because a server can make any of them long. For
 * one thread.
 */
final class ObjectMemory {
  private static final int OBJECT = 500;
  private static final int PART = 150;

  /** The bytes of a label; its name, and usually its value, are shared with other objects. */
  private static final int LABEL = 40;

  /** The usual maximum number of labels and annotations; each port gets all of them. */
  private static final int USUAL_LABELS = 200;

  private static final int UNUSUAL_LABEL = 100;

  /** The length above which texts are not shared. */
  private static final int SHARED = 64;

  private long parts;
  private long text;

  private ObjectMemory() {}

  static long of(KubeObject object) {
    ObjectMemory cost = new ObjectMemory();
    ObjectMeta meta = object.meta();
    cost.texts(meta.namespace(), meta.name(), meta.uid());
    if (meta.controller() != null) {
      cost.texts(meta.controller().kind(), meta.controller().name());
    }
    cost.add(object);
    int labels = meta.labels().size() + meta.annotations().size();
    long unusual = (long) UNUSUAL_LABEL * Math.max(0, labels - USUAL_LABELS);
    return OBJECT
        + labels(meta.labels())
        + labels(meta.annotations())
        + cost.text
        + PART * cost.parts
        + unusual * Math.max(1, cost.parts);
  }

  private static long labels(Labels labels) {
    long bytes = 0;
    for (int i = 0; i < labels.size(); i++) {
      bytes += LABEL + text(labels.name(i)) + text(labels.value(i));
    }
    return bytes;
  }

  private static long text(@Nullable String text) {
    return text == null || text.length() <= SHARED ? 0 : text.length();
  }

  private void texts(@Nullable String... texts) {
    for (String each : texts) {
      text += text(each);
    }
  }

  /** Counts a part with these texts. */
  private void part(@Nullable String... texts) {
    parts++;
    texts(texts);
  }

  /** Counts a part for each text. */
  private void parts(List<String> texts) {
    texts.forEach(this::part);
  }

  private void reference(@Nullable ObjectRef target) {
    if (target != null) {
      texts(target.kind(), target.namespace(), target.name());
    }
  }

  private void add(KubeObject object) {
    if (object instanceof PodView pod) {
      add(pod);
    } else if (object instanceof EndpointSliceView slice) {
      add(slice);
    } else if (object instanceof EndpointsView endpoints) {
      endpoints.subsets().forEach(this::add);
    } else if (object instanceof ServiceView service) {
      add(service);
    } else if (object instanceof IngressView ingress) {
      add(ingress);
    } else if (object instanceof DocumentView document) {
      add(document.document());
    } else if (object instanceof NodeView node) {
      texts(node.providerId());
      node.addresses().forEach(address -> part(address.type(), address.address()));
      node.conditions().forEach(condition -> part(condition.type(), condition.status()));
    }
  }

  private void add(JsonNode document) {
    part(document.textValue());
    document.properties().forEach(field -> texts(field.getKey()));
    document.forEach(this::add);
  }

  private void add(PodView pod) {
    texts(pod.ip(), pod.hostIp(), pod.phase(), pod.ready(), pod.nodeName());
    parts(pod.furtherIps());
    for (PodView.Container container : pod.containers()) {
      part(container.name(), container.image(), container.id());
      container.ports().forEach(port -> part(port.name(), port.protocol()));
    }
  }

  private void add(EndpointSliceView slice) {
    texts(slice.addressType());
    for (EndpointSliceView.Endpoint endpoint : slice.endpoints()) {
      part(endpoint.hostname(), endpoint.nodeName(), endpoint.zone());
      reference(endpoint.target());
      text += labels(endpoint.deprecatedTopology());
      endpoint.addresses().stream().skip(1).forEach(this::part); // There is usually one.
      endpoint.addresses().stream().limit(1).forEach(this::texts);
    }
    slice.ports().forEach(port -> part(port.name(), port.protocol(), port.appProtocol()));
  }

  private void add(EndpointsView.Subset subset) {
    subset.addresses().forEach(this::add);
    subset.notReady().forEach(this::add);
    subset.ports().forEach(port -> part(port.name(), port.protocol(), port.appProtocol()));
  }

  private void add(EndpointsView.Address address) {
    part(address.ip(), address.hostname(), address.nodeName());
    reference(address.target());
  }

  private void add(ServiceView service) {
    texts(service.type(), service.clusterIp(), service.externalName(), service.loadBalancerIp());
    parts(service.ingressIps());
    parts(service.ipFamilies());
    parts(service.furtherIps());
    parts(service.ingressHosts());
    service.ports().forEach(port -> part(port.name(), port.protocol(), port.appProtocol()));
  }

  private void add(IngressView ingress) {
    texts(ingress.className());
    parts(ingress.tlsHosts());
    for (IngressView.Rule rule : ingress.rules()) {
      part(rule.host());
      if (rule.paths() != null) {
        parts(rule.paths());
      }
    }
  }
}
