package io.promdisco.server.access;

import io.promdisco.util.EscapingLogger;
import io.promdisco.util.PrintableText;
import io.promdisco.util.RateLimitedLog;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Handles every request first: adds the configured headers to the answer, records the state of the
 * connection, rejects host names that are not allowed, and verifies the client certificate again if
 * the settings have changed since the connection was last used.
 */
final class AccessHandler extends Handler.Wrapper {
  private static final Logger logger = EscapingLogger.of(AccessHandler.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final int MOST_SHOWN = 100;

  private final WebSettings settings;
  private final AllowedHosts hosts;
  private final ClientConnections connections;
  private final RateLimitedLog log;

  AccessHandler(
      WebSettings settings,
      AllowedHosts hosts,
      ClientConnections connections,
      LongSupplier nanos,
      Handler inner) {
    super(inner);
    this.settings = settings;
    this.hosts = hosts;
    this.connections = connections;
    log = new RateLimitedLog(nanos, logger::warn);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    WebSettings.State state = settings.current();
    state.config().headers().forEach((name, value) -> response.getHeaders().put(name, value));
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    ClientConnection connection = connections.of(endPoint);
    connection.begin(request, () -> state.equals(settings.current()));
    Request.addCompletionListener(request, failure -> connection.end());
    if (connection.isPipelining(request.getConnectionMetaData().getConnection().getBytesIn())) {
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
    }
    request.addIdleTimeoutListener(timeout -> false); // the connections have limits of their own
    String scheme = request.getHttpURI().getScheme();
    if (scheme != null && !HttpScheme.HTTP.is(scheme) && !HttpScheme.HTTPS.is(scheme)) {
      end(response, callback, 400, "URL: neither http nor https\n");
      return true;
    }
    String host = refusedHost(request);
    if (host != null) {
      refuseHost(response, callback, host);
      return true;
    }
    try {
      verify(state, connection, endPoint);
    } catch (CertificateException e) {
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
      end(response, callback, 403, "client certificate: " + e.getMessage() + "\n");
      return true;
    }
    return super.handle(request, response, callback);
  }

  /** Returns the host name of a request if it is rejected, otherwise null. */
  private @Nullable String refusedHost(Request request) {
    String header = request.getHeaders().get(HttpHeader.HOST);
    if (header != null && !hosts.allow(header)) {
      return header;
    }
    String target = request.getHttpURI().getHost(); // in HTTP/1.0, or in an absolute URL
    return target == null || target.isEmpty() || hosts.allow(target) ? null : target;
  }

  private void refuseHost(Response response, Callback callback, String host) {
    String said =
        "host \""
            + PrintableText.brief(host, MOST_SHOWN)
            + "\": not a name of this server (expected: an IP address, localhost, the name it"
            + " listens on, or a name that serve --web.allowed-host adds)";
    log.log(said);
    end(response, callback, 421, said + "\n");
  }

  private static void verify(
      WebSettings.State state, ClientConnection connection, EndPoint endPoint)
      throws CertificateException {
    EndPoint.SslSessionData tls = endPoint.getSslSessionData();
    if (tls != null && !state.equals(connection.checked())) {
      ClientCertificates.verify(state, tls.sslSession());
      connection.checked(state);
    }
  }

  static void end(Response response, Callback callback, int status, String text) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, TEXT);
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, StandardCharsets.UTF_8.encode(PrintableText.lines(text)), callback);
  }
}
