package io.promdisco.providers.kubernetes.client.decode;

import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.bytesTag;

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
  /** Ends both policies under which a service's families count. */
  static final String DUAL_STACK = "DualStack";

  private static final int META = bytesTag(1);
  private static final int SPEC = bytesTag(2);
  private static final int STATUS = bytesTag(3);

  private final ProtobufCursor wire;
  private final StringTable strings;
  private final ProtobufMetadata metas;

  ProtobufNetwork(ProtobufCursor wire, SharedValues shared, ProtobufMetadata metas) {
    this.wire = wire;
    this.strings = shared.strings();
    this.metas = metas;
  }

  /** Reads the node that the cursor is in to its end. */
  NodeView node() throws IOException {
    ObjectMeta meta = null;
    String providerId = "";
    NodeStatus status = new NodeStatus();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == META) {
        meta = metas.read();
      } else if (tag == SPEC) {
        providerId = stringField(3);
      } else if (tag == STATUS) {
        readNodeStatus(status);
      } else {
        wire.skip(tag);
      }
    }
    return new NodeView(
        meta == null ? metas.none() : meta,
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

  /** Reads one string field of the message that follows. */
  private String stringField(int field) throws IOException {
    String value = "";
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(field)) {
        value = wire.string();
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return value;
  }

  private void readNodeStatus(NodeStatus status) throws IOException {
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(4)) {
        readPair((type, value) -> status.conditions.add(new NodeView.Condition(type, value)));
      } else if (tag == bytesTag(5)) {
        readPair((type, value) -> status.addresses.add(new NodeView.Address(type, value)));
      } else if (tag == bytesTag(6)) {
        status.kubeletPort = readKubeletPort();
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
  }

  private interface Pair {
    void accept(String first, String second);
  }

  /** Reads a message's fields 1 and 2. */
  private void readPair(Pair pair) throws IOException {
    String first = "";
    String second = "";
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(1)) {
        first = wire.string(strings);
      } else if (tag == bytesTag(2)) {
        second = wire.string(strings);
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    pair.accept(first, second);
  }

  private int readKubeletPort() throws IOException {
    int port = 0;
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(1)) {
        int endpoint = wire.open();
        for (int inner = wire.tag(); inner != 0; inner = wire.tag()) {
          if (inner == 1 << 3) {
            port = wire.int32();
          } else {
            wire.skip(inner);
          }
        }
        wire.close(endpoint);
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
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

  /** Reads the service that the cursor is in to its end. */
  ServiceView service() throws IOException {
    ObjectMeta meta = null;
    ServiceSpec spec = new ServiceSpec();
    List<String> ingressIps = new ArrayList<>(2);
    List<String> ingressHosts = new ArrayList<>(0);
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == META) {
        meta = metas.read();
      } else if (tag == SPEC) {
        readServiceSpec(spec);
      } else if (tag == STATUS) {
        readLoadBalancer(ingressIps, ingressHosts);
      } else {
        wire.skip(tag);
      }
    }
    return new ServiceView(
        meta == null ? metas.none() : meta,
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
      ips.remove(0); // clusterIP holds it
    }
    ips.addAll(spec.externalIps);
    return List.copyOf(ips);
  }

  private void readServiceSpec(ServiceSpec spec) throws IOException {
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(1)) {
        spec.ports.add(readServicePort());
      } else if (tag == bytesTag(3)) {
        spec.clusterIp = wire.string();
      } else if (tag == bytesTag(4)) {
        spec.type = wire.string(strings);
      } else if (tag == bytesTag(5)) {
        spec.externalIps.add(wire.string());
      } else if (tag == bytesTag(18)) {
        spec.clusterIps.add(wire.string());
      } else if (tag == bytesTag(8)) {
        spec.loadBalancerIp = wire.string();
      } else if (tag == bytesTag(10)) {
        spec.externalName = wire.string();
      } else if (tag == bytesTag(17)) {
        spec.ipFamilyPolicy = wire.string(strings);
      } else if (tag == bytesTag(19)) {
        spec.ipFamilies.add(wire.string(strings));
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
  }

  private ServiceView.Port readServicePort() throws IOException {
    String name = "";
    int number = 0;
    String protocol = "";
    String appProtocol = "";
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(1)) {
        name = wire.string(strings);
      } else if (tag == bytesTag(2)) {
        protocol = wire.string(strings);
      } else if (tag == 3 << 3) {
        number = wire.int32();
      } else if (tag == bytesTag(6)) {
        appProtocol = wire.string(strings);
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return new ServiceView.Port(name, number, protocol, appProtocol);
  }

  private void readLoadBalancer(List<String> ips, List<String> hosts) throws IOException {
    int status = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag != bytesTag(1)) {
        wire.skip(tag);
        continue;
      }
      int balancer = wire.open();
      for (int inner = wire.tag(); inner != 0; inner = wire.tag()) {
        if (inner == bytesTag(1)) {
          readPair(
              (ip, host) -> {
                if (!ip.isEmpty()) {
                  ips.add(ip);
                }
                if (!host.isEmpty()) {
                  hosts.add(host);
                }
              });
        } else {
          wire.skip(inner);
        }
      }
      wire.close(balancer);
    }
    wire.close(status);
  }

  private static final class IngressSpec {
    final List<IngressView.Rule> rules = new ArrayList<>(4);
    final List<String> tlsHosts = new ArrayList<>(4);
    @Nullable String className;
  }

  /** Reads the ingress that the cursor is in to its end. */
  IngressView ingress() throws IOException {
    ObjectMeta meta = null;
    IngressSpec spec = new IngressSpec();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == META) {
        meta = metas.read();
      } else if (tag == SPEC) {
        readIngressSpec(spec);
      } else {
        wire.skip(tag);
      }
    }
    return new IngressView(
        meta == null ? metas.none() : meta,
        spec.className,
        List.copyOf(spec.rules),
        List.copyOf(spec.tlsHosts));
  }

  private void readIngressSpec(IngressSpec spec) throws IOException {
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(2)) {
        readTlsHosts(spec.tlsHosts);
      } else if (tag == bytesTag(3)) {
        spec.rules.add(readRule());
      } else if (tag == bytesTag(4)) {
        spec.className = wire.string(strings);
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
  }

  private void readTlsHosts(List<String> hosts) throws IOException {
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(1)) {
        hosts.add(wire.string());
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
  }

  private IngressView.Rule readRule() throws IOException {
    String host = "";
    List<String> paths = null;
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(1)) {
        host = wire.string();
      } else if (tag == bytesTag(2)) {
        paths = readRuleValue(paths);
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return new IngressView.Rule(host, paths == null ? null : List.copyOf(paths));
  }

  /** Reads an {@code IngressRuleValue}: the paths of its http part, if it has one. */
  private @Nullable List<String> readRuleValue(@Nullable List<String> before) throws IOException {
    List<String> paths = before;
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag != bytesTag(1)) {
        wire.skip(tag);
        continue;
      }
      if (paths == null) {
        paths = new ArrayList<>(4);
      }
      int http = wire.open();
      for (int inner = wire.tag(); inner != 0; inner = wire.tag()) {
        if (inner == bytesTag(1)) {
          paths.add(stringField(1));
        } else {
          wire.skip(inner);
        }
      }
      wire.close(http);
    }
    wire.close(outer);
    return paths;
  }
}
