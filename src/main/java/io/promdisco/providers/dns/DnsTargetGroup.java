package io.promdisco.providers.dns;

import com.google.common.net.InetAddresses;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.util.SourceMemory;
import java.io.IOException;
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

/** Makes a target group from the records of a name. */
final class DnsTargetGroup {
  private static final String ADDRESS = "__address__";
  private static final String NAME = "__meta_dns_name";
  private static final String SRV_TARGET = "__meta_dns_srv_record_target";
  private static final String SRV_PORT = "__meta_dns_srv_record_port";
  private static final String MX_TARGET = "__meta_dns_mx_record_target";
  private static final String NS_TARGET = "__meta_dns_ns_record_target";

  /** The maximum number of labels of a target. */
  private static final int RECORD_LABELS = 4;

  private DnsTargetGroup() {}

  /**
   * Makes a target for each record. Aliases and signatures are not targets.
   *
   * @param port the port for records without one
   * @param memory counts the group
   * @throws SourceMemory.ExceededException if it needs too much memory
   * @throws InterruptedException if the thread is interrupted
   */
  static TargetGroup group(String name, int port, List<Record> records, SourceMemory memory)
      throws IOException, InterruptedException {
    List<Labels> targets = new ArrayList<>();
    memory.take(SourceMemory.GROUP);
    for (Record record : records) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      memory.take(SourceMemory.TARGET + RECORD_LABELS * SourceMemory.LABEL);
      if (record instanceof SRVRecord srv) {
        String target = text(srv.getTarget(), memory);
        targets.add(
            Labels.of(
                ADDRESS,
                address(host(target), srv.getPort()),
                NAME,
                name,
                SRV_TARGET,
                target,
                SRV_PORT,
                Integer.toString(srv.getPort())));
      } else if (record instanceof MXRecord mx) {
        targets.add(named(name, text(mx.getTarget(), memory), port, MX_TARGET));
      } else if (record instanceof NSRecord ns) {
        targets.add(named(name, text(ns.getTarget(), memory), port, NS_TARGET));
      } else if (record instanceof ARecord a) {
        targets.add(addressed(name, a.getAddress(), port));
      } else if (record instanceof AAAARecord aaaa) {
        targets.add(addressed(name, aaaa.getAddress(), port));
      }
    }
    return new TargetGroup(name, targets, Labels.EMPTY);
  }

  private static Labels named(String name, String target, int port, String label) {
    return Labels.of(ADDRESS, address(host(target), port), NAME, name, label, target);
  }

  /** An IPv4 address in the form of an IPv6 address is written as the IPv4 address. */
  private static Labels addressed(String name, InetAddress address, int port) {
    InetAddress plain;
    try {
      plain = InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e); // The length of an address is always correct.
    }
    return Labels.of(ADDRESS, address(InetAddresses.toAddrString(plain), port), NAME, name);
  }

  /** A host with a colon is written in brackets, like an IPv6 address. */
  private static String address(String host, int port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  /** Returns the name of a target. Counts its memory twice, because the address repeats it. */
  private static String text(Name name, SourceMemory memory) throws IOException {
    String text = DnsNames.text(name);
    memory.take(2L * text.length());
    return text;
  }

  /** Removes the final dot; the root becomes an empty name. */
  private static String host(String text) {
    return text.substring(0, text.length() - 1);
  }
}
