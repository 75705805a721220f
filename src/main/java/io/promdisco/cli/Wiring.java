package io.promdisco.cli;

import io.promdisco.Promdisco;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.client.FabricClientFactory;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.sim.ManifestException;
import io.promdisco.sim.Manifests;
import io.promdisco.sim.ManifestsClients;
import io.promdisco.sim.SimCluster;
import io.promdisco.util.Ticker;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** Joins the parts as the options say. */
final class Wiring {
  private Wiring() {}

  static Promdisco start(ClusterOptions cluster, Console console, Listed listed) {
    return Promdisco.builder()
        .kubernetesClients(listed.counting(clients(cluster, console)))
        .build();
  }

  static Promdisco start(ClusterOptions cluster, Console console, Metrics metrics) {
    return Promdisco.builder()
        .metrics(metrics)
        .kubernetesClients(clients(cluster, console))
        .build();
  }

  /**
   * Makes clients of the clusters that the options name, or else the configuration or the user's
   * environment. The console is told once which kubeconfig they use.
   */
  static Function<Ticker, ResourceClientFactory> clients(ClusterOptions options, Console console) {
    if (!options.manifests.isEmpty()) {
      if (options.kubeconfig != null || options.context != null) {
        throw new CommandException(
            ExitCode.USAGE,
            "promdisco: --manifests with --kubeconfig or --context (expected: a dump or a server)");
      }
      SimCluster cluster = load(options);
      return ticker -> new ManifestsClients(cluster);
    }
    Set<String> told = ConcurrentHashMap.newKeySet();
    Consumer<String> notices =
        notice -> {
          if (told.add(notice)) {
            console.err().println(console.dim(notice));
          }
        };
    return ticker ->
        new FabricClientFactory(ticker).forCommand(options.kubeconfig, options.context, notices);
  }

  private static SimCluster load(ClusterOptions source) {
    SimCluster cluster = new SimCluster();
    try {
      cluster.load(Manifests.read(source.manifests));
    } catch (ManifestException e) {
      throw new CommandException(ExitCode.USAGE, "promdisco: " + e.getMessage());
    }
    return cluster;
  }
}
