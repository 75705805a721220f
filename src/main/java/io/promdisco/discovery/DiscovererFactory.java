package io.promdisco.discovery;

import io.promdisco.config.SdConfig;

/**
 * Makes the discoverers of one mechanism. A factory lives as long as its manager and may share
 * connections and watches between its discoverers. Those of third parties are found by {@link
 * java.util.ServiceLoader}, a new one for each manager.
 */
public interface DiscovererFactory extends AutoCloseable {
  /** Whether this factory makes discoverers for {@code config}. */
  boolean accepts(SdConfig config);

  /**
   * Makes a discoverer that has not been started.
   *
   * @param provider the provider's name, for logs and thread names, as {@code kubernetes/0}
   * @throws DiscoveryException if it cannot be made, for example because a file is missing; the
   *     manager counts and reports it and goes on with the others
   */
  Discoverer create(SdConfig config, String provider) throws DiscoveryException;

  /** Gives up what the discoverers shared. They have been closed before. */
  @Override
  default void close() {}
}
