package io.promdisco.util;

import com.google.common.net.InetAddresses;
import java.util.Locale;

/** Normalizes host names and IP addresses. */
public final class HostNames {
  private HostNames() {}

  /** Returns a host in lower case; an IPv6 address in its shortest form, without brackets. */
  public static String canonical(String host) {
    if (host.indexOf(':') < 0) {
      return host.toLowerCase(Locale.ROOT);
    }
    String bare = withoutBrackets(host);
    return InetAddresses.isInetAddress(bare)
        ? InetAddresses.toAddrString(InetAddresses.forString(bare))
        : bare.toLowerCase(Locale.ROOT);
  }

  /** Returns a host without the brackets of an IPv6 address in a URL. */
  public static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** Returns an address without its port and brackets. */
  public static String withoutPort(String address) {
    int colon = address.lastIndexOf(':');
    boolean hasPort = colon >= 0 && address.indexOf(':') == colon;
    if (address.startsWith("[")) {
      int end = address.indexOf(']');
      return end < 0 ? address : address.substring(1, end);
    }
    return hasPort ? address.substring(0, colon) : address;
  }
}
