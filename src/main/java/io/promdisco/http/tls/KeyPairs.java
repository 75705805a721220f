package io.promdisco.http.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;

/** Checks that two keys are a pair, by signing. */
final class KeyPairs {
  private static final byte[] SAMPLE = {1, 2, 3, 4};

  private KeyPairs() {}

  static boolean belong(PrivateKey mine, PublicKey shown) throws IOException {
    String algorithm =
        switch (mine.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> mine.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(mine);
      signature.update(SAMPLE);
      byte[] signed = signature.sign();
      signature.initVerify(shown);
      signature.update(SAMPLE);
      return signature.verify(signed);
    } catch (InvalidKeyException | SignatureException e) {
      return false; // of another kind
    } catch (GeneralSecurityException e) {
      throw new IOException("the platform cannot sign with " + algorithm, e);
    }
  }
}
