package io.promdisco.providers.dns;

import com.google.common.net.InetAddresses;
import io.promdisco.model.PrometheusDuration;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.nio.channels.Selector;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * Looks up one name step by step, as Prometheus does: tries the complete names of the search list
 * until one exists, asks the servers in turn until one answers, and uses UDP, or TCP after a
 * truncated answer. For one thread.
 *
 * <p>"No such name" and "no such records" are answers. All other results are failures.
 */
final class DnsLookup implements AutoCloseable {
  private final ResolverSettings settings;
  private final int type;
  private final int port;
  private final Duration timeout;
  private final String asked;
  private final List<String> names;

  private int name;
  private int server;
  private boolean tcp;
  private final List<String> failures =
      new ArrayList<>(); // the failures of the current name, by server
  private @Nullable String failure; // the failure of the first name that got no answer
  private int failedNames;
  private @Nullable DnsQuery exchange;
  private @Nullable List<Record> records;

  /**
   * Creates a lookup that has not sent a query.
   *
   * @param port the port of all servers
   * @param timeout how long a server may take to accept a connection, and again to answer
   */
  DnsLookup(ResolverSettings settings, int type, int port, Duration timeout, String name) {
    this.settings = settings;
    this.type = type;
    this.port = port;
    this.timeout = timeout;
    asked = name;
    names = settings.names(name);
  }

  /** The name as it was requested. */
  String asked() {
    return asked;
  }

  /** Asks the next server, or for the next name, until a query was sent or nothing is left. */
  void ask(Selector selector) {
    while (exchange == null && !isDone()) {
      if (server < settings.servers().size()) {
        ask(selector, settings.servers().get(server));
      } else {
        if (server == 0) {
          failures.add("no DNS server (expected: a line \"nameserver\" in resolv.conf)");
        }
        nextName();
      }
    }
  }

  private void ask(Selector selector, String address) {
    Name complete;
    try {
      complete = DnsNames.parse(names.get(name));
    } catch (IOException e) {
      failures.add("not a DNS name: " + e.getMessage());
      nextName();
      return;
    }
    try {
      DnsQuery next =
          tcp
              ? DnsQuery.overTcp(complete, type, timeout)
              : DnsQuery.overUdp(complete, type, timeout);
      next.start(address(address), selector, this);
      exchange = next;
    } catch (IOException | RuntimeException e) {
      nextServer(reason(e));
    }
  }

  /** Continues when the channel of the query is ready. */
  void proceed() {
    DnsQuery now = exchange;
    if (now == null) {
      return;
    }
    Message answer;
    try {
      answer = now.proceed();
    } catch (IOException e) {
      end(now);
      nextServer(reason(e));
      return;
    }
    if (answer != null) {
      end(now);
      answered(answer);
    }
  }

  private void answered(Message answer) {
    if (answer.getHeader().getFlag(Flags.TC)) {
      if (tcp) {
        nextServer("the answer is truncated over TCP as well");
      } else {
        tcp = true; // For the same server again, and for all later ones.
      }
    } else if (answer.getRcode() == Rcode.NOERROR) {
      records = answer.getSection(Section.ANSWER);
    } else if (answer.getRcode() == Rcode.NXDOMAIN) {
      failures.clear();
      nextName();
    } else {
      nextServer(Rcode.string(answer.getRcode()));
    }
  }

  /** Returns how long the current server may still take, in nanoseconds. */
  long nanosLeft() {
    DnsQuery now = exchange;
    return now == null ? Long.MAX_VALUE : now.nanosLeft();
  }

  /** Gives up on the current server after its timeout. */
  void expire() {
    DnsQuery now = exchange;
    if (now != null) {
      end(now);
      nextServer("no answer within " + PrometheusDuration.format(timeout));
    }
  }

  private void end(DnsQuery now) {
    exchange = null;
    now.close();
  }

  private void nextServer(String reason) {
    failures.add(settings.servers().get(server) + (tcp ? " over TCP: " : ": ") + reason);
    server++;
  }

  private void nextName() {
    if (!failures.isEmpty()) {
      failedNames++;
      if (failure == null) {
        failure = names.get(name) + ": " + String.join("; ", failures);
      }
    }
    failures.clear();
    name++;
    server = 0;
    tcp = false;
  }

  boolean isDone() {
    return records != null || name == names.size();
  }

  /**
   * Returns the records that were found; empty if there is no such name. Call it when the lookup is
   * done.
   *
   * @throws IOException if no server answered; the message says what happened with each of them
   */
  List<Record> result() throws IOException {
    if (records != null) {
      return records;
    }
    if (failure != null) {
      throw new IOException(
          failure
              + (failedNames > 1
                  ? " (and " + (failedNames - 1) + " more of the search list)"
                  : ""));
    }
    return List.of();
  }

  @Override
  public void close() {
    DnsQuery now = exchange;
    if (now != null) {
      end(now);
    }
  }

  private static String reason(Exception e) {
    if (e instanceof PortUnreachableException) {
      return "connection refused";
    }
    if (e instanceof UnsupportedAddressTypeException) {
      return "this machine has no addresses of this family";
    }
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }

  /** Parses an address; a link-local one has an interface after a percent sign. */
  private InetSocketAddress address(String text) throws IOException {
    int percent = text.indexOf('%');
    String literal = percent < 0 ? text : text.substring(0, percent);
    if (!InetAddresses.isInetAddress(literal)) {
      throw new IOException("not a server (expected: an IP address after \"nameserver\")");
    }
    InetAddress address = InetAddresses.forString(literal);
    if (percent >= 0 && address instanceof Inet6Address six) {
      address =
          Inet6Address.getByAddress(null, six.getAddress(), zone(text.substring(percent + 1)));
    }
    return new InetSocketAddress(address, port);
  }

  private static int zone(String zone) throws IOException {
    NetworkInterface named = NetworkInterface.getByName(zone);
    if (named != null) {
      return named.getIndex();
    }
    if (zone.matches("[0-9]{1,9}")) {
      return Integer.parseInt(zone);
    }
    throw new IOException("no network interface \"" + zone + "\"");
  }
}
