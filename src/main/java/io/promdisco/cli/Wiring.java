package io.promdisco.cli;

import io.promdisco.Promdisco;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.client.FabricClientFactory;
import io.promdisco.sim.ManifestException;
import io.promdisco.sim.Manifests;
import io.promdisco.sim.ManifestsClients;
import io.promdisco.sim.SimCluster;
import java.nio.file.Path;

/** Joins the parts as the options say. */
final class Wiring {
  private Wiring() {}

  static Promdisco start(SourceOptions source) {
    return start(source, Metrics.none());
  }

  static Promdisco start(SourceOptions source, Metrics metrics) {
    Promdisco.Builder builder = Promdisco.builder().metrics(metrics);
    if (!source.manifests.isEmpty()) {
      if (source.kubeconfig != null || source.context != null) {
        throw new CommandException(
            ExitCode.USAGE,
            "promdisco: --manifests with --kubeconfig or --context (expected: a dump or a server)");
      }
      SimCluster cluster = load(source);
      builder.kubernetesClients(ticker -> new ManifestsClients(cluster));
    } else if (source.kubeconfig != null) {
      Path file = source.kubeconfig;
      builder.kubernetesClients(
          ticker -> new FabricClientFactory(ticker).withKubeconfig(file, source.context));
    } else if (source.context != null) {
      String context = source.context;
      builder.kubernetesClients(ticker -> new FabricClientFactory(ticker).withContext(context));
    }
    return builder.build();
  }

  private static SimCluster load(SourceOptions source) {
    SimCluster cluster = new SimCluster();
    try {
      cluster.load(Manifests.read(source.manifests));
    } catch (ManifestException e) {
      throw new CommandException(ExitCode.USAGE, "promdisco: " + e.getMessage());
    }
    return cluster;
  }
}
