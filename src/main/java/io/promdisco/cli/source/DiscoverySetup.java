package io.promdisco.cli.source;

import io.promdisco.Promdisco;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.metrics.Metrics;
import io.promdisco.offline.ManifestClientFactory;
import io.promdisco.offline.ManifestCluster;
import io.promdisco.providers.kubernetes.client.ApiServerClientFactory;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.util.Ticker;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Starts discovery according to the options. */
public final class DiscoverySetup {
  private DiscoverySetup() {}

  /** Starts discovery with {@code clients}, and counts what they list. */
  public static Promdisco start(
      ClusterOptions cluster,
      Function<Ticker, ResourceClientFactory> clients,
      ListProgress listed) {
    return builder(cluster).kubernetesClients(listed.counting(clients)).build();
  }

  /** Starts discovery from what the options name. */
  public static Promdisco start(ClusterOptions cluster, Console console, Metrics metrics) {
    return builder(cluster).metrics(metrics).kubernetesClients(clients(cluster, console)).build();
  }

  private static Promdisco.Builder builder(ClusterOptions options) {
    Promdisco.Builder builder = Promdisco.builder();
    return options.sourceMemory == null ? builder : builder.sourceMemory(options.sourceMemory);
  }

  /**
   * Returns access to the objects that the options name. Prints which objects of a dump cannot be
   * used.
   */
  public static Function<Ticker, ResourceClientFactory> clients(
      ClusterOptions options, Console console) {
    if (!options.manifests.isEmpty()) {
      if (options.kubeconfig != null || options.context != null) {
        throw CommandException.usage(
            "--manifests with --kubeconfig or --context (expected: a dump or a server)");
      }
      ManifestCluster cluster = new ManifestCluster(options.contents(console).objects());
      Optional<String> own = Optional.ofNullable(options.namespace);
      return ticker -> new ManifestClientFactory(cluster, own);
    }
    if (options.namespace != null) {
      throw CommandException.usage(
          "--namespace without --manifests (expected: --manifests too; with a cluster, the"
              + " credentials name the namespace)");
    }
    return servers(options, console);
  }

  /**
   * Returns clients of the clusters that the options name, or else the configuration or the user's
   * environment. Prints once which kubeconfig they use.
   */
  public static Function<Ticker, ResourceClientFactory> servers(
      ClusterOptions options, Console console) {
    Consumer<String> notices =
        notice -> {
          if (options.told.add(notice)) {
            console.errorLine(Console.dim(notice));
          }
        };
    return ticker ->
        new ApiServerClientFactory(ticker).forCommand(options.kubeconfig, options.context, notices);
  }
}
