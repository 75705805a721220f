package io.promdisco.explain;

import com.google.common.net.InetAddresses;
import java.util.Locale;

/** Names and IP addresses in one spelling, to compare them. */
final class Hosts {
  private Hosts() {}

  /** A host in small letters, an IPv6 address in its shortest form, without brackets. */
  static String canonical(String host) {
    if (host.indexOf(':') < 0) {
      return host.toLowerCase(Locale.ROOT);
    }
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    return InetAddresses.isInetAddress(bare)
        ? InetAddresses.toAddrString(InetAddresses.forString(bare))
        : bare.toLowerCase(Locale.ROOT);
  }

  /** An address without its port and brackets. */
  static String of(String address) {
    int colon = address.lastIndexOf(':');
    boolean hasPort = colon >= 0 && address.indexOf(':') == colon;
    if (address.startsWith("[")) {
      int end = address.indexOf(']');
      return end < 0 ? address : address.substring(1, end);
    }
    return hasPort ? address.substring(0, colon) : address;
  }
}
