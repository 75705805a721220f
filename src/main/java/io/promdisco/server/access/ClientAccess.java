package io.promdisco.server.access;

import io.promdisco.Internal;
import io.promdisco.util.Closer;
import io.promdisco.util.Ticker;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;

/**
 * Controls which clients may use the server: connections, TLS, host names, certificates and
 * passwords.
 *
 * @hidden
 */
@Internal
public final class ClientAccess implements AutoCloseable {
  private final WebSettings settings;
  private final AllowedHosts hosts;
  private final Ticker ticker;
  private final Closer closer = new Closer();
  private final ClientConnections connections;

  /** Creates access control for {@code settings} and limits. */
  public ClientAccess(
      WebSettings settings, AllowedHosts hosts, ServerLimits limits, Ticker ticker) {
    this.settings = settings;
    this.hosts = hosts;
    this.ticker = ticker;
    connections = closer.add(new ClientConnections(ticker, limits));
  }

  /** Returns the protocols of new connections: HTTP, or TLS and HTTP. */
  public ConnectionFactory[] protocols(HttpConfiguration http) {
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    if (!settings.speaksTls()) {
      return new ConnectionFactory[] {plain};
    }
    // The server name of the client does not matter, because there is only one certificate.
    http.addCustomizer(new SecureRequestCustomizer(false));
    return new ConnectionFactory[] {
      new SslConnectionFactory(new ServerTls(settings), HttpVersion.HTTP_1_1.asString()), plain
    };
  }

  /** Limits the connections of a connector. */
  public void limit(ServerConnector connector) {
    connector.addBean(connections);
    connector.setIdleTimeout(ServerLimits.IDLE.toMillis());
  }

  /** Returns a handler that passes only allowed requests to {@code inner}. */
  public Handler guard(Handler inner) {
    Handler admitted =
        settings == WebSettings.OPEN
            ? inner
            : new BasicAuthHandler(settings, closer.add(new PasswordCheck()), inner);
    return new AccessHandler(settings, hosts, connections, ticker::nanos, admitted);
  }

  /** Ends the threads. */
  @Override
  public void close() {
    closer.close();
  }
}
