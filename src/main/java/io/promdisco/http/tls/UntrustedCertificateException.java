package io.promdisco.http.tls;

import java.security.cert.CertificateException;

/** A certificate that was refused. Its message tells people why and begins with "it". */
final class UntrustedCertificateException extends CertificateException {
  private static final long serialVersionUID = 1L;

  UntrustedCertificateException(String message) {
    super(message);
  }

  UntrustedCertificateException(String message, Throwable cause) {
    super(message, cause);
  }
}
