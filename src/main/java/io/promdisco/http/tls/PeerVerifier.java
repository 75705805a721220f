package io.promdisco.http.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A trust manager that makes the same checks for sockets and engines. It ignores the authentication
 * type of the handshake, because TLS implementations use different names for it.
 */
public abstract class PeerVerifier extends X509ExtendedTrustManager {
  /**
   * Verifies a server's certificate.
   *
   * @param chain the certificate, then its intermediate certificates
   * @param host the host of the connection; null if unknown
   * @throws CertificateException if it is rejected
   */
  protected abstract void checkServer(X509Certificate[] chain, @Nullable String host)
      throws CertificateException;

  /**
   * Verifies a client's certificate.
   *
   * @param chain the certificate, then its intermediate certificates
   * @throws CertificateException if it is rejected
   */
  protected abstract void checkClient(X509Certificate[] chain) throws CertificateException;

  @Override
  public final void checkServerTrusted(
      X509Certificate[] chain, String type, @Nullable Socket socket) throws CertificateException {
    SSLSession session = socket instanceof SSLSocket tls ? tls.getHandshakeSession() : null;
    checkServer(chain, session == null ? null : session.getPeerHost());
  }

  @Override
  public final void checkServerTrusted(
      X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    checkServer(chain, engine == null ? null : engine.getPeerHost());
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String type)
      throws CertificateException {
    checkServer(chain, null);
  }

  @Override
  public final void checkClientTrusted(
      X509Certificate[] chain, String type, @Nullable Socket socket) throws CertificateException {
    checkClient(chain);
  }

  @Override
  public final void checkClientTrusted(
      X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    checkClient(chain);
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String type)
      throws CertificateException {
    checkClient(chain);
  }
}
