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

/** A certificate chain with its key, of a client or of a server. */
public record ClientKey(PrivateKey key, List<X509Certificate> chain) {
  /**
   * Reads a key and its certificates.
   *
   * @param key a private key as PEM
   * @param keyPlace the origin of the key, for errors
   * @param chain the certificate as PEM, possibly followed by CA certificates
   * @param chainPlace the origin of the certificates, for errors
   * @throws IOException if one cannot be read or the key does not belong to the certificate
   */
  public static ClientKey of(String key, String keyPlace, String chain, String chainPlace)
      throws IOException {
    ClientKey pair = new ClientKey(Pem.key(key, keyPlace), Pem.certificates(chain, chainPlace));
    if (!isPair(pair.key, pair.chain.get(0).getPublicKey())) {
      throw new IOException(keyPlace + ": not the key of the first certificate in " + chainPlace);
    }
    return pair;
  }

  /** Whether two keys are a pair: one verifies what the other has signed. */
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
      return false; // keys of different types
    } catch (GeneralSecurityException e) {
      throw new IOException("this JVM cannot sign with " + algorithm, e);
    }
  }

  /** Leaves out the key. */
  @Override
  public String toString() {
    return "ClientKey[" + key.getAlgorithm() + ", " + chain.get(0).getSubjectX500Principal() + "]";
  }

  /**
   * Returns a key manager that presents the current certificate from {@code current}, if there is
   * one.
   */
  public static X509ExtendedKeyManager manager(Supplier<@Nullable ClientKey> current) {
    return new ClientKeyManager(current);
  }
}
