package io.promdisco.http.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the certificates of servers and clients, in the same way for every TLS implementation
 * and version. The JVM's trust manager verifies the chain. This class adds further checks of Go,
 * and names the reason when it rejects a certificate:
 *
 * <ul>
 *   <li>the validity period of the certificate itself and of the trusted CA;
 *   <li>the name of a server, always, whether or not the TLS parameters request it.
 * </ul>
 *
 * <p>Immutable; safe for all threads.
 */
public final class CertificateVerifier extends PeerVerifier {
  /** Any signature, for the JDK's trust manager. */
  private static final String SIGNATURE = "UNKNOWN";

  /**
   * Uses of a key in key exchanges: one for encryption and one for key agreement. The key usage
   * must allow one of them.
   */
  private static final String ENCRYPTION = "RSA";

  private static final String AGREEMENT = "ECDH_RSA";
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_ENCIPHERMENT = 2;
  private static final int KEY_AGREEMENT = 4;

  private final X509TrustManager platform;
  private final List<X509Certificate> authorities;
  private final String place;
  private final String serverName;

  private CertificateVerifier(
      X509TrustManager platform,
      List<X509Certificate> authorities,
      String place,
      String serverName) {
    this.platform = platform;
    this.authorities = authorities;
    this.place = place;
    this.serverName = serverName;
  }

  /**
   * Creates a verifier that trusts {@code authorities}.
   *
   * @param authorities empty for those that the JVM trusts
   * @param place their origin for errors, for example {@code ca.crt}
   * @param serverName the name that a server's certificate must have; empty for the host of the
   *     connection
   * @throws GeneralSecurityException if the JVM cannot verify certificates
   */
  public static CertificateVerifier of(
      List<X509Certificate> authorities, String place, String serverName)
      throws GeneralSecurityException {
    KeyStore store = null; // null for the JVM's
    if (!authorities.isEmpty()) {
      store = KeyStore.getInstance(KeyStore.getDefaultType());
      try {
        store.load(null, null);
      } catch (IOException e) {
        throw new GeneralSecurityException(e);
      }
      for (X509Certificate authority : authorities) {
        store.setCertificateEntry("ca-" + store.size(), authority);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager platform) {
        return new CertificateVerifier(platform, List.copyOf(authorities), place, serverName);
      }
    }
    throw new GeneralSecurityException("this JVM cannot verify X.509 certificates");
  }

  @Override
  protected void checkServer(X509Certificate[] chain, @Nullable String host)
      throws CertificateException {
    CertificateDiagnosis report = new CertificateDiagnosis(chain, trusted(), place);
    report.checkValidity();
    report.checkName(serverName.isEmpty() ? host : serverName);
    check(report, () -> platform.checkServerTrusted(chain, keyUse(chain[0])));
  }

  @Override
  protected void checkClient(X509Certificate[] chain) throws CertificateException {
    CertificateDiagnosis report = new CertificateDiagnosis(chain, trusted(), place);
    report.checkValidity();
    check(report, () -> platform.checkClientTrusted(chain, SIGNATURE));
  }

  private interface PlatformCheck {
    void run() throws CertificateException;
  }

  private void check(CertificateDiagnosis report, PlatformCheck chain) throws CertificateException {
    try {
      chain.run();
    } catch (CertificateException e) {
      throw new UntrustedCertificateException(report.reason(e), e);
    }
    if (!authorities.isEmpty()) {
      report.checkAuthority();
    }
  }

  private List<X509Certificate> trusted() {
    return authorities.isEmpty() ? List.of(platform.getAcceptedIssuers()) : authorities;
  }

  /**
   * Returns a use of the server's key that its key usage allows. Go ignores the key usage of
   * servers, and many clusters were set up with certificates that allow only encryption.
   */
  private static String keyUse(X509Certificate server) {
    boolean[] usage = server.getKeyUsage();
    if (usage == null || usage[DIGITAL_SIGNATURE]) {
      return SIGNATURE;
    }
    return usage[KEY_ENCIPHERMENT] ? ENCRYPTION : usage[KEY_AGREEMENT] ? AGREEMENT : SIGNATURE;
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return platform.getAcceptedIssuers();
  }
}
