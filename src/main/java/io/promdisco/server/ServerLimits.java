package io.promdisco.server;

import com.google.common.primitives.Ints;

/**
 * The limits for connections and streams. A client is an IPv4 address, or the first 64 bits of an
 * IPv6 address.
 *
 * @param connections open at once, including streams
 * @param connectionsPerClient open at once from one client
 * @param streams of changes open at once
 * @param streamsPerClient of changes open at once from one client
 */
public record ServerLimits(
    int connections, int connectionsPerClient, int streams, int streamsPerClient) {
  private static final int LEAST_CONNECTIONS = 16;

  /** The default limits. */
  public static final ServerLimits DEFAULT = new ServerLimits(512, 400, 250, 200);

  /** Checks that every limit is at least 1. */
  public ServerLimits {
    check("connections", connections);
    check("connections per client", connectionsPerClient);
    check("streams", streams);
    check("streams per client", streamsPerClient);
  }

  /**
   * These limits with at most three quarters as many connections as files that the process may
   * still open.
   */
  ServerLimits within(long files) {
    int room = Ints.saturatedCast(Math.max(LEAST_CONNECTIONS, files - files / 4));
    return connections <= room
        ? this
        : new ServerLimits(room, Math.min(connectionsPerClient, room), streams, streamsPerClient);
  }

  private static void check(String name, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException(name + ": " + limit + " (expected at least 1)");
    }
  }
}
