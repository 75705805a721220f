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
import java.nio.file.Path;
import java.util.function.Function;

/** Joins the parts as the options say. */
final class Wiring {
  private Wiring() {}

  static Promdisco start(ClusterOptions cluster, Listed listed) {
    return builder(cluster).kubernetesClients(listed.counting(clients(cluster))).build();
  }

  static Promdisco start(ClusterOptions cluster, Metrics metrics) {
    return builder(cluster).metrics(metrics).kubernetesClients(clients(cluster)).build();
  }

  private static Promdisco.Builder builder(ClusterOptions options) {
    Promdisco.Builder builder = Promdisco.builder();
    return options.sourceMemory == null ? builder : builder.sourceMemory(options.sourceMemory);
  }

  /** What reaches the objects that the options name. */
  static Function<Ticker, ResourceClientFactory> clients(ClusterOptions options) {
    if (!options.manifests.isEmpty()) {
      if (options.kubeconfig != null || options.context != null) {
        throw new CommandException(
            ExitCode.USAGE,
            "promdisco: --manifests with --kubeconfig or --context (expected: a dump or a server)");
      }
      SimCluster cluster = load(options);
      return ticker -> new ManifestsClients(cluster);
    }
    if (options.kubeconfig != null) {
      Path file = options.kubeconfig;
      String context = options.context;
      return ticker -> new FabricClientFactory(ticker).withKubeconfig(file, context);
    }
    if (options.context != null) {
      String context = options.context;
      return ticker -> new FabricClientFactory(ticker).withContext(context);
    }
    return FabricClientFactory::new;
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
