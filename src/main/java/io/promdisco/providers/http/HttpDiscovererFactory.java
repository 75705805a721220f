package io.promdisco.providers.http;

import io.promdisco.config.HttpSdConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscovererFactory;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.refresh.RefreshLoop;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.util.Map;

/**
 * Discovers targets that web servers list ({@code http_sd_configs}): one GET request per refresh
 * interval, answered with a JSON list of target groups. A server that fails or is slow does not
 * delay others, and its targets stay.
 */
public final class HttpDiscovererFactory implements DiscovererFactory {
  private final RefreshLoop loop;
  private final Ticker ticker;
  private final Metrics.Counter failures;
  private final Map<String, String> env;
  private final MemoryBudget memory;

  /**
   * Creates a factory whose discoverers run in {@code loop}, with the environment of this process.
   *
   * @param metrics counts {@code prometheus_sd_http_failures_total}
   */
  public HttpDiscovererFactory(RefreshLoop loop, Ticker ticker, Metrics metrics) {
    this(loop, ticker, metrics, MemoryBudget.standard());
  }

  /** Creates a factory with approximate limits for the memory of a server's targets. */
  public HttpDiscovererFactory(
      RefreshLoop loop, Ticker ticker, Metrics metrics, MemoryBudget memory) {
    this(loop, ticker, metrics, System.getenv(), memory);
  }

  HttpDiscovererFactory(RefreshLoop loop, Ticker ticker, Metrics metrics, Map<String, String> env) {
    this(loop, ticker, metrics, env, MemoryBudget.standard());
  }

  private HttpDiscovererFactory(
      RefreshLoop loop,
      Ticker ticker,
      Metrics metrics,
      Map<String, String> env,
      MemoryBudget memory) {
    this.memory = memory;
    this.loop = loop;
    this.ticker = ticker;
    this.env = Map.copyOf(env);
    failures =
        metrics.counter(
            "prometheus_sd_http_failures_total",
            "Number of HTTP service discovery refresh failures.");
    failures.add(0);
  }

  @Override
  public boolean accepts(SdConfig config) {
    return config instanceof HttpSdConfig;
  }

  @Override
  public Discoverer create(SdConfig config, String provider) throws DiscoveryException {
    HttpSdConfig http = (HttpSdConfig) config;
    try {
      HttpRefresher refresher =
          new HttpRefresher(http, env, ticker, failures, HttpRefresher.LARGEST, memory.share());
      return loop.discoverer(
          http.mechanism(), provider, refresher.server(), http.refreshInterval(), refresher);
    } catch (IOException e) {
      throw new DiscoveryException(String.valueOf(e.getMessage()), e);
    }
  }
}
