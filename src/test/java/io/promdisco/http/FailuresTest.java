package io.promdisco.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SignatureException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void everyFaultOfACertificateIsOneClearLine() {
    explained(new CertificateExpiredException("NotAfter"), "certificate of %s has expired");
    explained(new CertificateNotYetValidException("later"), "certificate of %s is not valid yet");
    explained(
        new CertPathValidatorException(
            "signature check failed", new SignatureException("does not match")),
        "certificate of %s is not signed by the CA in ca.crt");
    explained(
        new CertPathBuilderException("unable to find valid certification path"),
        "certificate of %s is not signed by the CA in ca.crt");
    explained(
        new GeneralSecurityException("unknown"), "certificate of %s is not good: PKIX path is odd");
  }

  private static void explained(GeneralSecurityException fault, String message) {
    SSLHandshakeException handshake = new SSLHandshakeException("handshake");
    handshake.initCause(new CertificateException("PKIX path is odd", fault));
    URI server = URI.create("https://api.example:6443");
    assertThat(Failures.explain(new CompletionException(handshake), server, "the CA in ca.crt"))
        .hasMessage(message.formatted(server));
  }

  @Test
  void whatBoringSslSaysHasNoAddressesOfItsMemory() {
    URI server = URI.create("https://api.example:6443");
    assertThat(
            Failures.explain(
                new SSLException(
                    "Read error: ssl=0x7fe3f8002028: Failure in SSL library, usually a protocol"
                        + " error\nerror:1000045c:SSL routines:OPENSSL_internal:"
                        + "TLSV1_ALERT_CERTIFICATE_REQUIRED (external/ssl.cc:587 0x7f:0x00000000)"),
                server,
                ""))
        .hasMessage(
            server
                + " wants a client certificate, another than this one:"
                + " received fatal alert: certificate_required");
    assertThat(
            Failures.explain(
                new SSLException("failure\nerror:1:SSL routines:OPENSSL_internal:NO_SHARED_CIPHER"),
                server,
                ""))
        .hasMessage("TLS with " + server + " failed: no shared cipher");
  }
}
