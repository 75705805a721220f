package io.promdisco.http.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.testing.Certificates;
import io.promdisco.testing.Certificates.Content;
import io.promdisco.util.HostNames;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateVerifierTest {
  private final Certificates ca = Certificates.authority("root");
  private final CertificateVerifier verifier =
      CertificateVerifier.of(Pem.certificates(ca.certificate(), "CA"), "ca.crt", "");

  CertificateVerifierTest() throws Exception {}

  private static SSLEngine to(String host) throws GeneralSecurityException {
    return SSLContext.getDefault().createSSLEngine(host, 443);
  }

  private X509Certificate[] issued(Content content) throws GeneralSecurityException {
    return ca.issue(content).pair().chain().toArray(new X509Certificate[0]);
  }

  /** Authentication types that implementations use in TLS 1.2 and 1.3, and one that none uses. */
  @ParameterizedTest
  @ValueSource(strings = {"UNKNOWN", "GENERIC", "ECDHE_RSA", "ECDHE_ECDSA", "EdDSA", "", "x"})
  void theTypeOfAuthenticationDoesNotMatter(String type) throws Exception {
    X509Certificate[] server = issued(Content.of("server", "EC", "dns:a.example"));
    assertThatCode(() -> verifier.checkServerTrusted(server, type, to("a.example")))
        .doesNotThrowAnyException();
    X509Certificate[] client = issued(Content.of("client", "RSA", ""));
    assertThatCode(() -> verifier.checkClientTrusted(client, type)).doesNotThrowAnyException();
  }

  @Test
  void aServerWhoseNameIsNotKnownIsRefused() throws Exception {
    X509Certificate[] server = issued(Content.of("server", "EC", "dns:a.example"));
    SSLEngine nowhere = SSLContext.getDefault().createSSLEngine();
    assertThatThrownBy(() -> verifier.checkServerTrusted(server, "UNKNOWN"))
        .hasMessage("the host name is unknown, so it cannot be compared");
    assertThatThrownBy(() -> verifier.checkServerTrusted(server, "UNKNOWN", nowhere))
        .hasMessage("the host name is unknown, so it cannot be compared");
  }

  @Test
  void aClientIsRefusedForTheTrueReason() throws Exception {
    X509Certificate[] late = issued(Content.of("client", "EC", "").expired());
    assertThatThrownBy(() -> verifier.checkClientTrusted(late, "GENERIC"))
        .hasMessageStartingWith("it expired on ");
    X509Certificate[] stranger =
        Certificates.make("EC", "dns:a").pair().chain().toArray(new X509Certificate[0]);
    assertThatThrownBy(() -> verifier.checkClientTrusted(stranger, "GENERIC"))
        .hasMessageContaining("a CA that is not in ca.crt");
  }

  @Test
  void namesThatTheServerSendsAreShownShortAndInOneLine() throws Exception {
    X509Certificate[] server = issued(Content.of("a\nb\u001b" + "c".repeat(500), "EC", ""));
    assertThatThrownBy(() -> verifier.checkServerTrusted(server, "UNKNOWN", to("a.example")))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400).doesNotContain("\n"));
    String many = "dns:a1,dns:a2,dns:a3,dns:a4,dns:a5,dns:a6,dns:a7";
    X509Certificate[] of = issued(Content.of("", "EC", many));
    assertThatThrownBy(() -> verifier.checkServerTrusted(of, "UNKNOWN", to("a.example")))
        .hasMessageStartingWith("it is valid for a1, a2, a3, a4, a5 and 2 more, not for a.example");
  }

  /** As Go's crypto/x509 decides. */
  @ParameterizedTest
  @CsvSource({
    "dns:a.example, a.example, true",
    "dns:a.example, A.Example., true",
    "dns:a.example, b.a.example, false",
    "dns:*.example, a.example, true",
    "dns:*.example, b.a.example, false",
    "dns:*.example, example, false",
    "dns:a*.example, ab.example, false",
    "dns:*, a, false",
    "dns:127.0.0.1, 127.0.0.1, false",
    "ip:127.0.0.1, 127.0.0.1, true",
    "ip:127.0.0.1, 127.0.0.2, false",
    "ip:::1, 0:0::1, true",
    "ip:::1, [::1], true",
    "ip:::1, localhost, false"
  })
  void namesAreComparedAsInGo(String names, String host, boolean matches) throws Exception {
    X509Certificate certificate = issued(Content.of("server", "EC", names))[0];
    assertThat(new CertificateNames(certificate).include(HostNames.withoutBrackets(host)))
        .isEqualTo(matches);
  }

  @Test
  void theCasOfTheJvmAreTheDefault() throws Exception {
    CertificateVerifier ofJvm = CertificateVerifier.of(List.of(), "", "");
    assertThat(ofJvm.getAcceptedIssuers()).isNotEmpty();
    X509Certificate[] server = issued(Content.of("server", "EC", "dns:a.example"));
    assertThatThrownBy(() -> ofJvm.checkServerTrusted(server, "GENERIC", to("a.example")))
        .hasMessage(
            "it is issued by \"CN=root\", a CA that is not among those that this JVM trusts"
                + " (expected: the certificate of its CA, as ca_file or certificate-authority);"
                + " intermediate certificate missing?");
  }
}
