package io.promdisco.explain;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.KubernetesSdConfig.Selector;
import io.promdisco.explain.Absence.Reason;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.object.ServiceView;
import io.promdisco.providers.kubernetes.role.NodeGroupBuilder;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Determines why an existing object is not discovered. Pure: results depend only on the arguments;
 * an empty result means that this check found no reason.
 */
final class AbsenceReasons {
  private static final int MOST_SHOWN = 3;

  private AbsenceReasons() {}

  /** Returns the resource from which a role's targets are made. */
  static Resource<?> resource(Role role) {
    return switch (role) {
      case NODE -> Resource.NODES;
      case POD -> Resource.PODS;
      case SERVICE -> Resource.SERVICES;
      case ENDPOINTS -> Resource.ENDPOINTS;
      case ENDPOINTSLICE -> Resource.ENDPOINT_SLICES;
      case INGRESS -> Resource.INGRESSES;
    };
  }

  /** Whether objects of this kind can result in targets of a role. */
  static boolean concerns(Role role, Role kind) {
    return switch (role) {
      case NODE, POD, SERVICE, INGRESS -> role == kind;
      case ENDPOINTS, ENDPOINTSLICE -> role == kind || kind == Role.POD || kind == Role.SERVICE;
    };
  }

  /** The kind of the objects that a monitor selects for targets of a role. */
  static Role selectable(Role role) {
    return role == Role.ENDPOINTS || role == Role.ENDPOINTSLICE ? Role.SERVICE : role;
  }

  /** An object as people write it. */
  static String name(Role kind, ObjectKey key) {
    return kind.text() + " " + key;
  }

  /** Checks the namespace of the object. */
  static Optional<Absence> namespace(Role kind, ObjectKey key, List<String> namespaces) {
    if (key.namespace().isEmpty() || namespaces.contains("")) {
      return Optional.empty();
    }
    return namespaces.contains(key.namespace())
        ? Optional.empty()
        : absence(
            Reason.NAMESPACE,
            name(kind, key)
                + " is in a namespace in which the job does not discover (expected: one of "
                + String.join(", ", namespaces)
                + ", listed in namespaces)");
  }

  /**
   * A monitor selects no object.
   *
   * @param selector the field of the monitor; empty: it takes all objects
   * @param namespaces where; the empty one stands for all
   * @param others what is there
   */
  static Absence unselected(
      Role kind, String selector, List<String> namespaces, List<KubeObject> others) {
    String where =
        namespaces.contains("")
            ? "in any namespace"
            : (namespaces.size() == 1 ? "in namespace " : "in the namespaces ")
                + String.join(", ", namespaces);
    if (others.isEmpty()) {
      return Absence.of(Reason.NOT_THERE, "there is no " + kind.text() + " " + where);
    }
    String shown =
        others.stream()
            .limit(MOST_SHOWN)
            .map(object -> object.key() + " (" + labels(object) + ")")
            .collect(Collectors.joining(", "));
    int more = others.size() - MOST_SHOWN;
    return Absence.of(
        Reason.SELECTOR,
        "no "
            + kind.text()
            + " "
            + where
            + " matches "
            + selector
            + "; those there, with their labels: "
            + shown
            + (more > 0 ? " and " + more + " more" : ""));
  }

  /** What a selector says of an object that it leaves out. */
  static Optional<Absence> selector(KubernetesSdConfig config, Role kind, KubeObject object) {
    Selector selector = config.selector(kind);
    StringBuilder text = new StringBuilder(name(kind, object.key()));
    text.append(" is left out by the selector of role ").append(kind.text()).append(" (");
    if (!selector.label().isEmpty()) {
      text.append("label: ").append(selector.label());
    }
    if (!selector.field().isEmpty()) {
      text.append(selector.label().isEmpty() ? "" : ", ").append("field: ");
      text.append(selector.field());
    }
    text.append("); its labels: ").append(labels(object));
    return absence(Reason.SELECTOR, text.toString());
  }

