package io.promdisco.explain;

import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.explain.ExplainQuery.AddressQuery;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.ServiceView;
import io.promdisco.util.HostNames;
import java.util.Optional;
import java.util.stream.Collectors;

/** Describes how an address belongs to an object whose targets have another address. Pure. */
final class AddressOwners {
  private AddressOwners() {}

  /**
   * Returns, for example, {@code the cluster IP of service shop/web}; empty if it is not an address
   * of the service.
   */
  static Optional<String> of(ServiceView service, AddressQuery query) {
    return role(service, query)
        .map(
            role ->
                role
                    + " of "
                    + AbsenceReasons.name(Role.SERVICE, service.key())
                    + query.port().map(port -> withoutPort(service, port)).orElse(""));
  }

  private static Optional<String> role(ServiceView service, AddressQuery query) {
    if (!service.clusterIp().equals("None") && query.isHost(service.clusterIp())) {
      return Optional.of("the cluster IP");
    }
    if (service.furtherIps().stream().anyMatch(query::isHost)) {
      return Optional.of("a further IP");
    }
    if (query.isHost(service.loadBalancerIp())
        || service.ingressIps().stream().anyMatch(query::isHost)
        || service.ingressHosts().stream().anyMatch(query::isHost)) {
      return Optional.of("a load balancer's address");
    }
    if (!service.externalName().isEmpty() && query.isHost(service.externalName())) {
      return Optional.of("the external name");
    }
    String inDns = HostNames.canonical(service.meta().name() + "." + service.meta().namespace());
    boolean dns =
        query.host().equals(inDns)
            || query.host().equals(inDns + ".svc")
            || query.host().startsWith(inDns + ".svc.");
    return dns ? Optional.of("the DNS name") : Optional.empty();
  }

  private static String withoutPort(ServiceView service, int port) {
    return service.ports().stream().anyMatch(one -> one.number() == port)
        ? ""
        : ", which has no port "
            + port
            + " (its ports: "
            + service.ports().stream()
                .map(one -> Integer.toString(one.number()))
                .collect(Collectors.joining(", "))
            + ")";
  }

  /** Returns the description for a host in an ingress's rules. */
  static Optional<String> of(IngressView ingress, AddressQuery query) {
    return ingress.rules().stream().anyMatch(rule -> matches(rule.host(), query))
        ? Optional.of("a host of " + AbsenceReasons.name(Role.INGRESS, ingress.key()))
        : Optional.empty();
  }

  private static boolean matches(String host, AddressQuery query) {
    int dot = query.host().indexOf('.');
    return !host.isEmpty()
        && (query.isHost(host)
            || (host.startsWith("*.")
                && dot > 0
                && HostNames.canonical(host.substring(1)).equals(query.host().substring(dot))));
  }

  /**
   * Returns the description for an address of a node; empty if the query has another port than the
   * kubelet's.
   */
  static Optional<String> of(NodeView node, AddressQuery query) {
    if (query.port().isPresent() && query.port().get() != node.kubeletPort()) {
      return Optional.empty();
    }
    return node.addresses().stream()
        .filter(address -> query.isHost(address.address()))
        .findFirst()
        .map(
            address ->
                "the " + address.type() + " of " + AbsenceReasons.name(Role.NODE, node.key()));
  }

  /**
   * Returns the description for a further IP of a pod; empty if the query has a port that the pod
   * does not declare.
   */
  static Optional<String> of(PodView pod, AddressQuery query) {
    if (query.port().flatMap(port -> AbsenceReasons.port(pod, port)).isPresent()) {
      return Optional.empty();
    }
    return pod.furtherIps().stream().anyMatch(query::isHost)
        ? Optional.of(
            "a further IP of "
                + AbsenceReasons.name(Role.POD, pod.key())
                + ", whose targets use its first IP, "
                + pod.ip())
        : Optional.empty();
  }
}
