package io.promdisco.providers.dns;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.DnsSdConfig;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.providers.refresh.RefreshLoop;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.MemorySink;
import io.promdisco.util.Closer;
import io.promdisco.util.MemoryBudget;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;

final class DnsDiscovererTest {
  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final long TTL = 60;

  private final Closer closer = new Closer();
  private final ManualTicker ticker = new ManualTicker();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final PrometheusMetrics metrics = new PrometheusMetrics(registry);
  private final RefreshLoop loop = closer.add(new RefreshLoop(ticker, metrics));
  private final MemorySink sink = new MemorySink("d");
  private final FakeDnsServer server = closer.add(open());

  @TempDir private Path folder = Path.of("");

  private static FakeDnsServer open() {
    try {
      return FakeDnsServer.open();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void askOneServer() throws IOException {
    resolvConf("nameserver 127.0.0.1");
  }

  private Path resolvConf() {
    return folder.resolve("resolv.conf");
  }

  private void resolvConf(String... lines) throws IOException {
    Files.write(resolvConf(), List.of(lines));
  }

  @AfterEach
  void close() {
    closer.close();
  }

  private static Name name(String text) throws IOException {
    return Name.fromString(text, Name.root);
  }

  private static Record a(String name, String address) throws IOException {
    return new ARecord(name(name), DClass.IN, TTL, InetAddress.getByName(address));
  }

  private static Record srv(String name, int port, String target) throws IOException {
    return new SRVRecord(name(name), DClass.IN, TTL, 0, 0, port, name(target));
  }

  private void start(DnsSdConfig.Type type, int port, String... names) throws Exception {
    start(MemoryBudget.standard(), type, port, names);
  }

  private void start(MemoryBudget memory, DnsSdConfig.Type type, int port, String... names)
      throws Exception {
    DnsDiscovererFactory factory =
        new DnsDiscovererFactory(
            loop, metrics, resolvConf(), new ParallelDnsLookups(server.port(), TIMEOUT), memory);
    DnsSdConfig config = new DnsSdConfig(List.of(names), type, port, INTERVAL);
    closer.add(factory.create(config, "dns/0")).start(sink);
    ticker.awaitAlarms(1);
  }

  private void lookAgain() throws InterruptedException {
    ticker.advance(INTERVAL);
    ticker.awaitAlarms(1);
  }

  private double count(String name) {
    Double value = registry.getSampleValue(name);
    return value == null ? 0 : value;
  }

  private List<Map<String, String>> targets(String source) {
    return sink.group(source).targets().stream().map(target -> target.toMap()).toList();
  }

  @Test
  void aNameOfTooManyTargetsFailsAndKeepsItsLastOnes() throws Exception {
    server.put(name("a.test"), a("a.test", "10.0.0.1"));
    server.put(name("b.test"), a("b.test", "10.0.0.2"));
    start(new MemoryBudget(10_000, 10_000), DnsSdConfig.Type.A, 80, "a.test", "b.test");
    Record[] many = new Record[40];
    for (int i = 0; i < many.length; i++) {
      many[i] = a("a.test", "10.1.0." + i);
    }
    server.put(name("a.test"), many);
    server.put(name("b.test"), a("b.test", "10.0.0.3"));
    lookAgain();
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80", "10.0.0.3:80");
    assertThat(sink.failures()).containsOnlyKeys("a.test");
    assertThat(sink.failures().get("a.test"))
        .contains("would take more than about 10000 bytes of memory");
    server.put(name("a.test"), a("a.test", "10.0.0.4"));
    lookAgain();
    assertThat(sink.addresses()).containsExactly("10.0.0.4:80", "10.0.0.3:80");
    assertThat(sink.failures()).isEmpty();
  }

  @Test
  void servicesBringTheirPorts() throws Exception {
    server.put(
        name("_web._tcp.shop.test"),
        srv("_web._tcp.shop.test", 9100, "Node-1.shop.test"),
        srv("_web._tcp.shop.test", 0, "."));
    start(DnsSdConfig.Type.SRV, 0, "_web._tcp.shop.test");
    assertThat(targets("_web._tcp.shop.test"))
        .containsExactly(
            Map.of(
                "__address__", "Node-1.shop.test:9100",
                "__meta_dns_name", "_web._tcp.shop.test",
                "__meta_dns_srv_record_target", "Node-1.shop.test.",
                "__meta_dns_srv_record_port", "9100"),
            Map.of(
                "__address__", ":0",
                "__meta_dns_name", "_web._tcp.shop.test",
                "__meta_dns_srv_record_target", ".",
                "__meta_dns_srv_record_port", "0"));
    assertThat(sink.isSynced()).isTrue();
    assertThat(count("prometheus_sd_dns_lookups_total")).isOne();
    assertThat(count("prometheus_sd_dns_lookup_failures_total")).isZero();
  }

  @Test
  void addressesGetTheConfiguredPortAndAliasesAreNotTargets() throws Exception {
    server.put(
        name("web.test"),
        new CNAMERecord(name("web.test"), DClass.IN, TTL, name("real.test")),
        a("real.test", "10.0.0.1"),
        a("real.test", "10.0.0.2"));
    start(DnsSdConfig.Type.A, 9100, "web.test");
    assertThat(targets("web.test"))
        .containsExactly(
            Map.of("__address__", "10.0.0.1:9100", "__meta_dns_name", "web.test"),
            Map.of("__address__", "10.0.0.2:9100", "__meta_dns_name", "web.test"));
  }

  @Test
  void longAddressesAreShortenedAndInBrackets() throws Exception {
    server.put(
        name("six.test"),
        new AAAARecord(
            name("six.test"), DClass.IN, TTL, InetAddress.getByName("2001:db8:0:0:0:0:0:1")));
    start(DnsSdConfig.Type.AAAA, 9100, "six.test");
    assertThat(sink.addresses()).containsExactly("[2001:db8::1]:9100");
  }

  @Test
  void mailServersBringTheirNames() throws Exception {
    server.put(
        name("mail.test"), new MXRecord(name("mail.test"), DClass.IN, TTL, 10, name("mx.test")));
    start(DnsSdConfig.Type.MX, 25, "mail.test");
    assertThat(targets("mail.test"))
        .containsExactly(
            Map.of(
                "__address__", "mx.test:25",
                "__meta_dns_name", "mail.test",
                "__meta_dns_mx_record_target", "mx.test."));
  }

  @Test
  void nameServersBringTheirNames() throws Exception {
    server.put(name("zone.test"), new NSRecord(name("zone.test"), DClass.IN, TTL, name("ns.test")));
    start(DnsSdConfig.Type.NS, 53, "zone.test.");
    assertThat(targets("zone.test."))
        .containsExactly(
            Map.of(
                "__address__", "ns.test:53",
                "__meta_dns_name", "zone.test.",
                "__meta_dns_ns_record_target", "ns.test."));
  }

  @Test
  void answerThatDoesNotFitIsAskedForOverTcp() throws Exception {
    server.become(FakeDnsServer.Habit.TRUNCATES_UDP);
    server.put(
        name("many.test"),
        IntStream.range(0, 3000)
            .mapToObj(i -> record("10.0." + i / 250 + "." + i % 250))
            .toArray(Record[]::new));
    start(DnsSdConfig.Type.A, 9100, "many.test.");
    assertThat(sink.addresses()).hasSize(3000).contains("10.0.11.249:9100");
    assertThat(server.queries()).containsExactly("udp many.test. A", "tcp many.test. A");
  }

  private static Record record(String address) {
    try {
      return a("many.test", address);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void nameThatIsGoneLosesItsTargets() throws Exception {
    server.put(name("web.test"), a("web.test", "10.0.0.1"));
    start(DnsSdConfig.Type.A, 80, "web.test");
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
    server.fail(name("web.test"), Rcode.NXDOMAIN);
    lookAgain();
    assertThat(sink.addresses()).isEmpty();
    assertThat(sink.failures()).isEmpty();
  }

  @Test
  void serverThatFailsLeavesTheTargetsOfThatNameOnly() throws Exception {
    server.put(name("a.test"), a("a.test", "10.0.0.1"));
    server.put(name("b.test"), a("b.test", "10.0.0.2"));
    start(DnsSdConfig.Type.A, 80, "a.test", "b.test");
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80", "10.0.0.2:80");
    server.fail(name("a.test"), Rcode.SERVFAIL);
    server.put(name("b.test"), a("b.test", "10.0.0.3"));
    lookAgain();
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80", "10.0.0.3:80");
    assertThat(sink.failures()).containsOnlyKeys("a.test");
    assertThat(sink.failures().get("a.test")).contains("SERVFAIL").contains("a.test.");
    assertThat(count("prometheus_sd_dns_lookups_total")).isEqualTo(4);
    assertThat(count("prometheus_sd_dns_lookup_failures_total")).isOne();
    server.put(name("a.test"), a("a.test", "10.0.0.4"));
    lookAgain();
    assertThat(sink.failures()).isEmpty();
    assertThat(sink.addresses()).containsExactly("10.0.0.4:80", "10.0.0.3:80");
  }

  @Test
  void sourceIsNotSyncedWhileNoNameHasAnAnswer() throws Exception {
    server.fail(name("a.test"), Rcode.REFUSED);
    start(DnsSdConfig.Type.A, 80, "a.test");
    assertThat(sink.isSynced()).isFalse();
    assertThat(sink.failures().get("A records of a.test")).contains("REFUSED");
    server.put(name("a.test"));
    lookAgain();
    assertThat(sink.isSynced()).isTrue();
    assertThat(sink.failures()).isEmpty();
  }

  @Test
  void aNameThatNeverHadAnAnswerIsUnreadUntilItHas() throws Exception {
    server.put(name("a.test"), a("a.test", "10.0.0.1"));
    server.fail(name("b.test"), Rcode.SERVFAIL);
    start(DnsSdConfig.Type.A, 80, "a.test", "b.test");
    assertThat(sink.isSynced()).isTrue();
    assertThat(sink.unread()).containsExactly("b.test");
    server.put(name("b.test"), a("b.test", "10.0.0.2"));
    lookAgain();
    assertThat(sink.unread()).isEmpty();
    server.fail(name("b.test"), Rcode.SERVFAIL);
    lookAgain();
    assertThat(sink.unread()).isEmpty();
  }

  @Test
  void secondServerIsAskedWhenTheFirstHasNoAnswer() throws Exception {
    try (FakeDnsServer second = FakeDnsServer.open("127.0.0.2", server.port())) {
      resolvConf("nameserver 127.0.0.1", "nameserver 127.0.0.2");
      server.fail(name("a.test"), Rcode.SERVFAIL);
      second.put(name("a.test"), a("a.test", "10.0.0.1"));
      start(DnsSdConfig.Type.A, 80, "a.test");
      assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
    }
  }

  @Test
  void secondServerIsAskedWhenTheFirstIsSilent() throws Exception {
    try (FakeDnsServer second = FakeDnsServer.open("127.0.0.2", server.port())) {
      resolvConf("nameserver 127.0.0.1", "nameserver 127.0.0.2");
      server.become(FakeDnsServer.Habit.IS_SILENT);
      second.put(name("a.test"), a("a.test", "10.0.0.1"));
      start(DnsSdConfig.Type.A, 80, "a.test");
      assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
      assertThat(sink.failures()).isEmpty();
    }
  }

  @Test
  void anUnreachableServerIsSkipped() throws Exception {
    resolvConf("nameserver 127.0.0.77", "nameserver dns.example", "nameserver 127.0.0.1");
    server.put(name("a.test"), a("a.test", "10.0.0.1"));
    start(DnsSdConfig.Type.A, 80, "a.test");
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
  }

  @Test
  void serverWithAnIpv6AddressIsAsked() throws Exception {
    try (FakeDnsServer six = FakeDnsServer.open("::1", server.port())) {
      resolvConf("nameserver ::1");
      six.become(FakeDnsServer.Habit.TRUNCATES_UDP);
      six.put(name("a.test"), a("a.test", "10.0.0.1"));
      start(DnsSdConfig.Type.A, 80, "a.test");
      assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
      assertThat(six.queries()).containsExactly("udp a.test. A", "tcp a.test. A");
      resolvConf("nameserver ::1%" + loopbackInterface());
      six.put(name("a.test"), a("a.test", "10.0.0.2"));
      lookAgain();
      assertThat(sink.addresses()).containsExactly("10.0.0.2:80");
    }
  }

  private static String loopbackInterface() throws IOException {
    return NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()).getName();
  }

  @Test
  void interfaceThatIsMissingIsNamed() throws Exception {
    resolvConf("nameserver fe80::1%none0");
    start(DnsSdConfig.Type.A, 80, "a.test");
    assertThat(sink.failures().get("A records of a.test"))
        .isEqualTo("a.test.: fe80::1%none0: no network interface \"none0\"");
  }

  @Test
  void answerThatIsTruncatedOverTcpKeepsTheTargets() throws Exception {
    server.put(name("a.test"), a("a.test", "10.0.0.1"));
    start(DnsSdConfig.Type.A, 80, "a.test");
    server.become(FakeDnsServer.Habit.TRUNCATES_ALL);
    server.put(name("a.test"), a("a.test", "10.0.0.2"));
    lookAgain();
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
    assertThat(sink.failures().get("A records of a.test"))
        .isEqualTo("a.test.: 127.0.0.1 over TCP: the answer is truncated over TCP as well");
  }

  @Test
  void everyQuestionOverTcpHasAConnectionOfItsOwn() throws Exception {
    server.become(FakeDnsServer.Habit.TRUNCATES_UDP);
    String[] names = IntStream.range(0, 20).mapToObj(i -> "n" + i + ".test").toArray(String[]::new);
    for (String name : names) {
      server.put(name(name), a(name, "10.0.0.1"));
    }
    start(DnsSdConfig.Type.A, 80, names);
    // The server closes each connection after one answer.
    assertThat(sink.failures()).isEmpty();
    assertThat(sink.addresses()).hasSize(20);
  }

  @Test
  void answersToOtherQuestionsAreIgnored() throws Exception {
    server.put(name("a.test"), a("a.test", "10.0.0.1"));
    resolvConf("nameserver 127.0.0.1");
    server.become(FakeDnsServer.Habit.SENDS_OLD_ANSWERS_FIRST);
    start(DnsSdConfig.Type.A, 80, "a.test");
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
    for (FakeDnsServer.Habit habit :
        List.of(
            FakeDnsServer.Habit.ANSWERS_OTHER_QUESTIONS_FIRST, FakeDnsServer.Habit.ECHOES_FIRST)) {
      server.become(habit);
      lookAgain();
      assertThat(sink.addresses()).as("%s", habit).containsExactly("10.0.0.1:80");
      assertThat(sink.failures()).as("%s", habit).isEmpty();
    }
  }

  @Test
  void answerThatCannotBeReadKeepsTheTargets() throws Exception {
    server.put(name("a.test"), a("a.test", "10.0.0.1"));
    start(DnsSdConfig.Type.A, 80, "a.test");
    server.become(FakeDnsServer.Habit.SENDS_GARBAGE);
    lookAgain();
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
    assertThat(sink.failures().get("A records of a.test")).contains("cannot read the answer");
  }

  @Test
  void questionOverUdpAnnouncesRoomForLongAnswersAndARefusalOfThatIsAFailure() throws Exception {
    server.put(name("a.test"), a("a.test", "10.0.0.1"));
    start(DnsSdConfig.Type.A, 80, "a.test");
    assertThat(server.sawEdns()).isTrue();
    server.become(FakeDnsServer.Habit.REFUSES_EDNS);
    lookAgain();
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
    assertThat(sink.failures().get("A records of a.test")).contains("FORMERR");
  }

  @Test
  void shortNameIsSearchedFirst() throws Exception {
    resolvConf("nameserver 127.0.0.1", "search one.test two.test");
    server.put(name("web.two.test"), a("web.two.test", "10.0.0.1"));
    start(DnsSdConfig.Type.A, 80, "web");
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
    assertThat(server.queries()).containsExactly("udp web.one.test. A", "udp web.two.test. A");
    assertThat(sink.groups()).containsOnlyKeys("web");
  }

  @Test
  void nameWithoutSuchRecordsEndsTheSearch() throws Exception {
    resolvConf("nameserver 127.0.0.1", "search one.test two.test");
    server.put(name("web.one.test"));
    server.put(name("web.two.test"), a("web.two.test", "10.0.0.1"));
    start(DnsSdConfig.Type.A, 80, "web");
    assertThat(sink.addresses()).isEmpty();
    assertThat(sink.isSynced()).isTrue();
  }

  @Test
  void failureInOneDomainOfTheSearchLeavesOpenWhetherThereIsSuchAName() throws Exception {
    resolvConf("nameserver 127.0.0.1", "search one.test two.test");
    server.fail(name("web.one.test"), Rcode.SERVFAIL);
    start(DnsSdConfig.Type.A, 80, "web");
    assertThat(sink.isSynced()).isFalse();
    server.put(name("web.two.test"), a("web.two.test", "10.0.0.1"));
    lookAgain();
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
  }

  @Test
  void resolvConfThatChangesIsUsedAtTheNextLookup() throws Exception {
    try (FakeDnsServer second = FakeDnsServer.open("127.0.0.2", server.port())) {
      server.put(name("web.one.test"), a("web.one.test", "10.0.0.1"));
      second.put(name("web.two.test"), a("web.two.test", "10.0.0.2"));
      resolvConf("nameserver 127.0.0.1", "search one.test");
      start(DnsSdConfig.Type.A, 80, "web");
      assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
      resolvConf("nameserver 127.0.0.2", "search two.test");
      lookAgain();
      assertThat(sink.addresses()).containsExactly("10.0.0.2:80");
    }
  }

  @Test
  void resolvConfThatIsMissingOrEmptyKeepsTheTargets() throws Exception {
    server.put(name("a.test"), a("a.test", "10.0.0.1"));
    start(DnsSdConfig.Type.A, 80, "a.test");
    Files.delete(resolvConf());
    lookAgain();
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
    assertThat(sink.failures().get("A records of a.test"))
        .isEqualTo(resolvConf() + ": no such file (expected: one that names DNS servers)");
    assertThat(count("prometheus_sd_dns_lookup_failures_total")).isOne();
    resolvConf("# nothing");
    lookAgain();
    assertThat(sink.addresses()).containsExactly("10.0.0.1:80");
    assertThat(sink.failures().get("A records of a.test")).contains("no DNS server");
    resolvConf("nameserver 127.0.0.1");
    lookAgain();
    assertThat(sink.failures()).isEmpty();
  }

  @Test
  void failureOfAllNamesReplacesThatOfOne() throws Exception {
    server.put(name("a.test"), a("a.test", "10.0.0.1"));
    server.fail(name("b.test"), Rcode.SERVFAIL);
    start(DnsSdConfig.Type.A, 80, "a.test", "b.test", "c.test");
    assertThat(sink.failures()).containsOnlyKeys("b.test");
    server.close();
    lookAgain();
    assertThat(sink.failures()).containsOnlyKeys("A records of a.test, b.test, c.test");
    assertThat(sink.failures().get("A records of a.test, b.test, c.test"))
        .startsWith("a.test: a.test.: 127.0.0.1: ")
        .endsWith(" (and 2 other names)");
  }

  @Test
  void manyNamesAreNotAllListed() throws Exception {
    String[] names =
        IntStream.range(0, 600).mapToObj(i -> "n" + i + ".test").toArray(String[]::new);
    for (String name : names) {
      server.fail(name(name), Rcode.SERVFAIL);
    }
    start(DnsSdConfig.Type.A, 80, names);
    assertThat(sink.failures())
        .containsOnlyKeys("A records of n0.test, n1.test, n2.test and 597 more names");
    assertThat(server.queries()).doesNotHaveDuplicates(); // A busy system may drop packets.
  }

  @Test
  void invalidNameIsReported() throws Exception {
    start(DnsSdConfig.Type.A, 80, "a..b");
    assertThat(sink.failures().get("A records of a..b")).contains("not a DNS name");
  }

  @Test
  void nameOutsideOfAsciiIsAskedForAsItsBytes() throws Exception {
    Name asked = name("b\\195\\188ro.test");
    server.put(
        asked, new SRVRecord(asked, DClass.IN, TTL, 0, 0, 80, name("p\\032 $\\@\\195.x\\.y.test")));
    start(DnsSdConfig.Type.SRV, 0, "b\u00fcro.test");
    assertThat(targets("b\u00fcro.test").get(0))
        .containsEntry("__meta_dns_srv_record_target", "p\\ \\ $\\@\\195.x\\.y.test.");
  }

  @Test
  void addressInTheFormOfBothFamiliesIsWrittenShort() throws Exception {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    System.arraycopy(new byte[] {10, 0, 0, 1}, 0, mapped, 12, 4);
    server.put(
        name("six.test"),
        new AAAARecord(
            name("six.test"), DClass.IN, TTL, Inet6Address.getByAddress(null, mapped, -1)));
    start(DnsSdConfig.Type.AAAA, 9100, "six.test");
    assertThat(sink.addresses()).containsExactly("10.0.0.1:9100");
  }

  @Test
  void serverThatIsSilentIsGivenUp() throws Exception {
    server.become(FakeDnsServer.Habit.IS_SILENT);
    start(DnsSdConfig.Type.A, 80, "a.test");
    assertThat(sink.failures().get("A records of a.test"))
        .isEqualTo("a.test.: 127.0.0.1: no answer within 2s");
  }

  @Test
  void closingEndsALookupThatWaits() throws Exception {
    server.become(FakeDnsServer.Habit.IS_SILENT);
    DnsDiscovererFactory factory =
        new DnsDiscovererFactory(
            loop,
            metrics,
            resolvConf(),
            new ParallelDnsLookups(server.port(), Duration.ofHours(1)));
    DnsSdConfig config = new DnsSdConfig(List.of("a.test"), DnsSdConfig.Type.A, 80, INTERVAL);
    closer.add(factory.create(config, "dns/0")).start(sink);
    eventually(() -> assertThat(server.queries()).isNotEmpty());
    closer.close(); // The check for leftover threads after every test would find one.
  }
}
