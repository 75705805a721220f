package io.promdisco.cli;

import io.promdisco.Promdisco;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.source.DiscoverySetup;
import io.promdisco.cli.source.JobChoice;
import io.promdisco.cli.source.LiveMonitors;
import io.promdisco.cli.source.MonitorOptions;
import io.promdisco.cli.source.SourceOptions;
import io.promdisco.config.ConfigException;
import io.promdisco.config.Configuration;
import io.promdisco.metrics.PrometheusMetrics;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Discovers targets until it is stopped, and serves them. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description =
        "Discover targets until stopped, and serve them over HTTP with metrics, readiness"
            + " and a web page.",
    footer = {
      "",
      "SIGHUP and POST /-/reload reload the configuration; with --watch-config, a change of"
          + " the file does too. If the new configuration is invalid, the old one stays in force."
          + " SIGTERM and SIGINT stop the server."
    })
final class ServeCommand implements Callable<Integer> {
  private static final int MAX_PORT = 65_535;

  private final Console console;
  @Mixin private final SourceOptions source = new SourceOptions();
  @Mixin private final MonitorOptions monitors = new MonitorOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Address to listen on; port 0 means any free port. Default: 127.0.0.1:9099.")
  private String listen = "127.0.0.1:9099";

  @Option(
      names = "--web.config.file",
      paramLabel = "FILE",
      description =
          "File with settings for TLS, client certificates, passwords and headers, in the"
              + " format of Prometheus exporters. It is read again when it or a certificate"
              + " changes. Default: plain HTTP, no passwords.")
  private @Nullable Path webConfig;

  @Option(
      names = "--web.allowed-host",
      paramLabel = "NAME",
      description =
          "Host name that requests may use, besides IP addresses, localhost and the name in"
              + " --listen. *.SUFFIX allows every name below SUFFIX, * every name. Repeatable.")
  private List<String> allowedHosts = List.of();

  @Option(
      names = "--web.enable-lifecycle",
      negatable = true,
      description =
          "Allow POST /-/reload; --no-web.enable-lifecycle forbids it. Default: allowed if --listen"
              + " is a loopback address.")
  private @Nullable Boolean lifecycle;

  @Option(
      names = "--web.max-connections",
      paramLabel = "N",
      description = "Maximum number of open connections. Default: 512.")
  private int connections = ServerLimits.DEFAULT.connections();

  @Option(
      names = "--web.max-connections-per-client",
      paramLabel = "N",
      description =
          "Maximum number of open connections from one address (IPv6: one /64). Default: 400.")
  private int connectionsPerClient = ServerLimits.DEFAULT.connectionsPerClient();

  @Option(
      names = "--web.max-streams",
      paramLabel = "N",
      description = "Maximum number of open streams of changes. Default: 250.")
  private int streams = ServerLimits.DEFAULT.streams();

  @Option(
      names = "--web.max-streams-per-client",
      paramLabel = "N",
      description = "Maximum number of open streams from one address. Default: 200.")
  private int streamsPerClient = ServerLimits.DEFAULT.streamsPerClient();

  @Option(
      names = "--watch-config",
      description =
          "Reload when the configuration file, or a file of scrape_config_files, changes.")
  private boolean watchConfig;

  ServeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    AtomicReference<@Nullable Runnable> reloading = new AtomicReference<>();
    AtomicBoolean early = new AtomicBoolean();
    // Must be first: SIGHUP ends a process that does not handle it.
    Signals.register(
        "HUP",
        () -> {
          early.set(true);
          reloadIfAsked(reloading.get(), early);
        });
    Logging.useByDefault(Logging.Level.INFO);
    PromdiscoServer.Builder builder = address();
    CountDownLatch end = new CountDownLatch(1);
    Signals.register("TERM", end::countDown);
    Signals.register("INT", end::countDown);
    try (Closer closer = new Closer()) {
      PrometheusMetrics metrics = new PrometheusMetrics(new CollectorRegistry());
      Optional<LiveMonitors> live = monitors.follow(source, console, metrics);
      live.ifPresent(closer::add);
      live.ifPresent(following -> builder.waitsFor(following::waitingFor));
      UnaryOperator<Configuration> added =
          live.isPresent() ? live.get()::joined : monitors.read(source, console);
      Configuration read = Configuration.of();
      if (source.namesFile() || !monitors.named()) {
        builder.configFile(source.file()).configLoader(source.loader()).watchConfig(watchConfig);
        read = source.load(console, new JobChoice());
      }
      requireDistinctJobs(added, read);
      builder.configuration(read).change(added);
      CompletableFuture<PromdiscoServer> started = new CompletableFuture<>();
      Promdisco promdisco = closer.add(DiscoverySetup.start(source, console, metrics));
      SystemTicker ticker = closer.add(new SystemTicker());
      TaskQueue<String> reloads =
          closer.add(new TaskQueue<>("reload", ticker, signal -> reloadAfterStart(started)));
      closer.add(() -> started.cancel(false));
      Runnable again = () -> reloads.putSkippable("HUP");
      reloading.set(again);
      reloadIfAsked(again, early);
      PromdiscoServer server = closer.add(builder.metrics(metrics).start(promdisco));
      started.complete(server);
      if (live.isPresent()) {
        live.get().onChange(server::reapply);
        closer.add(live.get()); // Closed before the server.
      }
      console.errorLine("promdisco listens on " + server.url());
      DefaultExports.register(metrics.registry());
      end.await();
    } catch (ConfigException e) { // the file is not read here
      throw new CommandException(ExitCode.USAGE, List.of(String.valueOf(e.getMessage())));
    } catch (ListenException e) {
      throw CommandException.usage(e);
    }
    return ExitCode.OK;
  }

  private static void requireDistinctJobs(UnaryOperator<Configuration> added, Configuration read) {
    try {
      Objects.requireNonNull(added.apply(read));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(e);
    }
  }

  /** Handles a signal that arrived during the start. */
  private static void reloadIfAsked(@Nullable Runnable reload, AtomicBoolean asked) {
    if (reload != null && asked.getAndSet(false)) {
      reload.run();
    }
  }

  private static void reloadAfterStart(CompletableFuture<PromdiscoServer> started) {
    try {
      started.join().reload();
    } catch (ConfigException e) {
      return; // The server has logged the reason.
    } catch (CancellationException e) {
      return; // The server has not started.
    }
  }

  private PromdiscoServer.Builder address() {
    int colon = listen.lastIndexOf(':');
    String port = listen.substring(colon + 1);
    if (colon <= 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > MAX_PORT) {
      throw CommandException.usage(
          "--listen: " + listen + " (expected: HOST:PORT, for example 127.0.0.1:9099)");
    }
    PromdiscoServer.Builder builder = PromdiscoServer.builder();
    try {
      if (webConfig != null) {
        builder.webConfig(webConfig);
      }
      if (lifecycle != null) {
        builder.allowReload(lifecycle);
      }
      return builder
          .listen(listen.substring(0, colon), Integer.parseInt(port))
          .allowedHosts(allowedHosts)
          .limits(new ServerLimits(connections, connectionsPerClient, streams, streamsPerClient));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--web.*: " + e.getMessage());
    } catch (ConfigException e) {
      throw new CommandException(ExitCode.USAGE, List.of(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      throw CommandException.usage("--web.config.file " + webConfig + ": " + e.getMessage());
    }
  }
}
