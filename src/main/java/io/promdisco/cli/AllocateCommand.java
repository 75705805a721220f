package io.promdisco.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.Promdisco;
import io.promdisco.allocator.Allocator;
import io.promdisco.allocator.AllocatorConfig;
import io.promdisco.allocator.AllocatorConfigReader;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.source.ClusterOptions;
import io.promdisco.cli.source.DiscoverySetup;
import io.promdisco.cli.source.LiveMonitors;
import io.promdisco.cli.source.MonitorReading;
import io.promdisco.config.ConfigException;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.Problem;
import io.promdisco.config.Secret;
import io.promdisco.config.WebConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.monitors.InvalidSettingsException;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.server.ListenException;
import io.promdisco.server.PromdiscoServer;
import io.promdisco.server.access.ServerLimits;
import io.promdisco.util.Closer;
import io.promdisco.util.SystemTicker;
import io.promdisco.workqueue.TaskQueue;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** Shares the targets among collectors until it is told to end. */
@Command(
    name = "allocate",
    mixinStandardHelpOptions = true,
    description =
        "Share the targets among collectors, as a drop-in for the OpenTelemetry target allocator.",
    footer = {
      "",
      "Reads the target allocator's configuration file and speaks its HTTP protocol. SIGHUP and a"
          + " change of the file read the scrape configs again; a bad file changes nothing. Other"
          + " settings need a restart. Options --zap-* of the allocator are accepted and ignored."
    })
final class AllocateCommand implements Callable<Integer> {
  private static final String ZAP = "--zap-";
  private static final int MAX_PORT = 65_535;

  /** Connections that any heap has room for. */
  private static final long LEAST_CONNECTIONS = 512;

  private static final long MOST_CONNECTIONS = 20_000;

  /** Heap for each connection, whose request may be incomplete and whose answer may be unread. */
  private static final long HEAP_OF_CONNECTION = 128 << 10;

  private final Console console;

  @Option(
      names = "--config-file",
      paramLabel = "FILE",
      description = "Configuration file. Default: /conf/targetallocator.yaml.")
  private Path file = Path.of("/conf/targetallocator.yaml");

  @Option(
      names = "--listen-addr",
      paramLabel = "[HOST]:PORT",
      description = "Where to listen for HTTP; port 0: a free one. Default: listen_addr, or :8080.")
  private @Nullable String listen;

