package io.promdisco.http.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.security.cert.CertificateException;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class TlsFailuresTest {
  private static final URI SERVER = URI.create("https://api.example:6443");

  private static void explained(SSLException fault, String client, String message) {
    assertThat(TlsFailures.text(fault, SERVER, client)).isEqualTo(message);
  }

  private static SSLException refused(CertificateException why) {
    SSLHandshakeException handshake = new SSLHandshakeException("handshake");
    handshake.initCause(new CertificateException("wrapped", why));
    return handshake;
  }

  @Test
  void aRefusedCertificateIsOneLineWithTheReason() {
    explained(
        refused(new UntrustedCertificateException("it expired on Monday")),
        "",
        "cannot verify the certificate of " + SERVER + ": it expired on Monday");
    explained(
        refused(new CertificateException("No name\nmore")),
        "",
        "cannot verify the certificate of " + SERVER + ": wrapped");
  }

  @Test
  void alertsOfBothImplementationsReadTheSame() {
    String said = SERVER + " refuses the connection (TLS alert certificate_required): it asks";
    for (String words :
        new String[] {
          "Received fatal alert: certificate_required",
          "(certificate_required) Received fatal alert: certificate_required",
          "Read error: ssl=0x7fe3f8002028: Failure in SSL library, usually a protocol"
              + " error\nerror:1000045c:SSL routines:OPENSSL_internal:"
              + "TLSV1_ALERT_CERTIFICATE_REQUIRED (external/ssl.cc:587 0x7f:0x00000000)"
        }) {
      explained(new SSLException(words), "it asks", said);
    }
    explained(
        new SSLException("Received fatal alert: handshake_failure"),
        "",
        SERVER + " refuses the connection (TLS alert handshake_failure)");
  }

  @Test
  void nativeTlsShowsNoAddressesOfItsMemory() {
    explained(
        new SSLException("failure\nerror:1:SSL routines:OPENSSL_internal:NO_SHARED_CIPHER"),
        "",
        "TLS with " + SERVER + " failed: no shared cipher");
  }

  @Test
  void onlyWhatNativeTlsDoesNotSupportIsTriedWithTheJdk() {
    assertThat(
            TlsFailures.isUnsupportedByNative(
                new SSLException("x\nOPENSSL_internal:TLSV1_ALERT_HANDSHAKE_FAILURE")))
        .isTrue();
    for (SSLException other :
        List.of(
            new SSLException("x\nOPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE"),
            new SSLException("Received fatal alert: handshake_failure"),
            new SSLException("Connection reset"),
            refused(new UntrustedCertificateException("it expired on Monday")))) {
      assertThat(TlsFailures.isUnsupportedByNative(other)).as(other.getMessage()).isFalse();
    }
  }
}
