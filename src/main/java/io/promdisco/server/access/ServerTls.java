package io.promdisco.server.access;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.WebConfig.Tls;
import io.promdisco.http.tls.ClientKey;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * Speaks TLS as the {@link WebSettings} of the moment say: each new connection gets the
 * certificate, the versions and the demands on clients that are in force then. Sessions, those in
 * tickets included, belong to one state of the settings: after a change none can be resumed.
 */
final class ServerTls extends SslContextFactory.Server {
  private static final List<String> VERSIONS = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");
  private static final List<String> NAMES = List.of("TLS10", "TLS11", "TLS12", "TLS13");

  /** The largest number of sessions on the server; tickets are kept by clients. */
  private static final int MOST_SESSIONS = 1000;

  private final WebSettings settings;

  @GuardedBy("this")
  private AppliedState made;

  /** The TLS context of a state of the settings. */
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
        throw new IllegalStateException("the platform has no TLS", e);
      }
    }
  }

  ServerTls(WebSettings settings) {
    this.settings = settings;
    made = AppliedState.of(settings.current());
    setSslContext(made.context());
    setRenegotiationAllowed(false); // costs much, and no client of TLS 1.3 can
  }

  /** The versions that are allowed, as the JDK calls them. */
  static List<String> versions(Tls tls) {
    return VERSIONS.subList(NAMES.indexOf(tls.minVersion()), NAMES.indexOf(tls.maxVersion()) + 1);
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
    customize(engine); // leaves out cipher suites that are weak
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

  /** Looks at clients' certificates. */
  private static final class ClientCheck extends X509ExtendedTrustManager {
    private final WebSettings.State state;

    ClientCheck(WebSettings.State state) {
      this.state = state;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      ClientCertificates.check(state, chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
        throws CertificateException {
      ClientCertificates.check(state, chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
        throws CertificateException {
      ClientCertificates.check(state, chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("a server checks no servers");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return state.authorities().toArray(new X509Certificate[0]);
    }
  }
}