  @Option(
      names = "--kubeconfig-path",
      paramLabel = "FILE",
      description = "Kubeconfig of the collectors' cluster. Default: kube_config_file_path.")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--enable-https-server",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOLEAN",
      description = "Listen for HTTPS too. Default: https.enabled, or false.")
  private @Nullable Boolean https;

  @Option(
      names = "--listen-addr-https",
      paramLabel = "[HOST]:PORT",
      description = "Where to listen for HTTPS. Default: https.listen_addr, or :8443.")
  private @Nullable String httpsListen;

  @Option(
      names = "--https-ca-file",
      paramLabel = "FILE",
      description = "Authorities of the clients' certificates. Default: https.ca_file_path.")
  private @Nullable String ca;

  @Option(
      names = "--https-tls-cert-file",
      paramLabel = "FILE",
      description = "The server's certificate. Default: https.tls_cert_file_path.")
  private @Nullable String cert;

  @Option(
      names = "--https-tls-key-file",
      paramLabel = "FILE",
      description = "The server's private key. Default: https.tls_key_file_path.")
  private @Nullable String key;

  @Option(
      names = "--allow-insecure-auth-secrets",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOLEAN",
      description =
          "Show secrets of scrape configs over plain HTTP. Default: allow_insecure_auth_secrets.")
  private @Nullable Boolean insecure;

  @Option(
      names = "--enable-prometheus-cr-watcher",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOLEAN",
      description =
          "Allocate also what ServiceMonitors, PodMonitors, Probes and ScrapeConfigs ask for."
              + " Default: prometheus_cr.enabled, or false.")
  private @Nullable Boolean prometheusCrs;

  @Unmatched private List<String> others = new ArrayList<>();

  /**
   * Each job of each collector has a connection, and all may come from one address; but there are
   * no more than the heap has room for.
   */
  private static ServerLimits limits() {
    long room = Runtime.getRuntime().maxMemory() / HEAP_OF_CONNECTION;
    int connections = (int) Math.max(LEAST_CONNECTIONS, Math.min(MOST_CONNECTIONS, room));
    return new ServerLimits(connections, connections, 250, 200);
  }

  AllocateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.useByDefault(Logging.Level.INFO);
    refuseOthers();
    AllocatorConfigReader reader = reader();
    PromdiscoServer.Builder builder = PromdiscoServer.builder().configFile(file).watchConfig(true);
    AllocatorConfigReader.Result read = reader.read(file);
    AllocatorConfig config = overridden(accepted(read));
    CountDownLatch end = new CountDownLatch(1);
    Signals.register("HUP", () -> {}); // It ends a process that does not handle it.
    Signals.register("TERM", end::countDown);
    Signals.register("INT", end::countDown);
    try (Closer closer = new Closer()) {
      PrometheusMetrics metrics = new PrometheusMetrics(new CollectorRegistry());
      ClusterOptions cluster = new ClusterOptions();
      Optional<LiveMonitors> monitors =
          read.readsMonitors()
              ? Optional.of(closer.add(monitors(config, cluster, metrics)))
              : Optional.empty();
      Promdisco promdisco = closer.add(DiscoverySetup.start(cluster, console, metrics));
      SystemTicker ticker = closer.add(new SystemTicker());
      Allocator allocator =
          closer.add(
              new Allocator(
                  config,
                  promdisco,
                  ticker,
                  DiscoverySetup.servers(cluster, console),
                  () -> monitors.map(LiveMonitors::waitingFor).orElse("")));
      monitors.ifPresent(following -> builder.change(following::joined));
      PromdiscoServer server =
          closer.add(
              builder
                  .listen(host("--listen-addr", config.listen()), port(config.listen()))
                  .configReader(changed -> reader.read(changed).scraping())
                  .configuration(read.scraping().configuration().orElseThrow())
                  .allowedHosts(List.of("*"))
                  .limits(limits())
                  .metrics(metrics)
                  .allocator(allocator)
                  .start(promdisco));
      if (monitors.isPresent()) {
        monitors.get().onChange(server::reapply);
        closer.add(monitors.get()); // Closed before the server.
      }
      console.errorLine("promdisco listens on " + server.url());
      if (config.https().enabled()) {
        console.errorLine("promdisco listens on " + closer.add(tls(server, config.https())).url());
      }
      TaskQueue<String> reloads =
          closer.add(new TaskQueue<>("reload", ticker, signal -> reload(server)));
      Signals.register("HUP", () -> reloads.putSkippable("HUP"));
      DefaultExports.register(metrics.registry());
      end.await();
    } catch (ConfigException e) { // which is not read here
      throw new CommandException(ExitCode.USAGE, List.of(String.valueOf(e.getMessage())));
    } catch (ListenException e) {
      throw CommandException.usage(e);
    } catch (DiscoveryException e) {
      throw new CommandException(ExitCode.UNREACHABLE, List.of(String.valueOf(e.getMessage())));
    }
    return ExitCode.OK;
  }

  private AllocatorConfigReader reader() {
    AllocatorConfigReader reader =
        new AllocatorConfigReader(new ConfigLoader().leavingTargetFiles(), System::getenv);
    return prometheusCrs == null ? reader : reader.readingMonitors(prometheusCrs);
  }

  /** Follows the monitors in the cluster of the collectors. */
  private LiveMonitors monitors(
      AllocatorConfig config, ClusterOptions cluster, PrometheusMetrics metrics)
      throws DiscoveryException {
    ObjectNode document = MonitorReading.document(file).deepCopy();
    String namespace = config.namespace().isEmpty() ? "default" : config.namespace();
    document.put("collector_namespace", namespace);
    document.withObjectProperty("prometheus_cr").put("enabled", true);
    KubernetesSdConfig.Builder server = KubernetesSdConfig.builder(KubernetesSdConfig.Role.POD);
    if (!config.kubeconfig().isEmpty()) {
      server.kubeconfigFile(config.kubeconfig());
    }
    try {
      return LiveMonitors.follow(
          MonitorSettings.of(document),
          server.build(),
          DiscoverySetup.servers(cluster, console),
          metrics);
    } catch (InvalidSettingsException e) {
      throw CommandException.usage(file + ": prometheus_cr: " + e.getMessage());
    }
  }

  private static void reload(PromdiscoServer server) {
    try {
      server.reload();
    } catch (ConfigException e) {
      return; // The server has logged why.
    }
  }

  private void refuseOthers() {
    String before = "";
    for (String other : others) {
      boolean isValue = before.startsWith(ZAP) && !before.contains("=") && !other.startsWith("-");
      before = other;
      if (!other.startsWith(ZAP) && !isValue) {
        throw CommandException.usage(
            "Unknown option: '" + other + "' (expected: one of promdisco allocate --help)");
      }
    }
  }

  private AllocatorConfig accepted(AllocatorConfigReader.Result read) {
    List<Problem> problems = read.scraping().problems();
    Optional<AllocatorConfig> config = read.settings();
    if (config.isEmpty()) {
      throw new CommandException(ExitCode.USAGE, problems.stream().map(Problem::describe).toList());
    }
    // Advice too, because no other command reads this file.
    problems.forEach(problem -> console.errorLine(Console.yellow("warning: "), problem));
    return config.get();
  }

  private AllocatorConfig overridden(AllocatorConfig read) {
    AllocatorConfig.Https secure = read.https();
    AllocatorConfig.Https serving =
        new AllocatorConfig.Https(
            https == null ? secure.enabled() : https,
            or(httpsListen, secure.listen()),
            or(ca, secure.ca()),
            or(cert, secure.cert()),
            or(key, secure.key()));
    if (serving.enabled()
        && (serving.ca().isEmpty() || serving.cert().isEmpty() || serving.key().isEmpty())) {
      throw CommandException.usage(
          "https: ca_file_path, tls_cert_file_path or tls_key_file_path is missing (expected: all"
              + " three, or --https-ca-file, --https-tls-cert-file and --https-tls-key-file)");
    }
    return new AllocatorConfig(
        or(listen, read.listen()),
        serving,
        kubeconfig == null ? read.kubeconfig() : kubeconfig.toString(),
        read.namespace(),
        read.selector(),
        read.collectors(),
        read.strategy(),
        read.handover(),
        read.grace(),
        insecure == null ? read.insecureSecrets() : insecure);
  }

  private static String or(@Nullable String given, String otherwise) {
    return given == null ? otherwise : given;
  }

  /** The host of an address; without one, all addresses of this machine. */
  private static String host(String option, String address) {
    String port = address.substring(address.lastIndexOf(':') + 1);
    if (address.indexOf(':') < 0
        || !port.matches("[0-9]{1,5}")
        || Integer.parseInt(port) > MAX_PORT) {
      throw CommandException.usage(
          option + ": " + address + " (expected: HOST:PORT or :PORT, as :8080)");
    }
    String host = address.substring(0, address.lastIndexOf(':'));
    return host.isEmpty() ? "0.0.0.0" : host;
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private static PromdiscoServer tls(PromdiscoServer server, AllocatorConfig.Https https)
      throws ListenException {
    WebConfig.Tls tls =
        new WebConfig.Tls(
            "",
            https.cert(),
            Secret.NONE,
            https.key(),
            WebConfig.ClientAuth.REQUIRE_AND_VERIFY_CLIENT_CERT,
            "",
            https.ca(),
            List.of(),
            "TLS12",
            "TLS13",
            List.of(),
            true);
    try {
      return server.alsoListen(
          host("--listen-addr-https", https.listen()),
          port(https.listen()),
          new WebConfig(Optional.of(tls), Map.of(), Map.of()));
    } catch (IOException e) {
      throw CommandException.usage("https: " + e.getMessage());
    }
  }
}
