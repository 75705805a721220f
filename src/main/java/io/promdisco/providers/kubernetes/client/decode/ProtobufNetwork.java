package io.promdisco.providers.kubernetes.client.decode;

import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.BYTES;
import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.VARINT;

import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads nodes, services and ingresses. Field numbers are those of {@code
 * k8s.io/api/{core,networking}/v1/generated.proto}. For one thread.
 */
final class ProtobufNetwork {
  /** Both policies under which the address families of a service matter end like this. */
  static final String DUAL_STACK = "DualStack";

  private final ProtobufCursor wire;
  private final ProtobufMetadata metas;

  ProtobufNetwork(ProtobufCursor wire, ProtobufMetadata metas) {
    this.wire = wire;
    this.metas = metas;
  }

  /** Reads the node at the cursor to its end. */
  NodeView node() throws IOException {
    ObjectMeta meta = null;
    String providerId = "";
    NodeStatus status = new NodeStatus();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> meta = metas.read();
        case 2 << 3 | BYTES -> providerId = wire.stringOf(3 << 3 | BYTES);
        case 3 << 3 | BYTES -> readNodeStatus(status);
        default -> wire.skip(tag);
      }
    }
    return new NodeView(
        metas.orNone(meta),
        providerId,
        List.copyOf(status.addresses),
        List.copyOf(status.conditions),
        status.kubeletPort);
  }

  private static final class NodeStatus {
    final List<NodeView.Address> addresses = new ArrayList<>(4);
    final List<NodeView.Condition> conditions = new ArrayList<>(8);
    int kubeletPort;
  }

  private void readNodeStatus(NodeStatus status) throws IOException {
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 4 << 3 | BYTES ->
            readPair((type, value) -> status.conditions.add(new NodeView.Condition(type, value)));
        case 5 << 3 | BYTES ->
            readPair((type, value) -> status.addresses.add(new NodeView.Address(type, value)));
        case 6 << 3 | BYTES -> status.kubeletPort = readKubeletPort();
        default -> wire.skip(tag);
      }
    }
  }

  private interface Pair {
    void accept(String first, String second);
  }

  /** Reads the fields 1 and 2 of a message. */
  private void readPair(Pair pair) throws IOException {
    String first = "";
    String second = "";
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> first = wire.sharedString();
        case 2 << 3 | BYTES -> second = wire.sharedString();
        default -> wire.skip(tag);
      }
    }
    pair.accept(first, second);
  }

  /** Reads {@code daemonEndpoints}: the port of its {@code kubeletEndpoint}. */
  private int readKubeletPort() throws IOException {
    int port = 0;
    wire.open();
    while (wire.find(1 << 3 | BYTES)) {
      wire.open();
      while (wire.find(1 << 3 | VARINT)) {
        port = wire.int32();
      }
    }
    return port;
  }

  private static final class ServiceSpec {
    final List<ServiceView.Port> ports = new ArrayList<>(4);
    final List<String> ipFamilies = new ArrayList<>(2);
    final List<String> clusterIps = new ArrayList<>(2);
    final List<String> externalIps = new ArrayList<>(0);
    String type = "";
    String clusterIp = "";
    String externalName = "";
    String loadBalancerIp = "";
    String ipFamilyPolicy = "";
  }

  /** Reads the service at the cursor to its end. */
  ServiceView service() throws IOException {
    ObjectMeta meta = null;
    ServiceSpec spec = new ServiceSpec();
    List<String> ingressIps = new ArrayList<>(2);
    List<String> ingressHosts = new ArrayList<>(0);
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> meta = metas.read();
        case 2 << 3 | BYTES -> readServiceSpec(spec);
        case 3 << 3 | BYTES -> readLoadBalancer(ingressIps, ingressHosts);
        default -> wire.skip(tag);
      }
    }
    return new ServiceView(
        metas.orNone(meta),
        spec.type,
        spec.clusterIp,
        spec.externalName,
        spec.loadBalancerIp,
        List.copyOf(ingressIps),
        spec.ipFamilyPolicy.endsWith(DUAL_STACK) ? List.copyOf(spec.ipFamilies) : List.of(),
        List.copyOf(spec.ports),
        furtherIps(spec),
        List.copyOf(ingressHosts));
  }

  private static List<String> furtherIps(ServiceSpec spec) {
    if (spec.clusterIps.size() < 2 && spec.externalIps.isEmpty()) {
      return List.of();
    }
    List<String> ips = new ArrayList<>(spec.clusterIps);
    if (!ips.isEmpty()) {
      ips.remove(0); // clusterIP contains it
    }
    ips.addAll(spec.externalIps);
    return List.copyOf(ips);
  }

  private void readServiceSpec(ServiceSpec spec) throws IOException {
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> spec.ports.add(readServicePort());
        case 3 << 3 | BYTES -> spec.clusterIp = wire.string();
        case 4 << 3 | BYTES -> spec.type = wire.sharedString();
        case 5 << 3 | BYTES -> spec.externalIps.add(wire.string());
        case 8 << 3 | BYTES -> spec.loadBalancerIp = wire.string();
        case 10 << 3 | BYTES -> spec.externalName = wire.string();
        case 17 << 3 | BYTES -> spec.ipFamilyPolicy = wire.sharedString();
        case 18 << 3 | BYTES -> spec.clusterIps.add(wire.string());
        case 19 << 3 | BYTES -> spec.ipFamilies.add(wire.sharedString());
        default -> wire.skip(tag);
      }
    }
  }

  private ServiceView.Port readServicePort() throws IOException {
    String name = "";
    int number = 0;
    String protocol = "";
    String appProtocol = "";
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> name = wire.sharedString();
        case 2 << 3 | BYTES -> protocol = wire.sharedString();
        case 3 << 3 | VARINT -> number = wire.int32();
        case 6 << 3 | BYTES -> appProtocol = wire.sharedString();
        default -> wire.skip(tag);
      }
    }
    return new ServiceView.Port(name, number, protocol, appProtocol);
  }

  /** Reads a {@code ServiceStatus}: the addresses and host names of its load balancer. */
  private void readLoadBalancer(List<String> ips, List<String> hosts) throws IOException {
    wire.open();
    while (wire.find(1 << 3 | BYTES)) {
      wire.open();
      while (wire.find(1 << 3 | BYTES)) {
        readPair(
            (ip, host) -> {
              addIfSet(ips, ip);
              addIfSet(hosts, host);
            });
      }
    }
  }

  private static void addIfSet(List<String> texts, String text) {
    if (!text.isEmpty()) {
      texts.add(text);
    }
  }

  private static final class IngressSpec {
    final List<IngressView.Rule> rules = new ArrayList<>(4);
    final List<String> tlsHosts = new ArrayList<>(4);
    @Nullable String className;
  }

  /** Reads the ingress at the cursor to its end. */
  IngressView ingress() throws IOException {
    ObjectMeta meta = null;
    IngressSpec spec = new IngressSpec();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> meta = metas.read();
        case 2 << 3 | BYTES -> readIngressSpec(spec);
        default -> wire.skip(tag);
      }
    }
    return new IngressView(
        metas.orNone(meta), spec.className, List.copyOf(spec.rules), List.copyOf(spec.tlsHosts));
  }

  private void readIngressSpec(IngressSpec spec) throws IOException {
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 2 << 3 | BYTES -> readTlsHosts(spec.tlsHosts);
        case 3 << 3 | BYTES -> spec.rules.add(readRule());
        case 4 << 3 | BYTES -> spec.className = wire.sharedString();
        default -> wire.skip(tag);
      }
    }
  }

  private void readTlsHosts(List<String> hosts) throws IOException {
    wire.open();
    while (wire.find(1 << 3 | BYTES)) {
      hosts.add(wire.string());
    }
  }

  private IngressView.Rule readRule() throws IOException {
    String host = "";
    List<String> paths = null;
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> host = wire.string();
        case 2 << 3 | BYTES -> paths = readRuleValue(paths);
        default -> wire.skip(tag);
      }
    }
    return new IngressView.Rule(host, paths == null ? null : List.copyOf(paths));
  }

  /** Reads an {@code IngressRuleValue}: the paths in its http part, if there is one. */
  private @Nullable List<String> readRuleValue(@Nullable List<String> before) throws IOException {
    List<String> paths = before;
    wire.open();
    while (wire.find(1 << 3 | BYTES)) {
      paths = paths == null ? new ArrayList<>(4) : paths;
      wire.open();
      while (wire.find(1 << 3 | BYTES)) {
        paths.add(wire.stringOf(1 << 3 | BYTES));
      }
    }
    return paths;
  }
}