  /** The labels of an object; {@code none} if it has none. */
  static String labels(KubeObject object) {
    Map<String, String> labels = object.meta().labels().toMap();
    return labels.isEmpty()
        ? "none"
        : labels.entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue())
            .collect(Collectors.joining(", "));
  }

  /** Checks the address of a pod. */
  static Optional<Absence> address(PodView pod) {
    if (!pod.ip().isEmpty()) {
      return Optional.empty();
    }
    boolean ended = hasEnded(pod);
    return absence(
        Reason.NO_ADDRESS,
        name(Role.POD, pod.key())
            + " has no address"
            + (ended ? "" : " yet")
            + " (phase "
            + (pod.phase().isEmpty() ? "unknown" : pod.phase())
            + (pod.nodeName().isEmpty() ? ", not scheduled" : ", on node " + pod.nodeName())
            + (ended ? "; it has ended and will not get one" : "")
            + ")");
  }

  private static boolean hasEnded(PodView pod) {
    return pod.phase().equals("Succeeded") || pod.phase().equals("Failed");
  }

  /** Checks a pod for the role pod. */
  static Optional<Absence> pod(PodView pod) {
    Optional<Absence> address = address(pod);
    if (address.isPresent()) {
      return address;
    }
    return pod.containers().isEmpty()
        ? absence(Reason.NO_PORT, name(Role.POD, pod.key()) + " has no containers")
        : Optional.empty();
  }

  /** Checks whether the node of a pod is known. */
  static Optional<Absence> node(KubernetesSdConfig config, PodView pod, boolean known) {
    if (known || !config.attach().node()) {
      return Optional.empty();
    }
    Selector selector = config.selector(Role.NODE);
    boolean selects = !selector.label().isEmpty() || !selector.field().isEmpty();
    return absence(
        Reason.NO_NODE,
        name(Role.POD, pod.key())
            + (pod.nodeName().isEmpty()
                ? " is not assigned to a node yet"
                : " is on node " + pod.nodeName() + ", which is unknown")
            + ", and with attach_metadata.node, pods of unknown nodes are left out"
            + (selects ? "; perhaps the selector of role node excludes it" : ""));
  }

  /** Checks whether a container of a pod declares a port. */
  static Optional<Absence> port(PodView pod, int port) {
    StringBuilder declared = new StringBuilder();
    for (PodView.Container container : pod.containers()) {
      for (PodView.Port one : container.ports()) {
        if (one.number() == port) {
          return Optional.empty();
        }
        declared.append(declared.isEmpty() ? "" : ", ").append(one.number());
      }
    }
    return absence(
        Reason.NO_PORT,
        name(Role.POD, pod.key())
            + " has this address, but none of its containers declares port "
            + port
            + (declared.isEmpty()
                ? " or any other: it is discovered without a port"
                : " (declared: " + declared + ")"));
  }

  /** Checks a service for the role service. */
  static Optional<Absence> service(ServiceView service) {
    return service.ports().isEmpty()
        ? absence(
            Reason.NO_PORT,
            name(Role.SERVICE, service.key())
                + " has no ports"
                + (service.type().equals("ExternalName") ? " (it is of type ExternalName)" : ""))
        : Optional.empty();
  }

  /** Checks an ingress. */
  static Optional<Absence> ingress(IngressView ingress) {
    return ingress.rules().stream().allMatch(rule -> rule.paths() != null && rule.paths().isEmpty())
        ? absence(
            Reason.NO_PORT,
            name(Role.INGRESS, ingress.key())
                + " has no rule with a path (a default backend makes no target)")
        : Optional.empty();
  }

  /** Checks a node. */
  static Optional<Absence> node(NodeView node) {
    String name = name(Role.NODE, node.key());
    if (node.addresses().isEmpty()) {
      return absence(Reason.NO_ADDRESS, name + " has no address");
    }
    Set<String> types = new LinkedHashSet<>();
    node.addresses().forEach(address -> types.add(address.type()));
    return types.stream().anyMatch(NodeGroupBuilder.ADDRESS_TYPES::contains)
        ? Optional.empty()
        : absence(
            Reason.NO_ADDRESS,
            name
                + " has no address of a usable type (it has: "
                + String.join(", ", types)
                + "; usable are "
                + String.join(", ", NodeGroupBuilder.ADDRESS_TYPES)
                + ")");
  }

  /** Checks a pod for a role that takes addresses from endpoints or slices. */
  static Optional<Absence> listed(Role role, PodView pod, List<ListedEndpoints> listings) {
    Optional<Absence> address = address(pod);
    if (address.isPresent()) {
      return address;
    }
    List<ListedEndpoints> naming =
        listings.stream().filter(listing -> listing.pods().contains(pod.key())).toList();
    if (naming.isEmpty()) {
      return absence(
          Reason.NO_ENDPOINTS,
          "no "
              + role.text()
              + " object lists "
              + name(Role.POD, pod.key())
              + (hasEnded(pod)
                  ? ": it has ended (phase " + pod.phase() + ")"
                  : ": no service selects it (its labels: " + labels(pod) + ")"));
    }
    List<ListedEndpoints> used = naming.stream().filter(one -> one.skipped().isEmpty()).toList();
    if (used.isEmpty()) {
      return skipped(naming);
    }
    return used.stream().allMatch(listing -> listing.portless().contains(pod.key()))
        ? absence(
            Reason.NO_PORT,
            names(role, used) + " lists " + name(Role.POD, pod.key()) + " without a port")
        : Optional.empty();
  }

  private static Optional<Absence> skipped(List<ListedEndpoints> listings) {
    return listings.get(0).skipped().flatMap(reason -> absence(Reason.SECOND_FAMILY, reason));
  }

  /** Checks a service for a role that takes addresses from endpoints or slices. */
  static Optional<Absence> listed(Role role, ServiceView service, List<ListedEndpoints> listings) {
    List<ListedEndpoints> own =
        listings.stream()
            .filter(listing -> listing.service().equals(Optional.of(service.key())))
            .toList();
    String name = name(Role.SERVICE, service.key());
    if (own.isEmpty()) {
      return absence(
          Reason.NO_ENDPOINTS,
          name
              + " has no "
              + role.text()
              + " object"
              + (service.type().equals("ExternalName")
                  ? ": it is of type ExternalName"
                  : ": it has no selector, or its controller has not created one"));
    }
    return empty(name + ": ", role, own);
  }

  /** Checks endpoints for addresses, ports and an address family that is left out. */
  static Optional<Absence> empty(String prefix, Role role, List<ListedEndpoints> all) {
    List<ListedEndpoints> listings = all.stream().filter(one -> one.skipped().isEmpty()).toList();
    if (listings.isEmpty()) {
      return all.isEmpty() ? Optional.empty() : skipped(all);
    }
    if (listings.stream().allMatch(listing -> listing.addresses().isEmpty())) {
      return absence(
          Reason.NO_ADDRESS,
          prefix + names(role, listings) + " lists no address: no selected pod has one");
    }
    if (listings.stream().allMatch(listing -> listing.ports() == 0)) {
      return absence(Reason.NO_PORT, prefix + names(role, listings) + " lists no port");
    }
    return listings.stream().allMatch(listing -> listing.targets() == 0)
        ? absence(
            Reason.NO_PORT,
            prefix + names(role, listings) + " lists no port for any of its addresses")
        : Optional.empty();
  }

  private static String names(Role role, List<ListedEndpoints> listings) {
    return role.text()
        + " "
        + listings.stream()
            .map(listing -> listing.key().toString())
            .collect(Collectors.joining(", "));
  }

  static Optional<Absence> absence(Reason why, String reason) {
    return Optional.of(Absence.of(why, reason));
  }
}
