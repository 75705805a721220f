package io.promdisco;

import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.DiscovererFactory;
import io.promdisco.discovery.DiscoveryManager;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.dns.DnsDiscovererFactory;
import io.promdisco.providers.file.FileDiscovererFactory;
import io.promdisco.providers.fixed.FixedDiscovererFactory;
import io.promdisco.providers.http.HttpDiscovererFactory;
import io.promdisco.providers.kubernetes.KubernetesDiscovererFactory;
import io.promdisco.providers.kubernetes.client.FabricClientFactory;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.providers.refresh.RefreshLoop;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.ScrapeManager;
import io.promdisco.scrape.TargetListener;
import io.promdisco.util.Closer;
import io.promdisco.util.SourceMemory;
import io.promdisco.util.SystemTicker;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * Discovers the targets of a configuration: the library's front door.
 *
 * <p>Nothing is static: several may live in one process, each with its own threads, connections and
 * targets. Safe for all threads.
 *
 * <pre>{@code
 * Configuration configuration = new ConfigLoader().load(Path.of("prometheus.yml"));
 * try (Promdisco promdisco = Promdisco.builder().build()) {
 *   promdisco.listen(change -> change.added().forEach(target -> System.out.println(target.scrapeUrl())));
 *   promdisco.apply(configuration);
 *   promdisco.awaitSynced(Duration.ofSeconds(30));
 * }
 * }</pre>
 */
public final class Promdisco implements AutoCloseable {
  private final Closer closer = new Closer();
  private final DiscoveryManager discovery;
  private final ScrapeManager scrape;

  private Promdisco(Builder builder) {
    SystemTicker ticker = closer.add(new SystemTicker());
    List<DiscovererFactory> factories = new ArrayList<>();
    factories.add(new FixedDiscovererFactory());
    factories.add(
        new KubernetesDiscovererFactory(
            builder.clients.apply(ticker), ticker, builder.metrics, builder.sourceMemory));
    factories.add(new FileDiscovererFactory(ticker, builder.metrics, builder.sourceMemory));
    RefreshLoop loop = closer.add(new RefreshLoop(ticker, builder.metrics));
    factories.add(new HttpDiscovererFactory(loop, ticker, builder.metrics, builder.sourceMemory));
    factories.add(new DnsDiscovererFactory(loop, builder.metrics));
    factories.addAll(builder.factories);
    factories.add(new FoundFactories(ServiceLoader.load(DiscovererFactory.class)));
    discovery = new DiscoveryManager(factories, ticker, builder.metrics);
    scrape = closer.add(new ScrapeManager(discovery, builder.metrics));
    closer.add(discovery);
    discovery.start(scrape);
  }

  /** A builder with every default. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Discovers what {@code configuration} says from now on. What is equal to before goes on
   * undisturbed: its connections, its watches, its targets. Returns without waiting for any server.
   */
  public synchronized void apply(Configuration configuration) {
    scrape.apply(configuration.jobs());
    Map<String, List<SdConfig>> sources = new LinkedHashMap<>();
    for (ScrapeConfig job : configuration.jobs()) {
      sources.put(job.jobName(), job.sdConfigs());
    }
    discovery.apply(sources);
  }

  /**
   * Waits until every provider has delivered what was there at its start and the targets made of it
   * are in the pools. A provider that could not be made is not waited for.
   *
   * @return false if {@code timeout} ran out first; {@link #providers} tells why
   */
  public boolean awaitSynced(Duration timeout) throws InterruptedException {
    return discovery.awaitSynced(timeout);
  }

  /**
   * Calls {@code listener} with each change, from a thread of its own; first with all targets that
   * are there already. Close the registration to end that.
   */
  public TargetListener.Registration listen(TargetListener listener) {
    return scrape.addListener(listener);
  }

  /** The jobs with their targets, in the order of the configuration. */
  public List<PoolView> pools() {
    return scrape.pools();
  }

  /** One job's targets; nothing if there is no such job. */
  public Optional<PoolView> pool(String job) {
    return scrape.pool(job);
  }

  /** How each source is: synced, failing and why. */
  public List<ProviderStatus> providers() {
    return discovery.status();
  }

  /** Ends all threads and connections. */
  @Override
  public void close() {
    closer.close();
  }

  /** Collects what differs from the defaults. */
  public static final class Builder {
    private Metrics metrics = Metrics.none();
    private Function<Ticker, ResourceClientFactory> clients = FabricClientFactory::new;
    private final List<DiscovererFactory> factories = new ArrayList<>();
    private long sourceMemory = SourceMemory.standard();

    private Builder() {}

    /**
     * Limits what one source may hold: a file SD config, an HTTP SD server, a watch of an API
     * server. A source beyond it keeps what it had and fails with a message that says so.
     *
     * @param bytes of memory, about, as they are estimated while a source is read; more than 0.
     *     Default: a quarter of the largest heap, at least 16 MiB
     */
    public Builder sourceMemory(long bytes) {
      if (bytes <= 0) {
        throw new IllegalArgumentException("sourceMemory: " + bytes + " (expected: more than 0)");
      }
      sourceMemory = bytes;
      return this;
    }

    /** Counts into {@code metrics}. Default: counts nothing. */
    public Builder metrics(Metrics metrics) {
      this.metrics = metrics;
      return this;
    }

    /**
     * Reaches API servers through what {@code clients} makes of the clock. Default: {@link
     * FabricClientFactory}, which does as each SD config says.
     */
    public Builder kubernetesClients(Function<Ticker, ResourceClientFactory> clients) {
      this.clients = clients;
      return this;
    }

    /**
     * Adds a source of targets beside those that promdisco has and those that {@link ServiceLoader}
     * finds. It is asked before the latter.
     */
    public Builder source(DiscovererFactory factory) {
      factories.add(factory);
      return this;
    }

    /** Starts the threads that need no configuration. */
    public Promdisco build() {
      return new Promdisco(this);
    }
  }
}
