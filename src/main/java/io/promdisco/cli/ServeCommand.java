package io.promdisco.cli;

import com.google.common.hash.HashCode;
import io.promdisco.Promdisco;
import io.promdisco.config.ConfigException;
import io.promdisco.config.Configuration;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.server.ListenException;
import io.promdisco.server.PromdiscoServer;
import io.promdisco.server.ServerLimits;
import io.promdisco.server.WebSettings;
import io.promdisco.util.Closer;
import io.promdisco.util.SystemTicker;
import io.promdisco.workqueue.TaskQueue;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Discovers until it is told to end, and answers programs that ask. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description =
        "Discover until stopped, and answer over HTTP: targets, metrics, readiness, a page.",
    footer = {
      "",
      "SIGHUP, POST /-/reload and, with --watch-config, a change of the file read the"
          + " configuration",
      "again; a bad one changes nothing.",
      "SIGTERM and SIGINT end it."
    })
final class ServeCommand implements Callable<Integer> {
  private static final int MAX_PORT = 65_535;

  private final Console console;
  @Mixin private final SourceOptions source = new SourceOptions();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Prometheus configuration file; the same as naming it without an option.")
  private @Nullable Path config;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where to listen; port 0: a free one. Default: 127.0.0.1:9099.")
  private String listen = "127.0.0.1:9099";

  @Option(
      names = "--web.config.file",
      paramLabel = "FILE",
      description = {
        "TLS, client certificates, passwords and headers, as Prometheus's exporters read them;",
        "read again when it or a certificate changes. Default: plain HTTP for everybody."
      })
  private @Nullable Path webConfig;

  @Option(
      names = "--web.allowed-host",
      paramLabel = "NAME",
      description = {
        "A host name that requests may use, besides addresses, localhost and the name in --listen;",
        "*.SUFFIX: every name below SUFFIX, *: every name. Repeatable."
      })
  private List<String> allowedHosts = List.of();

  @Option(
      names = "--web.enable-lifecycle",
      negatable = true,
      description = {
        "Allow POST /-/reload; --no-web.enable-lifecycle forbids it. Default: allowed if --listen",
        "is a loopback address."
      })
  private @Nullable Boolean lifecycle;

  @Option(
      names = "--web.max-connections",
      paramLabel = "N",
      description = "Connections at once. Default: 512.")
  private int connections = ServerLimits.DEFAULT.connections();

  @Option(
      names = "--web.max-connections-per-client",
      paramLabel = "N",
      description = "Connections at once from one address (IPv6: one /64). Default: 400.")
  private int connectionsPerClient = ServerLimits.DEFAULT.connectionsPerClient();

  @Option(
      names = "--web.max-streams",
      paramLabel = "N",
      description = "Readers of the stream of changes at once. Default: 250.")
  private int streams = ServerLimits.DEFAULT.streams();

  @Option(
      names = "--web.max-streams-per-client",
      paramLabel = "N",
      description = "Readers of the stream at once from one address. Default: 200.")
  private int streamsPerClient = ServerLimits.DEFAULT.streamsPerClient();

  @Option(
      names = "--watch-config",
      description =
          "Read the configuration again when its file, or a file of scrape_config_files, changes.")
  private boolean watchConfig;

  ServeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    AtomicReference<@Nullable Runnable> reloading = new AtomicReference<>();
    AtomicBoolean early = new AtomicBoolean();
    // Before anything else: SIGHUP ends a process that does not handle it.
    Signals.register(
        "HUP",
        () -> {
          early.set(true);
          reloadIfAsked(reloading.get(), early);
        });
    Logging.useByDefault(Logging.Level.INFO);
    if (config != null) {
      if (source.config != null) {
        throw new CommandException(
            ExitCode.USAGE, "promdisco: two configurations given (expected: one)");
      }
      source.config = config;
    }
    PromdiscoServer.Options address = address();
    // Before it is read, so that no change in between is missed.
    HashCode contents = ConfigWatch.contents(source.file(), List.of());
    Configuration configuration = source.load(console);
    CountDownLatch end = new CountDownLatch(1);
    Signals.register("TERM", end::countDown);
    Signals.register("INT", end::countDown);
    try (Closer closer = new Closer()) {
      CollectorRegistry registry = new CollectorRegistry();
      PrometheusMetrics metrics = new PrometheusMetrics(registry);
      Promdisco promdisco = closer.add(Wiring.start(source, console, metrics));
      Reload reload = new Reload(promdisco, source.loader(), source.file(), metrics, registry);
      SystemTicker ticker = closer.add(new SystemTicker());
      TaskQueue<String> reloads =
          closer.add(new TaskQueue<>("reload", ticker, signal -> reload.afterSignal()));
      reload.apply(configuration);
      Runnable again = () -> reloads.putSkippable("HUP");
      reloading.set(again);
      reloadIfAsked(again, early);
      if (watchConfig) {
        closer.add(
            new ConfigWatch(
                ticker,
                source.file(),
                contents,
                () -> ConfigWatch.patterns(reload.config().get("scrape_config_files")),
                reload::afterSignal));
      }
      PromdiscoServer server = closer.add(PromdiscoServer.start(address, reload));
      console.errorLine("promdisco listens on " + server.url());
      DefaultExports.register(registry);
      end.await();
    } catch (ListenException e) {
      throw new CommandException(ExitCode.USAGE, "promdisco: " + e.getMessage());
    }
    return ExitCode.OK;
  }

  /** A signal that came during the start is answered at its end. */
  private static void reloadIfAsked(@Nullable Runnable reload, AtomicBoolean asked) {
    if (reload != null && asked.getAndSet(false)) {
      reload.run();
    }
  }

  private PromdiscoServer.Options address() {
    int colon = listen.lastIndexOf(':');
    String port = listen.substring(colon + 1);
    if (colon <= 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > MAX_PORT) {
      throw new CommandException(
          ExitCode.USAGE,
          "promdisco: --listen: " + listen + " (expected: HOST:PORT, as 127.0.0.1:9099)");
    }
    try {
      return new PromdiscoServer.Options(
          listen.substring(0, colon),
          Integer.parseInt(port),
          webSettings(),
          allowedHosts,
          lifecycle == null
              ? PromdiscoServer.Lifecycle.LOOPBACK
              : lifecycle ? PromdiscoServer.Lifecycle.ON : PromdiscoServer.Lifecycle.OFF,
          new ServerLimits(connections, connectionsPerClient, streams, streamsPerClient));
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "promdisco: --web.*: " + e.getMessage());
    }
  }

  private WebSettings webSettings() {
    if (webConfig == null) {
      return WebSettings.OPEN;
    }
    try {
      return WebSettings.of(webConfig);
    } catch (ConfigException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.USAGE, "promdisco: --web.config.file " + webConfig + ": " + e.getMessage());
    }
  }
}
