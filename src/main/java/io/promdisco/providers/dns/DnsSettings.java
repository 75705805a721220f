package io.promdisco.providers.dns;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Name;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.TextParseException;

/**
 * Whom to ask and for which names, as {@code resolv.conf} says it.
 *
 * @param servers in order
 * @param search complete domains in which a name that is not complete is looked up, in order
 * @param ndots a name with at least so many dots is looked up as it is first
 */
record DnsSettings(List<InetSocketAddress> servers, List<Name> search, int ndots) {
  private static final int LONGEST_NAME = 255;

  /** Copies the lists. */
  DnsSettings {
    servers = List.copyOf(servers);
    search = List.copyOf(search);
  }

  /** What the machine says at this moment. */
  static DnsSettings ofMachine() {
    ResolverConfig config = new ResolverConfig();
    return new DnsSettings(config.servers(), config.searchPath(), config.ndots());
  }

  /**
   * The complete names to look up for {@code name}, in order.
   *
   * @throws TextParseException if it is no name
   */
  List<Name> names(String name) throws TextParseException {
    Name written = Name.fromString(name);
    if (written.isAbsolute()) {
      return List.of(written);
    }
    List<Name> names = new ArrayList<>();
    for (Name domain : search) {
      if (written.length() + domain.length() <= LONGEST_NAME) {
        names.add(Name.fromString(name, domain));
      }
    }
    boolean asItIsFirst = written.labels() > ndots;
    names.add(asItIsFirst ? 0 : names.size(), Name.fromString(name, Name.root));
    return names;
  }
}
