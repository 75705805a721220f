package io.promdisco.providers.kubernetes.role;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.PodView;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pods behind the endpoints of one object, and which of their ports the endpoints cover.
 * Declared ports that are not covered become additional targets.
 */
final class EndpointPods {
  /** The number of a pod's ports that are stored in an array and searched sequentially. */
  private static final int FEW_PORTS = 16;

  private final Map<ObjectKey, EndpointPod> seen = new LinkedHashMap<>();
  private final PodLabels podLabels;
  private final PortTexts ports;
  private final ObjectLookup lookup;

  EndpointPods(PodLabels podLabels, PortTexts ports, ObjectLookup lookup) {
    this.podLabels = podLabels;
    this.ports = ports;
    this.lookup = lookup;
  }

  /** Returns the pod that {@code target} refers to; null if it is not a known pod. */
  @Nullable EndpointPod find(@Nullable ObjectRef target) {
    if (target == null || !target.kind().equals("Pod")) {
      return null;
    }
    ObjectKey key = new ObjectKey(target.namespace(), target.name());
    EndpointPod known = seen.get(key);
    if (known == null) {
      PodView pod = lookup.pod(key);
      if (pod == null) {
        return null;
      }
      Labels.Builder labels = Labels.builder(PodLabels.count(pod));
      podLabels.add(labels, pod, lookup);
      known = new EndpointPod(pod, labels.build());
      seen.put(key, known);
    }
    return known;
  }

  /** Adds a target for each declared port of the found pods that is not covered. */
  void addUncovered(List<Labels> targets, GroupMemory memory) {
    for (EndpointPod entry : seen.values()) {
      String ip = entry.pod.ip();
      if (ip.isEmpty()) {
        continue;
      }
      for (PodView.Container container : entry.pod.containers()) {
        for (PodView.Port port : container.ports()) {
          if (!entry.covers(port.number())) {
            memory.target(8 + entry.labels.size());
            Labels.Builder out = Labels.builder(8 + entry.labels.size());
            out.set(MetaLabels.ADDRESS, MetaLabels.address(ip, ports.of(port.number())));
            entry.addLabels(out, new Match(container, port, port.protocol()), ports);
            targets.add(out.build());
          }
        }
      }
    }
  }

  /** A declared port, and the protocol for its label. */
  private record Match(PodView.Container container, PodView.Port port, String protocol) {}

  /** A pod and its labels. */
  static final class EndpointPod {
    private final PodView pod;
    private final Labels labels;
    private int[] covered = new int[2];
    private int count;
    private @Nullable Set<Integer> manyCovered; // used instead of the array for many ports
    private int searches;
    private @Nullable Map<Integer, Match> matches; // by port; made after some searches

    private EndpointPod(PodView pod, Labels labels) {
      this.pod = pod;
      this.labels = labels;
    }

    /** Returns the maximum number of labels that {@link #add} adds. */
    int size() {
      return labels.size() + 6;
    }

    /**
     * Sets the pod's labels for an endpoint at {@code port}, with those of the last container that
     * declares the port, and counts the port as covered.
     *
     * @param port null if the endpoint has no port number, and so covers nothing
     * @param protocol the protocol for the label; null for that of the container port
     */
    void add(
        Labels.Builder out, @Nullable Integer port, @Nullable String protocol, PortTexts ports) {
      if (port == null) {
        out.setAll(labels);
        return;
      }
      cover(port);
      addLabels(out, match(port, protocol), ports);
    }

    private @Nullable Match match(int number, @Nullable String protocol) {
      if (searches < FEW_PORTS) {
        searches++;
        return search(number, protocol);
      }
      Map<Integer, Match> known = matches;
      if (known == null) {
        known = new HashMap<>();
        matches = known;
        for (PodView.Container container : pod.containers()) {
          Set<Integer> own = new HashSet<>(); // the first port of the last container wins
          for (PodView.Port port : container.ports()) {
            if (own.add(port.number())) {
              known.put(port.number(), new Match(container, port, port.protocol()));
            }
          }
        }
      }
      Match found = known.get(number);
      return found == null || protocol == null
          ? found
          : new Match(found.container, found.port, protocol);
    }

    private @Nullable Match search(int number, @Nullable String protocol) {
      for (int i = pod.containers().size() - 1; i >= 0; i--) {
        PodView.Container container = pod.containers().get(i);
        for (PodView.Port port : container.ports()) {
          if (port.number() == number) {
            return new Match(container, port, protocol == null ? port.protocol() : protocol);
          }
        }
      }
      return null;
    }

    private void addLabels(Labels.Builder out, @Nullable Match match, PortTexts ports) {
      if (match == null) {
        out.setAll(labels);
        return;
      }
      // The container's labels are inserted in the order of names.
      int at = -labels.indexOf(PodLabels.CONTAINER_ID) - 1;
      for (int i = 0; i < at; i++) {
        out.set(labels.name(i), labels.value(i));
      }
      MetaLabels.put(out, PodLabels.CONTAINER_IMAGE, match.container.image());
      MetaLabels.put(out, PodLabels.CONTAINER_INIT, MetaLabels.text(match.container.init()));
      MetaLabels.put(out, PodLabels.CONTAINER_NAME, match.container.name());
      MetaLabels.put(out, PodLabels.PORT_NAME, match.port.name());
      out.set(PodLabels.PORT_NUMBER, ports.of(match.port.number()));
      MetaLabels.put(out, PodLabels.PORT_PROTOCOL, match.protocol);
      for (int i = at; i < labels.size(); i++) {
        out.set(labels.name(i), labels.value(i));
      }
    }

    private void cover(int port) {
      if (covers(port)) {
        return;
      }
      if (count == FEW_PORTS) {
        Set<Integer> many = manyCovered;
        if (many == null) {
          many = new HashSet<>();
          for (int i = 0; i < count; i++) {
            many.add(covered[i]);
          }
          manyCovered = many;
        }
        many.add(port);
        return;
      }
      if (count == covered.length) {
        covered = Arrays.copyOf(covered, 2 * count);
      }
      covered[count++] = port;
    }

    private boolean covers(int port) {
      Set<Integer> many = manyCovered;
      if (many != null) {
        return many.contains(port);
      }
      for (int i = 0; i < count; i++) {
        if (covered[i] == port) {
          return true;
        }
      }
      return false;
    }
  }
}
