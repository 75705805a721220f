package io.promdisco.providers.kubernetes.client.decode;

import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.bytesTag;

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
  private static final int META = bytesTag(1);
  private static final int SPEC = bytesTag(2);
  private static final int STATUS = bytesTag(3);
  private static final int CONTAINERS = bytesTag(2);
  private static final int NODE_NAME = bytesTag(10);
  private static final int INIT_CONTAINERS = bytesTag(20);
  private static final int CONTAINER_NAME = bytesTag(1);
  private static final int CONTAINER_IMAGE = bytesTag(2);
  private static final int CONTAINER_PORTS = bytesTag(6);
  private static final int PORT_NAME = bytesTag(1);
  private static final int PORT_NUMBER = 3 << 3;
  private static final int PORT_PROTOCOL = bytesTag(4);
  private static final int PHASE = bytesTag(1);
  private static final int CONDITIONS = bytesTag(2);
  private static final int HOST_IP = bytesTag(5);
  private static final int POD_IP = bytesTag(6);
  private static final int CONTAINER_STATUSES = bytesTag(8);
  private static final int INIT_CONTAINER_STATUSES = bytesTag(10);
  private static final int POD_IPS = bytesTag(12);
  private static final int POD_IPS_IP = bytesTag(1);
  private static final int STATUS_NAME = bytesTag(1);
  private static final int STATUS_CONTAINER_ID = bytesTag(8);
  private static final int CONDITION_TYPE = bytesTag(1);
  private static final int CONDITION_STATUS = bytesTag(2);

  private record Status(String name, String id, boolean init) {}

  private final ProtobufCursor wire;
  private final SharedValues shared;
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
    this.shared = shared;
    this.metas = metas;
  }

  /** Reads the message that the cursor is in to its end. */
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
      if (tag == META) {
        meta = metas.read();
      } else if (tag == SPEC) {
        readSpec();
      } else if (tag == STATUS) {
        readStatus();
      } else {
        wire.skip(tag);
      }
    }
    return new PodView(
        meta == null ? metas.none() : meta,
        podIp,
        hostIp,
        phase,
        ready == null ? "" : ready,
        nodeName,
        finishedContainers(),
        furtherIps);
  }

  private void readSpec() throws IOException {
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == CONTAINERS) {
        containers.add(readContainer(false));
      } else if (tag == INIT_CONTAINERS) {
        containers.add(readContainer(true));
      } else if (tag == NODE_NAME) {
        nodeName = wire.string(shared.strings());
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
  }

  private PodView.Container readContainer(boolean init) throws IOException {
    String name = "";
    String image = "";
    List<PodView.Port> ports = List.of();
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == CONTAINER_NAME) {
        name = wire.string(shared.strings());
      } else if (tag == CONTAINER_IMAGE) {
        image = wire.string(shared.strings());
      } else if (tag == CONTAINER_PORTS) {
        ports = join(ports, readPorts());
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return new PodView.Container(name, image, "", init, ports);
  }

  private static List<PodView.Port> join(List<PodView.Port> first, List<PodView.Port> more) {
    if (first.isEmpty()) {
      return more;
    }
    List<PodView.Port> all = new ArrayList<>(first);
    all.addAll(more);
    return List.copyOf(all);
  }

  private List<PodView.Port> readPorts() throws IOException {
    int from = wire.at();
    int to = wire.skipRun(CONTAINER_PORTS);
    int hash = RangeTable.key(wire.bytes(), from, to - from);
    List<PodView.Port> known = shared.ports().get(hash, wire.bytes(), from, to - from);
    if (known != null) {
      return known;
    }
    wire.moveTo(from);
    List<PodView.Port> ports = new ArrayList<>(4);
    do {
      ports.add(readPort());
    } while (wire.at() < to && wire.tag() == CONTAINER_PORTS);
    List<PodView.Port> copy = List.copyOf(ports);
    shared.ports().offer(hash, wire.bytes(), from, to - from, copy);
    return copy;
  }

  private PodView.Port readPort() throws IOException {
    String name = "";
    int number = 0;
    String protocol = "";
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == PORT_NAME) {
        name = wire.string(shared.strings());
      } else if (tag == PORT_NUMBER) {
        number = wire.int32();
      } else if (tag == PORT_PROTOCOL) {
        protocol = wire.string(shared.strings());
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return new PodView.Port(name, number, protocol);
  }

  private void readStatus() throws IOException {
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == PHASE) {
        phase = wire.string(shared.strings());
      } else if (tag == CONDITIONS) {
        readCondition();
      } else if (tag == HOST_IP) {
        hostIp = wire.string(shared.strings());
      } else if (tag == POD_IP) {
        podIp = wire.string();
      } else if (tag == POD_IPS && firstIpSeen) {
        readFurtherIp();
      } else if (tag == POD_IPS) {
        firstIpSeen = true; // podIP holds it
        wire.skip(tag);
      } else if (tag == CONTAINER_STATUSES) {
        readContainerStatus(false);
      } else if (tag == INIT_CONTAINER_STATUSES) {
        readContainerStatus(true);
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
  }

  private void readFurtherIp() throws IOException {
    List<String> ips = new ArrayList<>(furtherIps);
    String ip = "";
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == POD_IPS_IP) {
        ip = wire.string();
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    ips.add(ip);
    furtherIps = List.copyOf(ips);
  }

  private void readCondition() throws IOException {
    String type = "";
    String status = "";
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == CONDITION_TYPE) {
        type = wire.string(shared.strings());
      } else if (tag == CONDITION_STATUS) {
        status = wire.string(shared.strings());
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    if (ready == null && type.equals("Ready")) {
      ready = status;
    }
  }

  private void readContainerStatus(boolean init) throws IOException {
    String name = "";
    String id = "";
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == STATUS_NAME) {
        name = wire.string(shared.strings());
      } else if (tag == STATUS_CONTAINER_ID) {
        id = wire.string();
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    statuses.add(new Status(name, id, init));
  }

  /** Containers, then init containers, each with the id of the first status of its name. */
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
