package io.promdisco.cli;

import io.promdisco.sim.Manifests;
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
          "Discover from a dump (kubectl get ... -o yaml) and not from a server; - is standard"
              + " input. Repeatable.")
  List<Path> manifests = List.of();

  @Option(
      names = "--namespace",
      paramLabel = "NAMESPACE",
      description =
          "The namespace that own_namespace means: with --manifests, and in rbac, where it is also"
              + " that of the service account (default: default).")
  @Nullable String namespace;

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

  /** Objects of the dump that cannot be used; known once {@link Wiring#clients} has read it. */
  List<Manifests.LeftOut> leftOut = List.of();

  /**
   * The exit code of a command that would end with {@code code} if the whole dump could be used.
   */
  int exitCode(int code) {
    return leftOut.isEmpty() ? code : Math.max(code, ExitCode.FINDING);
  }

  /** Whether the user names a dump or a cluster, rather than leave it to the configuration. */
  boolean named() {
    return !manifests.isEmpty() || kubeconfig != null || context != null;
  }
}
