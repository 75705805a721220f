package io.promdisco.providers.kubernetes.client.decode;

import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.bytesTag;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads endpoint slices and endpoints. Field numbers are those of {@code
 * k8s.io/api/{discovery,core}/v1/generated.proto}. For one thread.
 */
final class ProtobufEndpoints {
  private static final int META = bytesTag(1);

  private final ProtobufCursor wire;
  private final StringTable strings;
  private final ProtobufMetadata metas;

  ProtobufEndpoints(ProtobufCursor wire, SharedValues shared, ProtobufMetadata metas) {
    this.wire = wire;
    this.strings = shared.strings();
    this.metas = metas;
  }

  /** Reads the slice that the cursor is in to its end. */
  EndpointSliceView slice() throws IOException {
    ObjectMeta meta = null;
    String addressType = "";
    List<EndpointSliceView.Endpoint> endpoints = new ArrayList<>();
    List<EndpointSliceView.Port> ports = new ArrayList<>(4);
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == META) {
        meta = metas.read();
      } else if (tag == bytesTag(2)) {
        endpoints.add(readEndpoint());
      } else if (tag == bytesTag(3)) {
        ports.add(readSlicePort());
      } else if (tag == bytesTag(4)) {
        addressType = wire.string(strings);
      } else {
        wire.skip(tag);
      }
    }
    return new EndpointSliceView(
        meta == null ? metas.none() : meta,
        addressType,
        List.copyOf(endpoints),
        List.copyOf(ports));
  }

  private static final class Conditions {
    @Nullable Boolean ready;
    @Nullable Boolean serving;
    @Nullable Boolean terminating;
  }

  private EndpointSliceView.Endpoint readEndpoint() throws IOException {
    List<String> addresses = new ArrayList<>(1);
    Conditions conditions = new Conditions();
    String hostname = null;
    ObjectRef target = null;
    String nodeName = null;
    String zone = null;
    Labels topology = Labels.EMPTY;
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(1)) {
        addresses.add(wire.string());
      } else if (tag == bytesTag(2)) {
        readConditions(conditions);
      } else if (tag == bytesTag(3)) {
        hostname = wire.string();
      } else if (tag == bytesTag(4)) {
        target = metas.reference();
      } else if (tag == bytesTag(5)) {
        topology = metas.map(tag);
      } else if (tag == bytesTag(6)) {
        nodeName = wire.string(strings);
      } else if (tag == bytesTag(7)) {
        zone = wire.string(strings);
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return new EndpointSliceView.Endpoint(
        List.copyOf(addresses),
        conditions.ready,
        conditions.serving,
        conditions.terminating,
        hostname,
        target,
        nodeName,
        zone,
        topology);
  }

  private void readConditions(Conditions conditions) throws IOException {
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == 1 << 3) {
        conditions.ready = wire.bool();
      } else if (tag == 2 << 3) {
        conditions.serving = wire.bool();
      } else if (tag == 3 << 3) {
        conditions.terminating = wire.bool();
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
  }

  private EndpointSliceView.Port readSlicePort() throws IOException {
    String name = null;
    Integer number = null;
    String protocol = null;
    String appProtocol = null;
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(1)) {
        name = wire.string(strings);
      } else if (tag == bytesTag(2)) {
        protocol = wire.string(strings);
      } else if (tag == 3 << 3) {
        number = wire.int32();
      } else if (tag == bytesTag(4)) {
        appProtocol = wire.string(strings);
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return new EndpointSliceView.Port(name, number, protocol, appProtocol);
  }

  /** Reads the endpoints that the cursor is in to their end. */
  EndpointsView endpoints() throws IOException {
    ObjectMeta meta = null;
    List<EndpointsView.Subset> subsets = new ArrayList<>(2);
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == META) {
        meta = metas.read();
      } else if (tag == bytesTag(2)) {
        subsets.add(readSubset());
      } else {
        wire.skip(tag);
      }
    }
    return new EndpointsView(meta == null ? metas.none() : meta, List.copyOf(subsets));
  }

  private EndpointsView.Subset readSubset() throws IOException {
    List<EndpointsView.Address> addresses = new ArrayList<>();
    List<EndpointsView.Address> notReady = new ArrayList<>(2);
    List<EndpointsView.Port> ports = new ArrayList<>(2);
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(1)) {
        addresses.add(readAddress());
      } else if (tag == bytesTag(2)) {
        notReady.add(readAddress());
      } else if (tag == bytesTag(3)) {
        ports.add(readPort());
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return new EndpointsView.Subset(
        List.copyOf(addresses), List.copyOf(notReady), List.copyOf(ports));
  }

  private EndpointsView.Address readAddress() throws IOException {
    String ip = "";
    String hostname = "";
    String nodeName = null;
    ObjectRef target = null;
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(1)) {
        ip = wire.string();
      } else if (tag == bytesTag(2)) {
        target = metas.reference();
      } else if (tag == bytesTag(3)) {
        hostname = wire.string();
      } else if (tag == bytesTag(4)) {
        nodeName = wire.string(strings);
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return new EndpointsView.Address(ip, hostname, nodeName, target);
  }

  private EndpointsView.Port readPort() throws IOException {
    String name = "";
    int number = 0;
    String protocol = "";
    String appProtocol = null;
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(1)) {
        name = wire.string(strings);
      } else if (tag == 2 << 3) {
        number = wire.int32();
      } else if (tag == bytesTag(3)) {
        protocol = wire.string(strings);
      } else if (tag == bytesTag(4)) {
        appProtocol = wire.string(strings);
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return new EndpointsView.Port(name, number, protocol, appProtocol);
  }
}
