package io.promdisco.server.access;

import com.google.common.primitives.Ints;
import java.time.Duration;

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
  /** How long a client may take for a request's head, or until its next request. */
  public static final Duration IDLE = Duration.ofSeconds(30);

  /** How long a client may take to read a part of an answer, which is 64 KiB at most. */
  public static final Duration BLOCKED = Duration.ofSeconds(20);

  /** How long an answer may take in all, streams excepted. */
  public static final Duration WHOLE = Duration.ofMinutes(5);

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
  public ServerLimits within(long files) {
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
