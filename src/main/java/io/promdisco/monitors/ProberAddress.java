package io.promdisco.monitors;

import com.google.common.net.InetAddresses;
import io.promdisco.util.GoFormatting;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of a prober: a host name, an IP address, or one of them with a port.
 *
 * @param port null: none is given
 */
record ProberAddress(String host, @Nullable String port) {
  private static final int LONGEST = 255;
  private static final Pattern NAME =
      Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[._]?");

  private static final Pattern PORT = Pattern.compile("[+]?0*[1-9][0-9]{0,4}");

  /**
   * Checks an address.
   *
   * @throws InvalidMonitorException if it is none
   */
  static void check(String text) throws InvalidMonitorException {
    InvalidMonitorException.within(
        GoFormatting.quote(text)
            + " url specified in proberSpec is invalid, it should be of the format `hostname` or"
            + " `hostname:port`",
        () -> split(text).check());
  }

  /** Splits as Go's {@code net.SplitHostPort}; text that it refuses is a host as a whole. */
  private static ProberAddress split(String text) {
    ProberAddress whole = new ProberAddress(text, null);
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return whole;
    }
    String port = text.substring(colon + 1);
    String host = text.substring(0, colon);
    if (host.startsWith("[")) {
      host = host.endsWith("]") ? host.substring(1, host.length() - 1) : "[";
    } else if (host.indexOf(':') >= 0) {
      return whole;
    }
    boolean brackets = (host + port).indexOf('[') >= 0 || (host + port).indexOf(']') >= 0;
    return brackets ? whole : new ProberAddress(host, port);
  }

  private void check() throws InvalidMonitorException {
    if (!isHost(host)) {
      throw new InvalidMonitorException("invalid host: " + GoFormatting.quote(host));
    }
    if (port != null && !(PORT.matcher(port).matches() && Long.parseLong(port) < 65_536)) {
      throw new InvalidMonitorException("invalid port: " + GoFormatting.quote(port));
    }
  }

  private static boolean isHost(String host) {
    boolean address = host.indexOf('%') < 0 && InetAddresses.isInetAddress(host);
    return address || (host.replace(".", "").length() <= LONGEST && NAME.matcher(host).matches());
  }
}
