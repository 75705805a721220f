package io.promdisco.server.access;

import io.promdisco.Internal;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a client for limits: an IPv4 address, or the first 64 bits of an IPv6 address,
 * because one machine usually has all addresses of such a network.
 *
 * @hidden
 */
@Internal
public record ClientAddress(String network) {
  static final ClientAddress UNKNOWN = new ClientAddress("unknown");

  private static final int NETWORK_BYTES = 8;

  static ClientAddress of(@Nullable SocketAddress address) {
    InetAddress ip = address instanceof InetSocketAddress inet ? inet.getAddress() : null;
    if (ip == null) {
      return UNKNOWN;
    }
    return new ClientAddress(
        ip instanceof Inet6Address
            ? HexFormat.of().formatHex(ip.getAddress(), 0, NETWORK_BYTES) + "/64"
            : ip.getHostAddress());
  }
}
