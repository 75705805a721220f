package io.promdisco.ruletest;

import io.promdisco.Promdisco;
import io.promdisco.config.Configuration;
import io.promdisco.config.FileSdConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.config.StaticSdConfig;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.model.TargetGroup;
import io.promdisco.offline.ManifestClientFactory;
import io.promdisco.offline.ManifestCluster;
import io.promdisco.offline.ManifestException;
import io.promdisco.offline.ManifestReader;
import io.promdisco.scrape.PoolView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Discovers from local data: targets written in the file, target files, and dumps of Kubernetes
 * objects. It contacts no servers and no DNS, so that a test has the same result everywhere.
 */
final class RuleTestDiscovery {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final @Nullable ManifestCluster cluster;
  private final String namespace;

  private RuleTestDiscovery(@Nullable ManifestCluster cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /**
   * Returns discovery from dumps.
   *
   * @param namespace the namespace that {@code own_namespace} refers to; empty for none
   */
  static RuleTestDiscovery from(List<Path> manifests, String namespace) throws RuleTestException {
    if (manifests.isEmpty()) {
      return new RuleTestDiscovery(null, "");
    }
    try {
      return new RuleTestDiscovery(new ManifestCluster(ManifestReader.read(manifests)), namespace);
    } catch (ManifestException e) {
      throw new RuleTestException(e.problems());
    }
  }

  /**
   * Returns the targets of each job.
   *
   * @param more further targets by job
   */
  Map<String, List<FoundTarget>> run(List<ScrapeConfig> jobs, Map<String, List<TargetGroup>> more)
      throws RuleTestException, InterruptedException {
    return run(
        jobs.stream()
            .map(job -> with(sources(job, more.getOrDefault(job.jobName(), List.of())), job))
            .toList());
  }

  /** Returns the targets that the job makes of these groups. */
  static List<FoundTarget> of(ScrapeConfig job, List<TargetGroup> groups)
      throws RuleTestException, InterruptedException {
    List<SdConfig> only = groups.isEmpty() ? List.of() : List.of(new StaticSdConfig(groups));
    return new RuleTestDiscovery(null, "")
        .run(List.of(with(only, job)))
        .getOrDefault(job.jobName(), List.of());
  }

  private List<SdConfig> sources(ScrapeConfig job, List<TargetGroup> more) {
    List<SdConfig> sources = new ArrayList<>();
    for (SdConfig source : job.sdConfigs()) {
      boolean atHand =
          source instanceof StaticSdConfig
              || source instanceof FileSdConfig
              || (source instanceof KubernetesSdConfig && cluster != null);
      if (atHand) {
        sources.add(source);
      }
    }
    if (!more.isEmpty()) {
      sources.add(new StaticSdConfig(more));
    }
    return sources;
  }

  /** Returns the job with other sources, and with all its dropped targets. */
  private static ScrapeConfig with(List<SdConfig> sources, ScrapeConfig job) {
    return job.toBuilder()
        .keepDroppedTargets(0)
        .sdConfigs(List.of())
        .build()
        .withSdConfigs(sources);
  }

  private Map<String, List<FoundTarget>> run(List<ScrapeConfig> jobs)
      throws RuleTestException, InterruptedException {
    Promdisco.Builder builder = Promdisco.builder();
    ManifestCluster objects = cluster;
    if (objects != null) {
      Optional<String> own = namespace.isEmpty() ? Optional.empty() : Optional.of(namespace);
      builder.kubernetesClients(ticker -> new ManifestClientFactory(objects, own));
    }
    try (Promdisco promdisco = builder.build()) {
      promdisco.apply(Configuration.of(jobs));
      if (!promdisco.awaitSynced(TIMEOUT)) {
        throw new RuleTestException(reasons(promdisco.providers()));
      }
      Map<String, List<FoundTarget>> found = new LinkedHashMap<>();
      for (PoolView pool : promdisco.pools()) {
        found.put(pool.job(), targets(pool));
      }
      return found;
    }
  }

  private static List<FoundTarget> targets(PoolView pool) {
    List<FoundTarget> targets = new ArrayList<>();
    pool.activeTargets().forEach(target -> targets.add(FoundTarget.active(target)));
    pool.droppedTargets(0).forEach(target -> targets.add(FoundTarget.dropped(target)));
    pool.failedTargets(0).forEach(target -> targets.add(FoundTarget.failed(target)));
    return targets;
  }

  private static List<String> reasons(List<ProviderStatus> providers) {
    List<String> reasons = new ArrayList<>();
    for (ProviderStatus provider : providers) {
      String who = String.join(", ", provider.jobs()) + ": " + provider.provider() + ": ";
      provider.failures().forEach(failure -> reasons.add(who + failure.reason()));
      if (!provider.synced() && provider.failures().isEmpty()) {
        reasons.add(who + "nothing delivered within " + TIMEOUT.toSeconds() + " s");
      }
    }
    return reasons;
  }
}
