package io.promdisco.server.access;

import com.google.common.primitives.Ints;
import java.time.Duration;

/**
 * The limits for connections and streams. A client is an IPv4 address, or the first 64 bits of an
 * IPv6 address.
 *
 * @param connections the maximum number of open connections, including streams
 * @param connectionsPerClient the maximum number of open connections of one client
 * @param streams the maximum number of open streams of changes
 * @param streamsPerClient the maximum number of open streams of one client
 */
public record ServerLimits(
    int connections, int connectionsPerClient, int streams, int streamsPerClient) {
  /** How long a client may take to send the headers of a request, or until its next request. */
  public static final Duration IDLE = Duration.ofSeconds(30);

  /** How long a client may take to read a part of an answer, which has at most 64 KiB. */
  public static final Duration BLOCKED = Duration.ofSeconds(20);

  /** How long an answer may take in total, except streams. */
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
   * Returns these limits with at most three quarters as many connections as files that the process
   * may still open.
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
