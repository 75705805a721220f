package io.promdisco.server;

import io.promdisco.config.WebConfig.Tls;
import io.promdisco.http.CertificateVerifier;
import io.promdisco.http.ClientKey;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
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
 * certificate, the versions and the demands on clients that are in force then.
 */
final class ServerTls extends SslContextFactory.Server {
  private static final List<String> VERSIONS = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");
  private static final List<String> NAMES = List.of("TLS10", "TLS11", "TLS12", "TLS13");

  private final WebSettings settings;

  ServerTls(WebSettings settings) {
    this.settings = settings;
    // What a session remembers of a client may not be in force any more.
    setSessionCachingEnabled(false);
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {ClientKey.manager(() -> settings.current().key())},
          new TrustManager[] {new ClientCheck(settings)},
          null);
      setSslContext(context);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform has no TLS", e);
    }
  }

  @Override
  public void customize(SSLEngine engine) {
    super.customize(engine);
    Tls tls = settings.current().config().tls().orElseThrow();
    SSLParameters parameters = engine.getSSLParameters();
    int from = NAMES.indexOf(tls.minVersion());
    int to = NAMES.indexOf(tls.maxVersion());
    parameters.setProtocols(VERSIONS.subList(from, to + 1).toArray(new String[0]));
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
  }

  /** Looks at clients' certificates. */
  private static final class ClientCheck extends X509ExtendedTrustManager {
    /** Kinds of alternative names: e-mail, DNS, URI, IP address. */
    private static final Set<Integer> NAME_KINDS = Set.of(1, 2, 6, 7);

    private final WebSettings settings;

    ClientCheck(WebSettings settings) {
      this.settings = settings;
    }

    private void check(X509Certificate[] chain, String type) throws CertificateException {
      WebSettings.State state = settings.current();
      Tls tls = state.config().tls().orElseThrow();
      if (tls.clientAuth().verified()) {
        verifier(state.authorities()).checkClientTrusted(chain, type);
      }
      if (!tls.allowedSans().isEmpty() && !hasName(chain[0], tls.allowedSans())) {
        throw new CertificateException("client certificate: none of client_allowed_sans in it");
      }
    }

    private static boolean hasName(X509Certificate certificate, List<String> allowed)
        throws CertificateParsingException {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .anyMatch(
                  name ->
                      name.get(0) instanceof Integer kind
                          && NAME_KINDS.contains(kind)
                          && name.get(1) instanceof String text
                          && allowed.contains(text));
    }

    private static CertificateVerifier verifier(List<X509Certificate> authorities)
        throws CertificateException {
      try {
        return CertificateVerifier.of(
            authorities, authorities.isEmpty() ? "" : "client_ca_file", "");
      } catch (GeneralSecurityException e) {
        throw new CertificateException("client CAs: " + e.getMessage(), e);
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
        throws CertificateException {
      check(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
        throws CertificateException {
      check(chain, type);
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
      return settings.current().authorities().toArray(new X509Certificate[0]);
    }
  }
}
