package io.promdisco.http.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A certificate with its key, of a client or of a server. */
public record ClientKey(PrivateKey key, List<X509Certificate> chain) {
  /**
   * Reads a pair.
   *
   * @param key a private key as PEM
   * @param keyPlace where it stands, for errors
   * @param chain the certificate as PEM, perhaps followed by those of CAs
   * @param chainPlace where it stands, for errors
   * @throws IOException if one cannot be read or the key is not that of the certificate
   */
  public static ClientKey of(String key, String keyPlace, String chain, String chainPlace)
      throws IOException {
    ClientKey pair = new ClientKey(Pem.key(key, keyPlace), Pem.certificates(chain, chainPlace));
    if (!isPair(pair.key, pair.chain.get(0).getPublicKey())) {
      throw new IOException(keyPlace + ": not the key of the first certificate in " + chainPlace);
    }
    return pair;
  }

  /** Whether two keys are a pair: what one has signed the other verifies. */
  private static boolean isPair(PrivateKey mine, PublicKey shown) throws IOException {
    byte[] sample = {1, 2, 3, 4};
    String algorithm =
        switch (mine.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> mine.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(mine);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(shown);
      signature.update(sample);
      return signature.verify(signed);
    } catch (InvalidKeyException | SignatureException e) {
      return false; // of another kind
    } catch (GeneralSecurityException e) {
      throw new IOException("the platform cannot sign with " + algorithm, e);
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "ClientKey[" + key.getAlgorithm() + ", " + chain.get(0).getSubjectX500Principal() + "]";
  }

  /**
   * A key manager that presents the certificate that {@code current} gives at that moment, if it
   * gives one.
   */
  public static X509ExtendedKeyManager manager(Supplier<@Nullable ClientKey> current) {
    return new ClientKeyManager(current);
  }
}
