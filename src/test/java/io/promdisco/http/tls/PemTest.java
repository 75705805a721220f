package io.promdisco.http.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.Certificates;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PemTest {
  private static final String BROKEN =
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

  private final Certificates pair = Certificates.make("EC", "dns:a.example");

  PemTest() throws Exception {}

  private static final String ENCRYPTED_RSA =
      """
      -----BEGIN RSA PRIVATE KEY-----
      Proc-Type: 4,ENCRYPTED
      DEK-Info: AES-256-CBC,00FF

      MIIB
      -----END RSA PRIVATE KEY-----
      """;

  static List<String> encryptedKeys() {
    return List.of(
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n",
        ENCRYPTED_RSA,
        ENCRYPTED_RSA.replace("RSA", "EC").replace("\n", "\r\n"));
  }

  @ParameterizedTest
  @MethodSource("encryptedKeys")
  void anEncryptedKeyIsRefusedAsEncrypted(String key) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Pem.key("some text\n" + key, "tls_config.key_file: me.key"))
        .withMessage(
            "tls_config.key_file: me.key: the private key is encrypted (expected: a key without password; openssl pkey -in KEY -out NEW decrypts it)");
  }

  @Test
  void otherBlocksAndTextAreIgnored() throws Exception {
    String text =
        "Subject: CN = a-b-c\n"
            + "-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n"
            + pair.key().replace("\n", "\r\n")
            + "\n\n"
            + pair.certificate()
            + "# the CA\n"
            + pair.authority().replace("\n", "\r\n");
    assertThat(Pem.certificates(text, "text")).hasSize(2).contains(pair.x509());
    assertThat(Pem.key(text, "text").getEncoded()).isEqualTo(pair.keyBytes());
  }

  @Test
  void aCaThatCannotBeReadIsLeftOutAndLogged() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      assertThat(Pem.authorities(BROKEN + pair.authority() + BROKEN, "ca.crt")).hasSize(1);
      assertThat(log.lines("WARN"))
          .singleElement()
          .asString()
          .endsWith(
              "ca.crt: one of its certificates cannot be read; the other certificates are used");
    }
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Pem.authorities(BROKEN, "ca.crt"))
        .withMessage("ca.crt: one of its certificates cannot be read");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Pem.certificates(pair.certificate() + BROKEN, "me.crt"))
        .withMessage("me.crt: one of its certificates cannot be read");
  }

  @Test
  void whatIsMissingIsNamed() {
    for (String text : List.of("", "nothing", "-----BEGIN CERTIFICATE-----\nMIIB\n")) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> Pem.authorities(text, "ca.crt"))
          .withMessage("ca.crt: no certificate in it (expected PEM)");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> Pem.key(text, "me.key"))
          .withMessage("me.key: no private key in it (expected PEM)");
    }
    String dsa = "-----BEGIN DSA PRIVATE KEY-----\nMIIB\n-----END DSA PRIVATE KEY-----\n";
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Pem.key(dsa, "me.key"))
        .withMessage("me.key: DSA PRIVATE KEY cannot be read (expected an RSA, EC or Ed25519 key)");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    Certificates other = Certificates.make("Ed25519", "dns:b.example");
    assertThat(ClientKey.of(pair.key(), "me.key", pair.chain(), "me.crt").chain()).hasSize(1);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> ClientKey.of(other.key(), "me.key", pair.chain(), "me.crt"))
        .withMessage("me.key: not the key of the first certificate in me.crt");
  }
}
