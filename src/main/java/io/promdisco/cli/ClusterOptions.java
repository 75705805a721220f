package io.promdisco.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where Kubernetes objects come from. */
class ClusterOptions {
  @Option(
      names = "--manifests",
      paramLabel = "FILE|DIR",
      description =
          "Discover from a dump (kubectl get ... -o yaml) and not from a server. Repeatable.")
  List<Path> manifests = List.of();

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = {
        "Reach every API server through this kubeconfig and not as configured.",
        "Outside a cluster, where the configuration names no server: KUBECONFIG, ~/.kube/config."
      })
  @Nullable Path kubeconfig;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description =
          "Use this context of the kubeconfig and not its current one; without --kubeconfig that of"
              + " KUBECONFIG or ~/.kube/config.")
  @Nullable String context;

  /** Whether the user names a dump or a cluster, rather than leave it to the configuration. */
  boolean named() {
    return !manifests.isEmpty() || kubeconfig != null || context != null;
  }
}
