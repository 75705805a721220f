package io.promdisco.http.tls;

import io.promdisco.util.EscapingLogger;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/**
 * Reads certificates and private keys in PEM format (RFC 7468). Keys may be PKCS #8, PKCS #1
 * ({@code RSA PRIVATE KEY}) or SEC 1 ({@code EC PRIVATE KEY}), and must not be encrypted.
 */
public final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final String ENCRYPTED = "ENCRYPTED";
  private static final Logger log = EscapingLogger.of(Pem.class);

  // Object identifiers in DER: rsaEncryption, ecPublicKey and Ed25519.
  private static final byte[] RSA_OID = {
    6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1
  };
  private static final byte[] EC_OID = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};
  private static final byte[] ED25519_OID = {6, 3, 0x2b, 0x65, 0x70};
  private static final byte[] NULL = {5, 0};
  private static final byte[] VERSION_0 = {2, 1, 0};
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 4;
  private static final int EC_PARAMETERS = 0xa0;

  private Pem() {}

  /**
   * Returns all certificates in a text, at least one. Ignores other blocks, and text around the
   * blocks.
   *
   * @param what the name of the text in errors
   */
  public static List<X509Certificate> certificates(String text, String what) throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    for (String block : blocks(text, what)) {
      found.add(certificate(block, what));
    }
    return found;
  }

  /**
   * Returns all CA certificates in a text, at least one. As in Go, unreadable ones are left out;
   * this is logged.
   *
   * @param what the name of the text in errors
   * @throws IOException if none is readable
   */
  public static List<X509Certificate> authorities(String text, String what) throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    IOException problem = null;
    for (String block : blocks(text, what)) {
      try {
        found.add(certificate(block, what));
      } catch (IOException e) {
        problem = e;
      }
    }
    if (problem != null && found.isEmpty()) {
      throw problem;
    }
    if (problem != null) {
      log.warn("{}; the other certificates are used", problem.getMessage());
    }
    return found;
  }

  private static List<String> blocks(String text, String what) throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      if (matcher.group(1).equals(CERTIFICATE)) {
        blocks.add(matcher.group(2));
      }
    }
    if (blocks.isEmpty()) {
      throw new IOException(what + ": no certificate in it (expected PEM)");
    }
    return blocks;
  }

  private static X509Certificate certificate(String block, String what) throws IOException {
    try {
      byte[] der = Base64.getMimeDecoder().decode(block);
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException | IllegalArgumentException e) {
      throw new IOException(what + ": one of its certificates cannot be read", e);
    }
  }

  /** Returns the first private key in a text. {@code what} is the name of the text in errors. */
  public static PrivateKey key(String text, String what) throws IOException {
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      if (matcher.group(1).endsWith(PRIVATE_KEY)) {
        return key(matcher.group(1), matcher.group(2), what);
      }
    }
    throw new IOException(what + ": no private key in it (expected PEM)");
  }

  private static PrivateKey key(String type, String block, String what) throws IOException {
    if (type.startsWith(ENCRYPTED) || block.contains("4," + ENCRYPTED)) {
      throw new IOException(
          what
              + ": the private key is encrypted (expected: a key without password; openssl pkey"
              + " -in KEY -out NEW decrypts it)");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(block);
      return switch (type) {
        case PRIVATE_KEY -> pkcs8(der, what);
        case "RSA " + PRIVATE_KEY -> pkcs8("RSA", wrap(element(SEQUENCE, RSA_OID, NULL), der));
        case "EC " + PRIVATE_KEY -> pkcs8("EC", wrap(ecAlgorithm(der), der));
        default ->
            throw new IOException(
                what + ": " + type + " cannot be read (expected an RSA, EC or Ed25519 key)");
      };
    } catch (GeneralSecurityException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException(what + ": not a private key", e);
    }
  }

  /** Reads a key that contains the name of its algorithm after the version. */
  private static PrivateKey pkcs8(byte[] der, String what)
      throws IOException, GeneralSecurityException {
    int version = contents(der, 0);
    int oid = contents(der, contents(der, version) + length(der, version));
    if (startsWith(der, oid, RSA_OID)) {
      return pkcs8("RSA", der);
    }
    if (startsWith(der, oid, EC_OID)) {
      return pkcs8("EC", der);
    }
    if (startsWith(der, oid, ED25519_OID)) {
      return pkcs8("Ed25519", der);
    }
    throw new IOException(what + ": not an RSA, EC or Ed25519 private key");
  }

  private static boolean startsWith(byte[] der, int at, byte[] prefix) {
    return Arrays.equals(der, at, at + prefix.length, prefix, 0, prefix.length);
  }

  private static PrivateKey pkcs8(String algorithm, byte[] der) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  private static byte[] wrap(byte[] algorithm, byte[] key) {
    return element(SEQUENCE, VERSION_0, algorithm, element(OCTETS, key));
  }

  /** Returns the algorithm identifier of a SEC 1 key, which contains its curve as a parameter. */
  private static byte[] ecAlgorithm(byte[] key) {
    int at = contents(key, 0);
    while ((key[at] & 0xff) != EC_PARAMETERS) {
      at = contents(key, at) + length(key, at);
    }
    int from = contents(key, at);
    return element(SEQUENCE, EC_OID, Arrays.copyOfRange(key, from, from + length(key, at)));
  }

  private static int contents(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | (der[at + 2 + i] & 0xff);
    }
    return length;
  }

  private static byte[] element(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
