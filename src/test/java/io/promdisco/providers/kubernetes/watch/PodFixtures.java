package io.promdisco.providers.kubernetes.watch;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.PodView;
import java.util.List;

/** Pods for tests. */
final class PodFixtures {
  private PodFixtures() {}

  static PodView pod(String name, long version) {
    return pod(name, version, "n1");
  }

  static PodView pod(String name, long version, String node) {
    ObjectMeta meta =
        new ObjectMeta(key(name), "uid-" + name, version, Labels.EMPTY, Labels.EMPTY, null);
    return new PodView(meta, "10.0.0.1", "", "Running", "True", node, List.of(), List.of());
  }

  static ObjectKey key(String name) {
    return new ObjectKey("good", name);
  }

  /** The pod's name and version. */
  static String text(PodView pod) {
    return pod.meta().name() + "@" + pod.meta().version();
  }
}
