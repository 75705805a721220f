package io.promdisco.providers.kubernetes.client.decode;

import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.BYTES;
import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.VARINT;

import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.PodView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads pods. Field numbers are those of {@code k8s.io/api/core/v1/generated.proto}. For one
 * thread.
 */
final class ProtobufPods {
  private static final int CONTAINER_PORTS = 6 << 3 | BYTES;

  private record Status(String name, String id, boolean init) {}

  private final ProtobufCursor wire;
  private final RangeInternTable<List<PodView.Port>> portLists;
  private final ProtobufMetadata metas;

  // The pod that is being read.
  private String nodeName = "";
  private String phase = "";
  private String hostIp = "";
  private String podIp = "";
  private @Nullable String ready;
  private final List<PodView.Container> containers = new ArrayList<>();
  private final List<Status> statuses = new ArrayList<>();
  private List<String> furtherIps = List.of();
  private boolean firstIpSeen;

  ProtobufPods(ProtobufCursor wire, SharedValues shared, ProtobufMetadata metas) {
    this.wire = wire;
    this.portLists = shared.ports();
    this.metas = metas;
  }

  /** Reads the message at the cursor to its end. */
  PodView read() throws IOException {
    nodeName = "";
    phase = "";
    hostIp = "";
    podIp = "";
    ready = null;
    containers.clear();
    statuses.clear();
    furtherIps = List.of();
    firstIpSeen = false;
    ObjectMeta meta = null;
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> meta = metas.read();
        case 2 << 3 | BYTES -> readSpec();
        case 3 << 3 | BYTES -> readStatus();
        default -> wire.skip(tag);
      }
    }
    return new PodView(
        metas.orNone(meta),
        podIp,
        hostIp,
        phase,
        ready == null ? "" : ready,
        nodeName,
        finishedContainers(),
        furtherIps);
  }

  private void readSpec() throws IOException {
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 2 << 3 | BYTES -> containers.add(readContainer(false));
        case 10 << 3 | BYTES -> nodeName = wire.sharedString();
        case 20 << 3 | BYTES -> containers.add(readContainer(true));
        default -> wire.skip(tag);
      }
    }
  }

  private PodView.Container readContainer(boolean init) throws IOException {
    String name = "";
    String image = "";
    List<PodView.Port> ports = List.of();
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> name = wire.sharedString();
        case 2 << 3 | BYTES -> image = wire.sharedString();
        case CONTAINER_PORTS -> ports = join(ports, readPorts());
        default -> wire.skip(tag);
      }
    }
    return new PodView.Container(name, image, "", init, ports);
  }

  private static <T> List<T> join(List<T> first, List<T> more) {
    if (first.isEmpty()) {
      return more;
    }
    List<T> all = new ArrayList<>(first);
    all.addAll(more);
    return List.copyOf(all);
  }

  private List<PodView.Port> readPorts() throws IOException {
    int from = wire.at();
    int to = wire.skipRun(CONTAINER_PORTS);
    int hash = RangeInternTable.key(wire.bytes(), from, to - from);
    List<PodView.Port> known = portLists.get(hash, wire.bytes(), from, to - from);
    if (known != null) {
      return known;
    }
    wire.moveTo(from);
    List<PodView.Port> ports = new ArrayList<>(4);
    do {
      ports.add(readPort());
    } while (wire.at() < to && wire.tag() == CONTAINER_PORTS);
    List<PodView.Port> copy = List.copyOf(ports);
    portLists.offer(hash, wire.bytes(), from, to - from, copy);
    return copy;
  }

  private PodView.Port readPort() throws IOException {
    String name = "";
    int number = 0;
    String protocol = "";
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> name = wire.sharedString();
        case 3 << 3 | VARINT -> number = wire.int32();
        case 4 << 3 | BYTES -> protocol = wire.sharedString();
        default -> wire.skip(tag);
      }
    }
    return new PodView.Port(name, number, protocol);
  }

  private void readStatus() throws IOException {
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> phase = wire.sharedString();
        case 2 << 3 | BYTES -> readCondition();
        case 5 << 3 | BYTES -> hostIp = wire.sharedString();
        case 6 << 3 | BYTES -> podIp = wire.string();
        case 8 << 3 | BYTES -> readContainerStatus(false);
        case 10 << 3 | BYTES -> readContainerStatus(true);
        case 12 << 3 | BYTES -> readIp(tag);
        default -> wire.skip(tag);
      }
    }
  }

  /** Reads one of {@code podIPs}; {@code podIP} contains the first. */
  private void readIp(int tag) throws IOException {
    if (firstIpSeen) {
      furtherIps = join(furtherIps, List.of(wire.stringOf(1 << 3 | BYTES)));
    } else {
      firstIpSeen = true;
      wire.skip(tag);
    }
  }

  private void readCondition() throws IOException {
    String type = "";
    String status = "";
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> type = wire.sharedString();
        case 2 << 3 | BYTES -> status = wire.sharedString();
        default -> wire.skip(tag);
      }
    }
    if (ready == null && type.equals("Ready")) {
      ready = status;
    }
  }

  private void readContainerStatus(boolean init) throws IOException {
    String name = "";
    String id = "";
    wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> name = wire.sharedString();
        case 8 << 3 | BYTES -> id = wire.string();
        default -> wire.skip(tag);
      }
    }
    statuses.add(new Status(name, id, init));
  }

  /**
   * Returns the containers, then the init containers, each with the id from the first status with
   * its name.
   */
  private List<PodView.Container> finishedContainers() {
    int count = containers.size();
    PodView.Container[] ordered = new PodView.Container[count];
    int next = 0;
    for (int i = 0; i < count; i++) {
      if (!containers.get(i).init()) {
        ordered[next++] = withId(containers.get(i));
      }
    }
    for (int i = 0; next < count; i++) {
      if (containers.get(i).init()) {
        ordered[next++] = withId(containers.get(i));
      }
    }
    return List.of(ordered);
  }

  private PodView.Container withId(PodView.Container container) {
    for (int i = 0; i < statuses.size(); i++) {
      Status status = statuses.get(i);
      if (status.init == container.init() && status.name.equals(container.name())) {
        return status.id.isEmpty()
            ? container
            : new PodView.Container(
                container.name(),
                container.image(),
                status.id,
                container.init(),
                container.ports());
      }
    }
    return container;
  }
}
