package io.promdisco.server.access;

import com.google.common.net.InetAddresses;
import io.promdisco.Internal;
import io.promdisco.util.HostNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The host names that requests may use. A page of another site can make a browser connect to this
 * server through a name that resolves to this machine (DNS rebinding), but the browser sends that
 * name as {@code Host}. IP addresses and {@code localhost} are always allowed. Immutable.
 *
 * @hidden
 */
@Internal
public final class AllowedHosts {
  private static final String WILDCARD = "*.";

  private final List<String> names = new ArrayList<>();
  private final List<String> suffixes = new ArrayList<>();
  private final boolean any;

  /**
   * Creates the set of names, without ports; case does not matter.
   *
   * @param listening the address that the server listens on; if it is a name, it is allowed
   * @param configured names; {@code *.suffix} for every name below a suffix, {@code *} for any name
   * @throws IllegalArgumentException if a name is invalid
   */
  public AllowedHosts(String listening, List<String> configured) {
    names.add("localhost");
    names.add(listening.toLowerCase(Locale.ROOT));
    boolean every = false;
    for (String host : configured) {
      String name = withoutDot(host.toLowerCase(Locale.ROOT));
      if (host.equals("*")) {
        every = true;
      } else if (name.startsWith(WILDCARD) && isName(name.substring(WILDCARD.length()))) {
        suffixes.add(name.substring(1));
      } else if (isName(name)) {
        names.add(name);
      } else {
        throw new IllegalArgumentException(
            "allowed host: "
                + host
                + " (expected a host name without scheme and port, *.SUFFIX, or *)");
      }
    }
    any = every;
  }

  private static boolean isName(String name) {
    return name.matches("[a-z0-9_]([-a-z0-9_.]*[a-z0-9_])?") && !name.contains("..");
  }

  private static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** Whether a {@code Host}, with or without port, is allowed. */
  public boolean allow(String host) {
    if (any) {
      return true;
    }
    String name = withoutDot(HostNames.withoutPort(host).toLowerCase(Locale.ROOT));
    return names.contains(name)
        || InetAddresses.isInetAddress(name)
        || suffixes.stream().anyMatch(s -> name.endsWith(s) && name.length() > s.length());
  }
}
