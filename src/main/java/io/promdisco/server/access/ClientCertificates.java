package io.promdisco.server.access;

import io.promdisco.config.WebConfig.Tls;
import io.promdisco.http.tls.CertificateVerifier;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Checks client certificates against the settings. */
final class ClientCertificates {
  /** Types of alternative names: e-mail, DNS, URI, IP address. */
  private static final Set<Integer> NAME_KINDS = Set.of(1, 2, 6, 7);

  private ClientCertificates() {}

  /**
   * Verifies the certificates of a session against the current settings, not against those at the
   * time of its handshake.
   *
   * @throws CertificateException if the current settings do not admit the client
   */
  static void verify(WebSettings.State state, SSLSession session) throws CertificateException {
    Tls tls = tls(state);
    if (!ServerTls.versions(tls).contains(session.getProtocol())) {
      throw new CertificateException(
          session.getProtocol() + " is no longer allowed (expected: a new connection)");
    }
    X509Certificate[] chain = chain(session);
    if (chain.length > 0) {
      check(state, chain);
    } else if (tls.clientAuth().required()) {
      throw new CertificateException("none (expected: a new connection with one)");
    }
  }

  private static X509Certificate[] chain(SSLSession session) throws CertificateException {
    try {
      Certificate[] chain = session.getPeerCertificates();
      X509Certificate[] copy = new X509Certificate[chain.length];
      for (int i = 0; i < chain.length; i++) {
        if (!(chain[i] instanceof X509Certificate x509)) {
          throw new CertificateException("not X.509 (expected: X.509)");
        }
        copy[i] = x509;
      }
      return copy;
    } catch (SSLPeerUnverifiedException e) {
      return new X509Certificate[0]; // allowed if no certificate is required
    }
  }

  /**
   * Verifies a client's certificate.
   *
   * @param chain the certificate, then its intermediate certificates
   */
  static void check(WebSettings.State state, X509Certificate[] chain) throws CertificateException {
    Tls tls = tls(state);
    if (tls.clientAuth().verified()) {
      verifier(state.authorities()).checkClientTrusted(chain, "UNKNOWN");
    }
    if (!tls.allowedSans().isEmpty() && !hasName(chain[0], tls.allowedSans())) {
      throw new CertificateException("client certificate: has none of client_allowed_sans");
    }
  }

  private static Tls tls(WebSettings.State state) throws CertificateException {
    return state
        .config()
        .tls()
        .orElseThrow(() -> new CertificateException("TLS is not configured"));
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
      return CertificateVerifier.of(authorities, authorities.isEmpty() ? "" : "client_ca_file", "");
    } catch (GeneralSecurityException e) {
      throw new CertificateException("client CAs: " + e.getMessage(), e);
    }
  }
}
