package io.promdisco.server.access;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.WebConfig.Tls;
import io.promdisco.http.tls.ClientKey;
import io.promdisco.http.tls.PeerVerifier;
import io.promdisco.http.tls.TlsSettings;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * Provides TLS according to the current {@link WebSettings}: each new connection gets the
 * certificate, the versions and the requirements for clients that are in force. Sessions, including
 * those in tickets, belong to one state of the settings; after a change they cannot be resumed.
 */
final class ServerTls extends SslContextFactory.Server {
  /** The maximum number of sessions that the server stores; clients store tickets. */
  private static final int MOST_SESSIONS = 1000;

  private final WebSettings settings;

  @GuardedBy("this")
  private AppliedState made;

  /** The TLS context for a state of the settings. */
  private record AppliedState(WebSettings.State state, SSLContext context) {
    static AppliedState of(WebSettings.State state) {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
            new KeyManager[] {ClientKey.manager(state::key)},
            new TrustManager[] {new ClientCheck(state)},
            null);
        context.getServerSessionContext().setSessionCacheSize(MOST_SESSIONS);
        return new AppliedState(state, context);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JVM does not support TLS", e);
      }
    }
  }

  ServerTls(WebSettings settings) {
    this.settings = settings;
    made = AppliedState.of(settings.current());
    setSslContext(made.context());
    setRenegotiationAllowed(false); // expensive, and not possible in TLS 1.3
  }

  /** Returns the allowed versions by their names in the JDK. */
  static List<String> versions(Tls tls) {
    return TlsSettings.versions(tls.minVersion(), tls.maxVersion());
  }

  private synchronized AppliedState current() {
    WebSettings.State state = settings.current();
    if (!made.state().equals(state)) {
      made = AppliedState.of(state);
    }
    return made;
  }

  @Override
  public SSLEngine newSSLEngine(InetSocketAddress address) {
    return newSSLEngine();
  }

  @Override
  public SSLEngine newSSLEngine(String host, int port) {
    return newSSLEngine();
  }

  @Override
  public SSLEngine newSSLEngine() {
    AppliedState now = current();
    SSLEngine engine = now.context().createSSLEngine();
    engine.setUseClientMode(false);
    customize(engine); // leaves out weak cipher suites
    Tls tls = now.state().config().tls().orElseThrow();
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(versions(tls).toArray(new String[0]));
    if (!tls.cipherSuites().isEmpty()) {
      parameters.setCipherSuites(tls.cipherSuites().toArray(new String[0]));
    }
    parameters.setUseCipherSuitesOrder(tls.serverOrder());
    switch (tls.clientAuth()) {
      case NO_CLIENT_CERT -> parameters.setWantClientAuth(false);
      case REQUEST_CLIENT_CERT, VERIFY_CLIENT_CERT_IF_GIVEN -> parameters.setWantClientAuth(true);
      case REQUIRE_ANY_CLIENT_CERT, REQUIRE_AND_VERIFY_CLIENT_CERT ->
          parameters.setNeedClientAuth(true);
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** Verifies client certificates. */
  private static final class ClientCheck extends PeerVerifier {
    private final WebSettings.State state;

    ClientCheck(WebSettings.State state) {
      this.state = state;
    }

    @Override
    protected void checkClient(X509Certificate[] chain) throws CertificateException {
      ClientCertificates.check(state, chain);
    }

    @Override
    protected void checkServer(X509Certificate[] chain, @Nullable String host)
        throws CertificateException {
      throw new CertificateException("a server does not check servers");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return state.authorities().toArray(new X509Certificate[0]);
    }
  }
}
