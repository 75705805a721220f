package io.promdisco.providers.file;

import io.promdisco.config.FileSdConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.config.section.Globs;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscovererFactory;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.OnDemandThreads;
import io.promdisco.util.Ticker;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * Creates the discoverers of {@code file_sd_configs}. They share one file system watch and the
 * threads {@code sd-file-N} that read. Safe for all threads.
 */
public final class FileDiscovererFactory implements DiscovererFactory {
  private final Ticker ticker;
  private final FileMetrics metrics;
  private final FolderWatcher watcher;
  private final MemoryBudget memory;
  private final Function<String, List<Path>> listing;
  private final OnDemandThreads threads = new OnDemandThreads("sd-file");

  /** Creates a factory, which starts threads with its first discoverer. */
  public FileDiscovererFactory(Ticker ticker, Metrics metrics) {
    this(ticker, metrics, MemoryBudget.standard());
  }

  /** Creates a factory with approximate limits for the memory of an SD config's targets. */
  public FileDiscovererFactory(Ticker ticker, Metrics metrics, MemoryBudget memory) {
    this(ticker, metrics, memory, Globs::files);
  }

  /** Same as the public constructor; {@code listing} returns the files that match a pattern. */
  FileDiscovererFactory(
      Ticker ticker, Metrics metrics, MemoryBudget memory, Function<String, List<Path>> listing) {
    this.listing = listing;
    this.memory = memory;
    this.ticker = ticker;
    this.metrics = new FileMetrics(metrics);
    watcher = new FolderWatcher(this.metrics);
  }

  @Override
  public boolean accepts(SdConfig config) {
    return config instanceof FileSdConfig;
  }

  @Override
  public Discoverer create(SdConfig config, String provider) throws DiscoveryException {
    if (!(config instanceof FileSdConfig files)) {
      throw new DiscoveryException(
          provider + ": " + config.mechanism() + " (expected: a file SD config)");
    }
    return new FileDiscoverer(
        provider, files, ticker, threads, watcher, metrics, memory.share(), listing);
  }

  /** Ends the threads and closes the watch. */
  @Override
  public void close() {
    watcher.close();
    threads.close();
  }
}
