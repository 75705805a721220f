package io.promdisco.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promdisco.http.tls.ClientKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A key with its certificate and the certificates of the CAs that issued it. Unless a test says
 * otherwise, a CA issues the certificate, as in practice.
 */
public final class Certificates {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyPair keys;
  private final X509Certificate own;
  private final @Nullable Certificates issuer;

  private Certificates(KeyPair keys, X509Certificate own, @Nullable Certificates issuer) {
    this.keys = keys;
    this.own = own;
    this.issuer = issuer;
  }

  /**
   * The contents of a certificate.
   *
   * @param subject the common name; may be empty
   * @param keyAlgorithm {@code RSA} (2048 bits), {@code EC} (P-256) or {@code Ed25519}
   * @param names subject alternative names, as {@code ip:127.0.0.1,dns:a.example}; empty: none
   * @param isAuthority whether it may issue other certificates
   * @param begin when it begins to be valid
   * @param end when it expires
   * @param keyUsage bits of the key usage, highest first (0x80: digital signature, 0x20: key
   *     encipherment, 0x04: signing certificates); 0: no key usage
   */
  public record Content(
      String subject,
      String keyAlgorithm,
      String names,
      boolean isAuthority,
      Instant begin,
      Instant end,
      int keyUsage) {
    /** Contents that are valid from an hour ago until a day from now. */
    public static Content of(String subject, String keyAlgorithm, String names) {
      Instant now = Instant.now();
      return new Content(
          subject,
          keyAlgorithm,
          names,
          false,
          now.minus(Duration.ofHours(1)),
          now.plus(Duration.ofDays(1)),
          0);
    }

    /** The same contents for a CA. */
    public Content authority() {
      return new Content(subject, keyAlgorithm, names, true, begin, end, 0x04);
    }

    /** The same contents for another period. */
    public Content valid(Instant from, Instant until) {
      return new Content(subject, keyAlgorithm, names, isAuthority, from, until, keyUsage);
    }

    /** The same contents for a period that ended an hour ago. */
    public Content expired() {
      Instant until = Instant.now().minus(Duration.ofHours(1));
      return valid(until.minus(Duration.ofHours(1)), until);
    }

    /** The same contents with another key usage. */
    public Content usage(int bits) {
      return new Content(subject, keyAlgorithm, names, isAuthority, begin, end, bits);
    }
  }

  /**
   * Issues a certificate with a new CA.
   *
   * @param names subject alternative names, as {@code ip:127.0.0.1}
   */
  public static Certificates make(String keyAlgorithm, String names)
      throws GeneralSecurityException {
    String id = Long.toHexString(RANDOM.nextLong());
    return authority("ca-" + id).issue(Content.of("test-" + id, keyAlgorithm, names));
  }

  /** Makes a new CA. */
  public static Certificates authority(String name) throws GeneralSecurityException {
    return selfSigned(Content.of(name, "EC", "").authority());
  }

  /** Makes a self-signed certificate. */
  public static Certificates selfSigned(Content content) throws GeneralSecurityException {
    KeyPair keys = keys(content.keyAlgorithm);
    return new Certificates(
        keys, sign(content, keys, name(content.subject), keys.getPrivate()), null);
  }

  /** Issues a certificate with this CA. */
  public Certificates issue(Content content) throws GeneralSecurityException {
    KeyPair made = keys(content.keyAlgorithm);
    byte[] issuerName = own.getSubjectX500Principal().getEncoded();
    return new Certificates(made, sign(content, made, issuerName, keys.getPrivate()), this);
  }

  /** One key for all certificates, since generating one takes long. */
  private static final class RsaKeys {
    static final KeyPair PAIR = make();

    private static KeyPair make() {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static KeyPair keys(String algorithm) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    switch (algorithm) {
      case "EC" -> generator.initialize(new ECGenParameterSpec("secp256r1"));
      case "RSA" -> {
        return RsaKeys.PAIR;
      }
      default -> {} // Keys of this algorithm have one size only.
    }
    return generator.generateKeyPair();
  }

  // X.509 in DER: RFC 5280, section 4.1.

