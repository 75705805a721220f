package io.promdisco.monitors;

import io.promdisco.http.tls.Pem;
import io.promdisco.util.GoFormatting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks sections {@code tlsConfig} and the certificates and keys that they name. */
final class TlsChecks {
  private static final Pattern BEGIN = Pattern.compile("(?m)^-----BEGIN ([^\n]*?)-----");
  private static final Pattern KNOWN =
      Pattern.compile(
          "((TRUSTED|X509) )?CERTIFICATE|X509 CRL|(NEW )?CERTIFICATE REQUEST|(RSA )?PUBLIC KEY"
              + "|((RSA|DSA|EC|ED25519|ENCRYPTED|ANY|OPENSSH) )?PRIVATE KEY"
              + "|(DH|DSA|EC) PARAMETERS|PKCS7|CMS");
  private static final Map<String, String> SIGNATURES =
      Map.of(
          "RSA",
          "SHA256withRSA",
          "EC",
          "SHA256withECDSA",
          "Ed25519",
          "Ed25519",
          "EdDSA",
          "Ed25519");

  private TlsChecks() {}

  static SecretOrConfigMap ca(SpecNode tls) throws InvalidMonitorException {
    return SecretOrConfigMap.of(tls.section("ca"));
  }

  static SecretOrConfigMap cert(SpecNode tls) throws InvalidMonitorException {
    return SecretOrConfigMap.of(tls.section("cert"));
  }

  static @Nullable KeyRef key(SpecNode tls) throws InvalidMonitorException {
    SpecNode key = tls.child("keySecret");
    return key == null ? null : KeyRef.of(key);
  }

  /**
   * Checks a section.
   *
   * @param files whether it may name files
   */
  static void check(@Nullable SpecNode tls, boolean files) throws InvalidMonitorException {
    if (tls == null) {
      return;
    }
    checkReferencesAndVersions(tls);
    boolean hasCert = !cert(tls).isEmpty();
    boolean hasKey = key(tls) != null;
    if (files) {
      boolean certFile = !tls.textOrEmpty("certFile").isEmpty();
      boolean keyFile = !tls.textOrEmpty("keyFile").isEmpty();
      refuseBoth(!tls.textOrEmpty("caFile").isEmpty(), !ca(tls).isEmpty(), "caFile", "ca");
      refuseBoth(certFile, hasCert, "certFile", "cert");
      refuseBoth(keyFile, hasKey, "keyFile", "keySecret");
      hasCert |= certFile;
      hasKey |= keyFile;
    }
    if (hasCert != hasKey) {
      String has = "client " + (hasCert ? "cert" : "key");
      String lacks = "client " + (hasCert ? "key" : "cert");
      throw new InvalidMonitorException(
          files
              ? "cannot specify " + has + " without " + lacks
              : has + " specified without " + lacks);
    }
  }

  private static void checkReferencesAndVersions(SpecNode tls) throws InvalidMonitorException {
    InvalidMonitorException.within("ca " + ca(tls), () -> ca(tls).check());
    InvalidMonitorException.within("cert " + cert(tls), () -> cert(tls).check());
    String least = tls.text("minVersion");
    String most = tls.text("maxVersion");
    if (least != null && most != null && most.compareTo(least) < 0) {
      throw new InvalidMonitorException("maxVersion must more than or equal to minVersion");
    }
  }

  private static void refuseBoth(boolean file, boolean reference, String fileName, String name)
      throws InvalidMonitorException {
    if (file && reference) {
      throw new InvalidMonitorException(
          "cannot specify both '" + fileName + "' and '" + name + "'");
    }
  }

  /** Reads and checks what a section names in Secrets and ConfigMaps. */
  static void checkMaterial(SpecNode tls, String namespace, References references)
      throws InvalidMonitorException {
    SecretOrConfigMap ca = ca(tls);
    SecretOrConfigMap cert = cert(tls);
    KeyRef key = key(tls);
    String caText = read("ca " + GoFormatting.quote(ca.toString()), namespace, ca, references);
    String certText =
        read("cert " + GoFormatting.quote(cert.toString()), namespace, cert, references);
    String keyText =
        key == null
            ? ""
            : read(
                "key " + key.name() + "/" + key.key(),
                namespace,
                new SecretOrConfigMap(key, null),
                references);
    if (!caText.isEmpty()) {
      InvalidMonitorException.within("ca " + ca, () -> checkAuthority(caText));
    }
    if (!certText.isEmpty() && !keyText.isEmpty() && key != null) {
      InvalidMonitorException.within(
          "cert " + cert + ", key <" + key.name() + "/" + key.key() + ">",
          () -> checkPair(certText, keyText));
    }
  }

