package io.promdisco.http.tls;

import java.security.cert.CertificateException;

/** Thrown for a rejected certificate. The message says why, for people, and begins with "it". */
final class UntrustedCertificateException extends CertificateException {
  private static final long serialVersionUID = 1L;

  UntrustedCertificateException(String message) {
    super(message);
  }

  UntrustedCertificateException(String message, Throwable cause) {
    super(message, cause);
  }
}
