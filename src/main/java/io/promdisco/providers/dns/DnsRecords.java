package io.promdisco.providers.dns;

import com.google.common.net.InetAddresses;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;

/** From the records of a name to its target group. */
final class DnsRecords {
  private static final String ADDRESS = "__address__";
  private static final String NAME = "__meta_dns_name";
  private static final String SRV_TARGET = "__meta_dns_srv_record_target";
  private static final String SRV_PORT = "__meta_dns_srv_record_port";
  private static final String MX_TARGET = "__meta_dns_mx_record_target";
  private static final String NS_TARGET = "__meta_dns_ns_record_target";

  private DnsRecords() {}

  /**
   * A target for each record; those that lead to the records, as aliases do, and signatures are
   * none.
   *
   * @param port of the targets whose record has none
   */
  static TargetGroup group(String name, int port, List<Record> records) {
    List<Labels> targets = new ArrayList<>();
    for (Record record : records) {
      if (record instanceof SRVRecord srv) {
        targets.add(
            Labels.of(
                ADDRESS,
                address(host(srv.getTarget()), srv.getPort()),
                NAME,
                name,
                SRV_TARGET,
                DnsNames.text(srv.getTarget()),
                SRV_PORT,
                Integer.toString(srv.getPort())));
      } else if (record instanceof MXRecord mx) {
        targets.add(named(name, mx.getTarget(), port, MX_TARGET));
      } else if (record instanceof NSRecord ns) {
        targets.add(named(name, ns.getTarget(), port, NS_TARGET));
      } else if (record instanceof ARecord a) {
        targets.add(addressed(name, a.getAddress(), port));
      } else if (record instanceof AAAARecord aaaa) {
        targets.add(addressed(name, aaaa.getAddress(), port));
      }
    }
    return new TargetGroup(name, targets, Labels.EMPTY);
  }

  private static Labels named(String name, Name target, int port, String label) {
    return Labels.of(
        ADDRESS, address(host(target), port), NAME, name, label, DnsNames.text(target));
  }

  /** An IPv4 address in the form of an IPv6 address is written as the IPv4 address. */
  private static Labels addressed(String name, InetAddress address, int port) {
    InetAddress plain;
    try {
      plain = InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e); // The length of an address is always right.
    }
    return Labels.of(ADDRESS, address(InetAddresses.toAddrString(plain), port), NAME, name);
  }

  /** Whatever has a colon is written in brackets, as an IPv6 address. */
  private static String address(String host, int port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  /** Without the final dot, as people write it; the root is the empty name then. */
  private static String host(Name name) {
    String text = DnsNames.text(name);
    return text.substring(0, text.length() - 1);
  }
}