  private static X509Certificate sign(
      Content content, KeyPair keys, byte[] issuer, PrivateKey issuerKey)
      throws GeneralSecurityException {
    String signing =
        switch (issuerKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "Ed25519";
        };
    byte[] algorithm =
        HexFormat.of()
            .parseHex(
                switch (signing) {
                  case "SHA256withRSA" -> "300d06092a864886f70d01010b0500";
                  case "SHA256withECDSA" -> "300a06082a8648ce3d040302";
                  default -> "300506032b6570";
                });
    byte[] body =
        der(
            0x30,
            der(0xa0, der(2, new byte[] {2})),
            der(2, new BigInteger(63, RANDOM).toByteArray()),
            algorithm,
            issuer,
            der(0x30, time(content.begin), time(content.end)),
            name(content.subject),
            keys.getPublic().getEncoded(),
            der(0xa3, der(0x30, extensions(content))));
    Signature signature = Signature.getInstance(signing);
    signature.initSign(issuerKey);
    signature.update(body);
    byte[] whole = der(0x30, body, algorithm, der(3, new byte[1], signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(whole));
  }

  private static byte[] time(Instant time) {
    return der(0x18, TIME.format(time).getBytes(UTF_8));
  }

  private static byte[] name(String commonName) {
    byte[] attribute = der(0x30, oid("550403"), der(0x0c, commonName.getBytes(UTF_8)));
    return commonName.isEmpty() ? der(0x30) : der(0x30, der(0x31, attribute));
  }

  private static byte[] extensions(Content content) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    if (content.isAuthority) {
      all.writeBytes(extension("551d13", der(0x30, der(1, new byte[] {(byte) 0xff}))));
    }
    if (content.keyUsage != 0) {
      all.writeBytes(extension("551d0f", der(3, new byte[] {0, (byte) content.keyUsage})));
    }
    if (!content.names.isEmpty()) {
      ByteArrayOutputStream names = new ByteArrayOutputStream();
      for (String name : content.names.split(",")) {
        String value = name.substring(name.indexOf(':') + 1);
        names.writeBytes(
            name.startsWith("ip:") ? der(0x87, address(value)) : der(0x82, value.getBytes(UTF_8)));
      }
      byte[] value = der(4, der(0x30, names.toByteArray()));
      byte[] isCritical = der(1, new byte[] {(byte) 0xff}); // critical if there is no subject
      all.writeBytes(
          content.subject.isEmpty()
              ? der(0x30, oid("551d11"), isCritical, value)
              : der(0x30, oid("551d11"), value));
    }
    return all.toByteArray();
  }

  private static byte[] address(String literal) {
    try {
      return InetAddress.getByName(literal).getAddress();
    } catch (IOException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  private static byte[] extension(String oid, byte[] value) {
    return der(0x30, oid(oid), der(4, value));
  }

  private static byte[] oid(String hex) {
    return der(6, HexFormat.of().parseHex(hex));
  }

  private static byte[] der(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length >= 0x100) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length >= 0x80) {
      out.write(0x81);
    }
    out.write(length);
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + type
        + "-----\n";
  }

  /** The certificate as PEM, without those of its CAs. */
  public String certificate() throws GeneralSecurityException {
    return pem("CERTIFICATE", own.getEncoded());
  }

  /** The certificate as PEM, followed by those of the intermediate CAs. */
  public String chain() throws GeneralSecurityException {
    StringBuilder chain = new StringBuilder(certificate());
    for (Certificates at = issuer; at != null && at.issuer != null; at = at.issuer) {
      chain.append(at.certificate());
    }
    return chain.toString();
  }

  /** The certificate of the root CA as PEM: what its users trust. */
  public String authority() throws GeneralSecurityException {
    return root().certificate();
  }

  private Certificates root() {
    return issuer == null ? this : issuer.root();
  }

  public X509Certificate x509() {
    return own;
  }

  /** The key in PKCS #8. */
  public byte[] keyBytes() {
    return keys.getPrivate().getEncoded();
  }

  public String key() {
    return pem("PRIVATE KEY", keyBytes());
  }

  /** The key, the certificate, and those of the intermediate CAs. */
  public ClientKey pair() {
    List<X509Certificate> chain = new ArrayList<>(List.of(own));
    for (Certificates at = issuer; at != null && at.issuer != null; at = at.issuer) {
      chain.add(at.own);
    }
    return new ClientKey(keys.getPrivate(), chain);
  }

  /** A context for a server with this certificate, which trusts clients of the same root CA. */
  public SSLContext server() throws GeneralSecurityException {
    return server(true, root());
  }

  /**
   * A context for a server with this certificate.
   *
   * @param sendsIntermediates whether the server sends the certificates of its intermediate CAs
   * @param clients the CA of clients
   */
  public SSLContext server(boolean sendsIntermediates, Certificates clients)
      throws GeneralSecurityException {
    ClientKey whole = pair();
    ClientKey sent = sendsIntermediates ? whole : new ClientKey(whole.key(), List.of(own));
    return server(() -> sent, clients);
  }

  /**
   * A context for a server whose certificate may change.
   *
   * @param current supplies the certificate for the next connection
   * @param clients the CA of clients
   */
  public static SSLContext server(Supplier<@Nullable ClientKey> current, Certificates clients)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {ClientKey.manager(current)}, clients.trust(), null);
    return context;
  }

  /** A context for a client that trusts servers of the same root CA and sends no certificate. */
  public SSLContext client() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, root().trust(), null);
    return context;
  }

  private TrustManager[] trust() throws GeneralSecurityException {
    KeyStore trusted = store();
    trusted.setCertificateEntry("a", own);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    return trust.getTrustManagers();
  }

  private static KeyStore store() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    return store;
  }

  /** Parameters of a server that asks for a client certificate. */
  public static SSLParameters wantingClients(SSLContext context) {
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setNeedClientAuth(true);
    return parameters;
  }
}
