package io.promdisco.server;

import com.google.common.hash.HashCode;
import io.promdisco.Internal;
import io.promdisco.Promdisco;
import io.promdisco.allocator.Allocator;
import io.promdisco.config.ConfigException;
import io.promdisco.config.Configuration;
import io.promdisco.config.WebConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.server.access.AllowedHosts;
import io.promdisco.server.access.ClientAccess;
import io.promdisco.server.access.ServerLimits;
import io.promdisco.server.access.WebSettings;
import io.promdisco.util.Closer;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.SystemTicker;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Serves the targets over HTTP: Prometheus's targets API, HTTP service discovery, metrics, health
 * and a web page. Without a web configuration it requires no password, which is suitable for this
 * machine or a trusted network.
 *
 * <p>Its threads are daemons whose names begin with {@code sd-http}. Safe for all threads.
 *
 * <pre>{@code
 * try (Promdisco promdisco = Promdisco.builder().build();
 *     PromdiscoServer server =
 *         PromdiscoServer.builder().configFile(Path.of("prometheus.yml")).start(promdisco)) {
 *   System.out.println(server.url());
 * }
 * }</pre>
 */
public final class PromdiscoServer implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(PromdiscoServer.class);

  /**
   * One thread accepts connections and one selects; the others read requests and send data that is
   * ready. None of them makes answers or waits for a request. They are started when needed.
   */
  private static final int MAX_THREADS = 12;

  /** A target with all its labels fits, for {@code relabel_steps}. */
  private static final int MAX_HEADER_BYTES = 64 << 10;

  private static final int LEAST_HEADER_BYTES = 8 << 10;

  /** Heads that are incomplete on all connections may take this part of the heap. */
  private static final int HEAP_PART_OF_HEADERS = 8;

  /** The length of the queue of connections that wait to be accepted. */
  private static final int ACCEPT_QUEUE = 256;

  /**
   * The operating system's send buffer for each client. It limits the memory of clients that do not
   * read.
   */
  private static final int SEND_BUFFER_BYTES = 256 << 10;

  /** How long requests may continue after {@link #close}. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

  private final Options options;
  private final Backend backend;
  private final Server server;
  private final Closer live;

  /** The threads and the state behind the requests; closed after the requests. */
  private final Closer working;

  private final int port;

  /** Whether requests may reload the configuration. */
  enum Lifecycle {
    /** Only if the server listens on a loopback address, so that only this machine can reach it. */
    LOOPBACK,
    /** Always. */
    ON,
    /** Never. */
    OFF
  }

  /**
   * The address to listen on, and which clients are admitted.
   *
   * @param host a name or an address of this machine
   * @param port 0 to 65535; 0 for any free port
   * @param web TLS, client certificates, headers and passwords
   * @param allowedHosts host names, besides {@code host} and localhost, that requests may use;
   *     {@code *.suffix} for all names below a suffix; {@code *} for all names. IP addresses are
   *     always allowed
   * @param lifecycle whether requests may reload the configuration
   * @param limits the limits for clients
   * @param allocator shares the targets among collectors and adds paths for them; null for none
   */
  record Options(
      String host,
      int port,
      WebSettings web,
      List<String> allowedHosts,
      Lifecycle lifecycle,
      ServerLimits limits,
      @Nullable Allocator allocator) {
    /** Creates options without an allocator. */
    Options(
        String host,
        int port,
        WebSettings web,
        List<String> allowedHosts,
        Lifecycle lifecycle,
        ServerLimits limits) {
      this(host, port, web, allowedHosts, lifecycle, limits, null);
    }

    /** Creates options without TLS and passwords. */
    Options(String host, int port) {
      this(host, port, WebSettings.OPEN);
    }

    /** Creates options with defaults for everything else. */
    Options(String host, int port, WebSettings web) {
      this(host, port, web, List.of(), Lifecycle.LOOPBACK, ServerLimits.DEFAULT);
    }

    /** Checks the port and the names. */
    Options {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port: " + port + " (expected 0 to 65535)");
      }
      allowedHosts = List.copyOf(allowedHosts);
      new AllowedHosts(host, allowedHosts); // throws if a name is invalid
    }

    private String address() {
      return bracketed(host) + ":" + port;
    }

    /** Returns the paths of the allocator. It shows secrets only to clients with certificates. */
    private @Nullable AllocatorRoutes routes(Backend backend) {
      return allocator == null
          ? null
          : new AllocatorRoutes(
              allocator,
              backend,
              allocator.config().insecureSecrets() || (web.speaksTls() && web.requiresLogin()));
    }

    private boolean letsReload(InetAddress address) {
      return switch (lifecycle) {
        case LOOPBACK -> address.isLoopbackAddress();
        case ON -> true;
        case OFF -> false;
      };
    }
  }

  private PromdiscoServer(
      Options options, Backend backend, ServerConnector connector, Closer live, Closer working) {
    this.options = options;
    this.backend = backend;
    this.working = working;
    this.live = live;
    this.server = connector.getServer();
    this.port = connector.getLocalPort();
  }

  private static ServerConnector build(
      Options options, Backend backend, RecentHistory state, Closer working, boolean lifecycle) {
    // A queue of the JDK, because Jetty's own queue would load all MBeans of the JVM.
    QueuedThreadPool threads =
        new QueuedThreadPool(MAX_THREADS, 2, 60_000, new LinkedBlockingQueue<>());
    threads.setName("sd-http");
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    Server server =
        new Server(threads, new ScheduledExecutorScheduler("sd-http-timer", true), null);
    server.setStopTimeout(STOP_TIMEOUT.toMillis());
    ServerLimits limits = limits(options);
    ClientAccess access =
        working.add(
            new ClientAccess(
                options.web(),
                new AllowedHosts(options.host(), options.allowedHosts()),
                limits,
                state.ticker()));
    AnswerThreads answers = working.add(new AnswerThreads());
    RequestDispatcher dispatcher =
        new RequestDispatcher(
            new Routes(backend, state, lifecycle, options.routes(backend)),
            answers,
            state.ticker()::nanos);
    server.setHandler(new GracefulHandler(access.guard(dispatcher)));
    server.setErrorHandler(RequestDispatcher::refuse);
    ServerConnector connector =
        new ServerConnector(server, null, null, null, 1, 1, access.protocols(http(limits)));
    access.limit(connector);
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
    connector.setHost(options.host());
    connector.setPort(options.port());
    connector.setShutdownIdleTimeout(100);
    server.addConnector(connector);
    return connector;
  }

  /** Returns the requested limits, lowered if this process may not open so many connections. */
  private static ServerLimits limits(Options options) {
    long files = OpenFileLimit.left();
    ServerLimits limits = options.limits().within(files);
    if (limits.connections() < options.limits().connections()) {
      log.warn(
          "{}: accepts at most {} connections instead of {}, because this process may open"
              + " only {} more files (expected: a higher limit, for example with ulimit -n)",
          options.address(),
          limits.connections(),
          options.limits().connections(),
          files);
    }
    return limits;
  }

  /** The largest head of a request: smaller where very many connections are allowed. */
  private static int headerBytes(ServerLimits limits) {
    long part = Runtime.getRuntime().maxMemory() / HEAP_PART_OF_HEADERS / limits.connections();
    return (int) Math.max(LEAST_HEADER_BYTES, Math.min(MAX_HEADER_BYTES, part));
  }

  private static HttpConfiguration http(ServerLimits limits) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(headerBytes(limits));
    http.setHttpCompliance(HttpCompliance.STRICT);
    // Names of jobs may contain any character: %2F, %25 and // in a path are part of them.
    http.setUriCompliance(
        UriCompliance.from(
            EnumSet.of(
                UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
                UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
                UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS,
                UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT)));
    return http;
  }

  /**
   * Starts to listen.
   *
   * @throws ListenException if it cannot: the port is in use, or the host is not an address of this
   *     machine
   */
  static PromdiscoServer start(Options options, Backend backend) throws ListenException {
    return start(options, backend, new Closer());
  }

  /** Starts to listen. Closes {@code live} when the server is closed or cannot start. */
  private static PromdiscoServer start(Options options, Backend backend, Closer live)
      throws ListenException {
    try {
      SystemTicker ticker = live.add(new SystemTicker());
      RecentHistory state =
          live.add(new RecentHistory(backend, ticker, options.limits(), RecentHistory.CHANGES));
      return start(options, backend, state, live);
    } catch (ListenException | RuntimeException e) {
      live.close();
      throw e;
    }
  }

  /** Starts to listen. Closes {@code live} when the server is closed. */
  static PromdiscoServer start(Options options, Backend backend, RecentHistory state, Closer live)
      throws ListenException {
    InetAddress address = resolve(options);
    Closer working = new Closer();
    ServerConnector connector =
        build(options, backend, state, working, options.letsReload(address));
    try {
      connector.open(); // before the first thread starts
    } catch (IOException e) {
      working.close();
      throw failure(options, e);
    }
    PromdiscoServer started = new PromdiscoServer(options, backend, connector, live, working);
    try {
      started.server.start();
    } catch (Exception e) {
      connector.close();
      started.close();
      throw failure(options, e);
    }
    if (!address.isLoopbackAddress() && options.allocator() == null) {
      warnIfOpen(options.web(), started.url());
      if (options.allowedHosts().isEmpty()) {
        log.info(
            "{}: answers only requests for an IP address, localhost or the name it listens"
                + " on; --web.allowed-host adds names, for example that of a Service or an ingress",
            started.url());
      }
    }
    return started;
  }

  private static void warnIfOpen(WebSettings web, String url) {
    if (!web.requiresLogin()) {
      log.warn(
          "{}: other machines can reach this address, and no password or"
              + " certificate is required; listen on 127.0.0.1, or set --web.config.file",
          url);
    } else if (!web.speaksTls()) {
      log.warn(
          "{}: other machines can reach this address, and passwords are sent unencrypted;"
              + " set tls_server_config in --web.config.file",
          url);
    }
  }

  private static InetAddress resolve(Options options) throws ListenException {
    try {
      return InetAddress.getByName(options.host());
    } catch (UnknownHostException e) {
      throw new ListenException(
          "listen address: "
              + options.address()
              + ": no such host (expected a name or an address of this machine)",
          e);
    }
  }

  private static ListenException failure(Options options, Exception e) {
    Throwable cause = e instanceof IOException && e.getCause() != null ? e.getCause() : e;
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String hint = "";
    if (cause instanceof BindException && reason.contains("in use")) {
      hint = " (expected a free port, or 0 for any)";
    } else if (cause instanceof BindException && reason.contains("assign")) {
      hint = " (expected an address of this machine)";
    }
    return new ListenException("listen address: " + options.address() + ": " + reason + hint, e);
  }

  /**
   * Reloads the configuration file, after a running reload has ended.
   *
   * @throws ConfigException if the configuration has errors; the previous one stays in force. The
   *     log has the reason
   * @throws IllegalStateException if the server was started without a file
   */
  public void reload() throws ConfigException {
    backend.reload();
  }

  /**
   * Applies the configuration that was read last again, because {@link Builder#change} has another
   * result now. Only jobs that differ are affected.
   */
  @Internal
  public void reapply() {
    backend.reapply();
  }

  /**
   * Listens at another address too, with the same content. The caller closes the result before
   * this.
   *
   * @param web the web configuration, with TLS
   * @throws IOException if a certificate cannot be read; the message is one line
   */
  @Internal
  public PromdiscoServer alsoListen(String host, int port, WebConfig web)
      throws ListenException, IOException {
    return start(
        new Options(
            host,
            port,
            WebSettings.of(web),
            options.allowedHosts(),
            Lifecycle.OFF,
            options.limits(),
            options.allocator()),
        backend);
  }

  /** The URL of the server on this machine, without a slash at the end. */
  public String url() {
    boolean everywhere = options.host().equals("0.0.0.0") || options.host().equals("::");
    return (options.web().speaksTls() ? "https://" : "http://")
        + (everywhere ? "localhost" : bracketed(options.host()))
        + ":"
        + port();
  }

  /** The port on which the server listens, or listened before {@link #close}. */
  public int port() {
    return port;
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /**
   * Stops listening, ends the streams, gives running requests three seconds to complete, and ends
   * the threads. Does nothing when called again.
   */
  @Override
  public void close() {
    try {
      live.close(); // ends the streams
      server.stop();
    } catch (TimeoutException e) {
      log.info("{}: stopped before clients had read all answers", options.address());
    } catch (Exception e) {
      log.warn("{}: an error occurred while stopping", options.address(), e);
    } finally {
      working.close();
    }
  }

  /** Returns a builder with the default of every setting. */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds a server. */
  public static final class Builder {
    private String host = "127.0.0.1";
    private int port = 9099;
    private WebSettings web = WebSettings.OPEN;
    private List<String> allowedHosts = List.of();
    private Lifecycle lifecycle = Lifecycle.LOOPBACK;
    private ServerLimits limits = ServerLimits.DEFAULT;
    private PrometheusMetrics metrics = new PrometheusMetrics(new CollectorRegistry());
    private Function<Path, ConfigLoader.LoadResult> reader = new ConfigLoader()::read;
    private @Nullable Allocator allocator;
    private @Nullable Path file;
    private @Nullable HashCode fileContents;
    private boolean watches;
    private @Nullable Configuration configuration;
    private UnaryOperator<Configuration> change = UnaryOperator.identity();
    private Supplier<String> waitsFor = () -> "";

    private Builder() {}

    /**
     * The address to listen on. Default: 127.0.0.1:9099.
     *
     * @param host a name or an address of this machine
     * @param port 0 for any free port
     * @throws IllegalArgumentException if the port is not 0 to 65535
     */
    public Builder listen(String host, int port) {
      new Options(host, port); // throws if the port is invalid
      this.host = host;
      this.port = port;
      return this;
    }

    /**
     * Serves with TLS, client certificates, passwords and headers from {@code file}, in the format
     * of Prometheus exporters. The file and the certificates that it names are read now, and again
     * when they change. Default: plain HTTP without passwords.
     *
     * @throws ConfigException if the file has errors
     * @throws IOException if a file cannot be read or contains no certificate; the message is one
     *     line
     */
    public Builder webConfig(Path file) throws ConfigException, IOException {
      web = WebSettings.of(file);
      return this;
    }

    /**
     * Host names that requests may use besides IP addresses, localhost and the name that the server
     * listens on.
     *
     * @param names {@code *.suffix} for all names below a suffix; {@code *} for all names
     * @throws IllegalArgumentException if a name is invalid
     */
    public Builder allowedHosts(List<String> names) {
      new AllowedHosts(host, names); // throws if a name is invalid
      allowedHosts = List.copyOf(names);
      return this;
    }

    /**
     * Whether requests may reload the file. Default: true if the server listens on a loopback
     * address.
     */
    public Builder allowReload(boolean allowed) {
      lifecycle = allowed ? Lifecycle.ON : Lifecycle.OFF;
      return this;
    }

    /** Limits connections and streams. Default: {@link ServerLimits#DEFAULT}. */
    public Builder limits(ServerLimits limits) {
      this.limits = Objects.requireNonNull(limits, "limits");
      return this;
    }

    /** Exposes the registry of {@code metrics}, and counts into it. Default: a new registry. */
    public Builder metrics(PrometheusMetrics metrics) {
      this.metrics = Objects.requireNonNull(metrics, "metrics");
      return this;
    }

    /**
     * Loads the configuration from {@code file} at the start and on each reload. Without a file,
     * reloads are not possible.
     */
    public Builder configFile(Path file) {
      this.file = file;
      // Taken before the file is loaded, so that no change is missed.
      fileContents = ConfigWatcher.contents(file, List.of());
      return this;
    }

    /** The loader for the file. Default: a new one. */
    public Builder configLoader(ConfigLoader loader) {
      return configReader(loader::read);
    }

    /** The reader for the file. Default: reads a Prometheus configuration. */
    @Internal
    public Builder configReader(Function<Path, ConfigLoader.LoadResult> reader) {
      this.reader = Objects.requireNonNull(reader, "reader");
      return this;
    }

    /**
     * Also serves the protocol of the OpenTelemetry target allocator, and its metrics. Default:
     * off.
     *
     * @param allocator shares the targets of the {@link Promdisco} that is served; the caller
     *     closes it after the server
     */
    @Internal
    public Builder allocator(Allocator allocator) {
      this.allocator = Objects.requireNonNull(allocator, "allocator");
      return this;
    }

    /**
     * Reloads when the configuration file, or a file of {@code scrape_config_files}, changes after
     * the call of {@link #configFile}. Default: false.
     */
    public Builder watchConfig(boolean watches) {
      this.watches = watches;
      return this;
    }

    /** Applies {@code configuration} at the start instead of loading the file. */
    public Builder configuration(Configuration configuration) {
      this.configuration = Objects.requireNonNull(configuration, "configuration");
      return this;
    }

    /**
     * Changes each configuration that is loaded from the file before it is applied, for example to
     * add jobs. Not called for {@link #configuration}.
     *
     * @param change throws {@link IllegalArgumentException} to reject the configuration, which then
     *     counts as a file with errors
     */
    public Builder change(UnaryOperator<Configuration> change) {
      this.change = Objects.requireNonNull(change, "change");
      return this;
    }

    /**
     * Is not ready while something must be known before all jobs are. Default: waits for its jobs
     * alone.
     *
     * @param waitsFor what, in one line; empty: nothing
     */
    @Internal
    public Builder waitsFor(Supplier<String> waitsFor) {
      this.waitsFor = Objects.requireNonNull(waitsFor, "waitsFor");
      return this;
    }

    /**
     * Applies the configuration to {@code promdisco}, which the caller closes after the server, and
     * starts to listen.
     *
     * @throws ConfigException if the configuration file has errors
     * @throws ListenException if it cannot listen: the port is in use, or the host is not an
     *     address of this machine
     */
    public PromdiscoServer start(Promdisco promdisco) throws ConfigException, ListenException {
      ReloadableBackend backend =
          new ReloadableBackend(promdisco, reader, file, change, waitsFor, metrics);
      if (configuration != null) {
        backend.apply(configuration);
      } else if (file != null) {
        backend.load();
      }
      Closer live = new Closer();
      if (watches && file != null && fileContents != null) {
        live.add(watcher(live.add(new SystemTicker()), file, fileContents, backend));
      }
      Lifecycle reload = file == null ? Lifecycle.OFF : lifecycle;
      Options options = new Options(host, port, web, allowedHosts, reload, limits, allocator);
      if (allocator != null) {
        new AllocatorMetrics(allocator).register(metrics.registry());
      }
      return PromdiscoServer.start(options, backend, live);
    }

    private static ConfigWatcher watcher(
        SystemTicker ticker, Path file, HashCode known, ReloadableBackend backend) {
      return new ConfigWatcher(
          ticker,
          file,
          known,
          () -> ConfigWatcher.patterns(backend.config().get("scrape_config_files")),
          () -> {
            try {
              backend.reload();
            } catch (ConfigException e) {
              log.debug("changes of {} are rejected", file, e);
            }
          });
    }
  }
}
