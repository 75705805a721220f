package io.promdisco.providers.kubernetes.watch;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.ServiceView;

/** About how many bytes of memory an object takes in a store, with the groups made of it. */
final class ObjectCost {
  private static final int OBJECT = 500;
  private static final int PART = 150;

  /** Of a label: its name and mostly its value are shared with other objects. */
  private static final int LABEL = 40;

  /** More labels and annotations than this nobody means; each port gets them all. */
  private static final int USUAL_LABELS = 200;

  private static final int UNUSUAL_LABEL = 100;

  /** Longer texts are not shared. */
  private static final int SHARED = 64;

  private ObjectCost() {}

  static long of(KubeObject object) {
    ObjectMeta meta = object.meta();
    long parts = parts(object);
    int labels = meta.labels().size() + meta.annotations().size();
    long unusual = (long) UNUSUAL_LABEL * Math.max(0, labels - USUAL_LABELS);
    return OBJECT
        + labels(meta.labels())
        + labels(meta.annotations())
        + parts
        + unusual * Math.max(1, parts / PART);
  }

  private static long labels(Labels labels) {
    long bytes = 0;
    for (int i = 0; i < labels.size(); i++) {
      bytes += LABEL + text(labels.name(i)) + text(labels.value(i));
    }
    return bytes;
  }

  private static long text(String text) {
    return text.length() <= SHARED ? 0 : text.length();
  }

  private static long parts(KubeObject object) {
    if (object instanceof PodView pod) {
      long bytes = 0;
      for (PodView.Container container : pod.containers()) {
        bytes += PART + (long) PART * container.ports().size();
        bytes += text(container.image()) + text(container.id()) + text(container.name());
      }
      return bytes;
    }
    if (object instanceof EndpointSliceView slice) {
      return (long) PART * (slice.endpoints().size() + slice.ports().size());
    }
    if (object instanceof EndpointsView endpoints) {
      long bytes = 0;
      for (EndpointsView.Subset subset : endpoints.subsets()) {
        bytes +=
            (long) PART
                * (subset.addresses().size() + subset.notReady().size() + subset.ports().size());
      }
      return bytes;
    }
    if (object instanceof ServiceView service) {
      return (long) PART * (service.ports().size() + service.ingressIps().size());
    }
    if (object instanceof IngressView ingress) {
      long bytes = (long) PART * ingress.tlsHosts().size();
      for (IngressView.Rule rule : ingress.rules()) {
        bytes += PART;
        if (rule.paths() != null) {
          for (String path : rule.paths()) {
            bytes += PART + text(path);
          }
        }
      }
      return bytes;
    }
    if (object instanceof NodeView node) {
      return (long) PART * (node.addresses().size() + node.conditions().size());
    }
    return 0;
  }
}
