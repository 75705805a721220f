package io.promdisco.allocator;

import io.promdisco.allocation.Allocation;
import io.promdisco.allocation.Holders;
import java.time.Duration;
import java.util.List;

/**
 * The settings of a target allocator, its scrape configs apart. Immutable.
 *
 * @param listen where to listen for plain HTTP, as {@code :8080}
 * @param https where to listen for HTTPS
 * @param kubeconfig of the cluster of the collectors; empty: the user's, or the cluster's own
 * @param namespace of the collectors
 * @param selector of the collectors' pods, as Kubernetes writes label selectors; empty: all pods
 * @param collectors names of collectors without pods; if there are any, no pods are watched
 * @param strategy which collectors a target may have
 * @param handover how targets move
 * @param grace how long the pod of a collector may be not Ready
 * @param insecureSecrets whether plain HTTP shows secrets
 */
public record AllocatorConfig(
    String listen,
    Https https,
    String kubeconfig,
    String namespace,
    String selector,
    List<String> collectors,
    Allocation.Strategy strategy,
    Holders.Handover handover,
    Duration grace,
    boolean insecureSecrets) {
  /**
   * HTTPS for clients with certificates.
   *
   * @param listen where, as {@code :8443}
   * @param ca file with the certificates of the clients' authorities, PEM
   * @param cert file with the server's certificate, PEM
   * @param key file with its private key, PEM
   */
  public record Https(boolean enabled, String listen, String ca, String cert, String key) {}

  /** The strategy as the file calls it. */
  public String strategyName() {
    return strategy == Allocation.Strategy.CONSISTENT_HASHING ? "consistent-hashing" : "per-node";
  }

  /** Copies the list. */
  public AllocatorConfig {
    collectors = List.copyOf(collectors);
  }
}
