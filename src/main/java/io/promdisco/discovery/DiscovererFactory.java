package io.promdisco.discovery;

import io.promdisco.config.SdConfig;

/**
 * Creates the discoverers of one mechanism. A factory lives as long as its manager, and may share
 * connections and watches between its discoverers. Third-party factories are found by {@link
 * java.util.ServiceLoader}, a new instance for each manager.
 */
public interface DiscovererFactory extends AutoCloseable {
  /** Whether this factory creates discoverers for {@code config}. */
  boolean accepts(SdConfig config);

  /**
   * Creates a discoverer that is not started.
   *
   * @param provider the provider's name, for logs and thread names, for example {@code
   *     kubernetes/0}
   * @throws DiscoveryException if it cannot be created, for example because a file is missing; the
   *     manager counts and reports it, and continues with the others
   */
  Discoverer create(SdConfig config, String provider) throws DiscoveryException;

  /** Releases what the discoverers shared. They are closed before. */
  @Override
  default void close() {}
}