  private static String read(
      String what, String namespace, SecretOrConfigMap ref, References references)
      throws InvalidMonitorException {
    Object[] value = new Object[1];
    InvalidMonitorException.within(
        "failed to get " + what, () -> value[0] = references.value(namespace, ref));
    return value[0] instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.ISO_8859_1)
        : String.valueOf(value[0]);
  }

  /** Returns the types of the blocks; only those that are known, since others may be a secret. */
  private static List<String> blocks(String text) {
    return BEGIN
        .matcher(text)
        .results()
        .map(found -> KNOWN.matcher(found.group(1)).matches() ? found.group(1) : "<unknown>")
        .toList();
  }

  private static void checkAuthority(String text) throws InvalidMonitorException {
    if (blocks(text).isEmpty()) {
      throw new InvalidMonitorException("failed to decode PEM block");
    }
    try {
      Pem.certificates(text, "");
    } catch (IOException e) {
      throw new InvalidMonitorException("failed to parse certificate: " + malformed(text));
    }
  }

  /** Returns how far Go comes with a certificate that cannot be read: a key is a sequence too. */
  private static String malformed(String text) {
    boolean isSequence = blocks(text).get(0).endsWith("PRIVATE KEY");
    return "x509: malformed " + (isSequence ? "tbs " : "") + "certificate";
  }

  /** Checks that a certificate and a key belong together, in the order and words of Go. */
  private static void checkPair(String cert, String key) throws InvalidMonitorException {
    checkHasCertificate(cert);
    checkHasKey(key);
    X509Certificate certificate = certificate(cert);
    PrivateKey privateKey = privateKey(key);
    if (!fits(certificate.getPublicKey(), privateKey)) {
      boolean sameType = isSameType(certificate.getPublicKey(), privateKey);
      throw new InvalidMonitorException(
          "tls: private key "
              + (sameType ? "" : "type ")
              + "does not match public key"
              + (sameType ? "" : " type"));
    }
  }

  private static void checkHasCertificate(String text) throws InvalidMonitorException {
    List<String> blocks = blocks(text);
    if (blocks.isEmpty()) {
      throw new InvalidMonitorException("tls: failed to find any PEM data in certificate input");
    }
    if (!blocks.contains("CERTIFICATE")) {
      throw new InvalidMonitorException(
          blocks.size() == 1 && blocks.get(0).endsWith("PRIVATE KEY")
              ? "tls: failed to find certificate PEM data in certificate input, but did find a"
                  + " private key; PEM inputs may have been switched"
              : "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping"
                  + " PEM blocks of the following types: ["
                  + String.join(" ", blocks)
                  + "]");
    }
  }

  private static X509Certificate certificate(String text) throws InvalidMonitorException {
    try {
      return Pem.certificates(text, "").get(0);
    } catch (IOException e) {
      throw new InvalidMonitorException("x509: malformed certificate");
    }
  }

  private static void checkHasKey(String text) throws InvalidMonitorException {
    List<String> blocks = blocks(text);
    if (blocks.isEmpty()) {
      throw new InvalidMonitorException("tls: failed to find any PEM data in key input");
    }
    if (blocks.stream().noneMatch(type -> type.endsWith("PRIVATE KEY"))) {
      throw new InvalidMonitorException(
          blocks.equals(List.of("CERTIFICATE"))
              ? "tls: found a certificate rather than a key in the PEM for the private key"
              : "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input"
                  + " after skipping PEM blocks of the following types: ["
                  + String.join(" ", blocks)
                  + "]");
    }
  }

  private static PrivateKey privateKey(String text) throws InvalidMonitorException {
    try {
      return Pem.key(text, "");
    } catch (IOException e) {
      throw new InvalidMonitorException("tls: failed to parse private key");
    }
  }

  private static boolean isSameType(PublicKey publicKey, PrivateKey privateKey) {
    String one = SIGNATURES.getOrDefault(publicKey.getAlgorithm(), publicKey.getAlgorithm());
    return one.equals(
        SIGNATURES.getOrDefault(privateKey.getAlgorithm(), privateKey.getAlgorithm()));
  }

  /** Whether what one key signs the other verifies. */
  private static boolean fits(PublicKey publicKey, PrivateKey privateKey) {
    String algorithm = SIGNATURES.get(privateKey.getAlgorithm());
    if (algorithm == null || !isSameType(publicKey, privateKey)) {
      return false;
    }
    try {
      byte[] text = {1, 2, 3};
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(privateKey);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
