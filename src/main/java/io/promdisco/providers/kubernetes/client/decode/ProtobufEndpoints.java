package io.promdisco.providers.kubernetes.client.decode;

import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.BYTES;
import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.VARINT;

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
  private final ProtobufCursor wire;
  private final ProtobufMetadata metas;

  ProtobufEndpoints(ProtobufCursor wire, ProtobufMetadata metas) {
    this.wire = wire;
    this.metas = metas;
  }

  /** Reads the slice at the cursor to its end. */
  EndpointSliceView slice() throws IOException {
    ObjectMeta meta = null;
    String addressType = "";
    List<EndpointSliceView.Endpoint> endpoints = new ArrayList<>();
    List<EndpointSliceView.Port> ports = new ArrayList<>(4);
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> meta = metas.read();
        case 2 << 3 | BYTES -> endpoints.add(readEndpoint());
        case 3 << 3 | BYTES -> ports.add(readSlicePort());
        case 4 << 3 | BYTES -> addressType = wire.sharedString();
        default -> wire.skip(tag);
      }
    }
    return new EndpointSliceView(
        metas.orNone(meta), addressType, List.copyOf(endpoints), List.copyOf(ports));
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
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> addresses.add(wire.string());
        case 2 << 3 | BYTES -> readConditions(conditions);
        case 3 << 3 | BYTES -> hostname = wire.string();
        case 4 << 3 | BYTES -> target = metas.reference();
        case 5 << 3 | BYTES -> topology = metas.map(tag);
        case 6 << 3 | BYTES -> nodeName = wire.sharedString();
        case 7 << 3 | BYTES -> zone = wire.sharedString();
        default -> wire.skip(tag);
      }
    }
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
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | VARINT -> conditions.ready = wire.bool();
        case 2 << 3 | VARINT -> conditions.serving = wire.bool();
        case 3 << 3 | VARINT -> conditions.terminating = wire.bool();
        default -> wire.skip(tag);
      }
    }
  }

  private EndpointSliceView.Port readSlicePort() throws IOException {
    String name = null;
    Integer number = null;
    String protocol = null;
    String appProtocol = null;
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> name = wire.sharedString();
        case 2 << 3 | BYTES -> protocol = wire.sharedString();
        case 3 << 3 | VARINT -> number = wire.int32();
        case 4 << 3 | BYTES -> appProtocol = wire.sharedString();
        default -> wire.skip(tag);
      }
    }
    return new EndpointSliceView.Port(name, number, protocol, appProtocol);
  }

  /** Reads the endpoints at the cursor to their end. */
  EndpointsView endpoints() throws IOException {
    ObjectMeta meta = null;
    List<EndpointsView.Subset> subsets = new ArrayList<>(2);
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> meta = metas.read();
        case 2 << 3 | BYTES -> subsets.add(readSubset());
        default -> wire.skip(tag);
      }
    }
    return new EndpointsView(metas.orNone(meta), List.copyOf(subsets));
  }

  private EndpointsView.Subset readSubset() throws IOException {
    List<EndpointsView.Address> addresses = new ArrayList<>();
    List<EndpointsView.Address> notReady = new ArrayList<>(2);
    List<EndpointsView.Port> ports = new ArrayList<>(2);
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> addresses.add(readAddress());
        case 2 << 3 | BYTES -> notReady.add(readAddress());
        case 3 << 3 | BYTES -> ports.add(readPort());
        default -> wire.skip(tag);
      }
    }
    return new EndpointsView.Subset(
        List.copyOf(addresses), List.copyOf(notReady), List.copyOf(ports));
  }

  private EndpointsView.Address readAddress() throws IOException {
    String ip = "";
    String hostname = "";
    String nodeName = null;
    ObjectRef target = null;
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> ip = wire.string();
        case 2 << 3 | BYTES -> target = metas.reference();
        case 3 << 3 | BYTES -> hostname = wire.string();
        case 4 << 3 | BYTES -> nodeName = wire.sharedString();
        default -> wire.skip(tag);
      }
    }
    return new EndpointsView.Address(ip, hostname, nodeName, target);
  }

  private EndpointsView.Port readPort() throws IOException {
    String name = "";
    int number = 0;
    String protocol = "";
    String appProtocol = null;
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> name = wire.sharedString();
        case 2 << 3 | VARINT -> number = wire.int32();
        case 3 << 3 | BYTES -> protocol = wire.sharedString();
        case 4 << 3 | BYTES -> appProtocol = wire.sharedString();
        default -> wire.skip(tag);
      }
    }
    return new EndpointsView.Port(name, number, protocol, appProtocol);
  }
}
