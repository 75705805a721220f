package io.promdisco.http.tls;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.net.ssl.SSLContext;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;

/**
 * The implementations of TLS. The native one needs Conscrypt on the class path and a platform that
 * Conscrypt supports. A cold JVM reads a large cluster in two thirds of the CPU time with it, since
 * the JDK's AES-GCM is slow until it has been compiled.
 *
 * <p>{@link CertificateVerifier} checks certificates in both cases.
 */
public enum TlsImplementation {
  /** BoringSSL, through Conscrypt. Does not support Ed25519. */
  NATIVE,
  /** The platform's default. */
  JDK;

  /**
   * Holds the provider. It is not registered with the JVM, so only connections of promdisco use it.
   */
  private static final class ConscryptHolder {
    static final @Nullable Provider PROVIDER = find();

    private static @Nullable Provider find() {
      try {
        return Conscrypt.isAvailable()
            ? Conscrypt.newProviderBuilder().provideTrustManager(false).build()
            : null;
      } catch (LinkageError e) {
        return null; // It is optional, and made for some platforms only.
      }
    }
  }

  /** The native one where it is available, else the JDK's. */
  public static TlsImplementation preferred() {
    return NATIVE.isAvailable() ? NATIVE : JDK;
  }

  /** Whether it works in this process. */
  public boolean isAvailable() {
    return this == JDK || ConscryptHolder.PROVIDER != null;
  }

  /** Returns a TLS context that has not been initialised. */
  SSLContext newContext() throws GeneralSecurityException {
    Provider provider = ConscryptHolder.PROVIDER;
    return this == JDK || provider == null
        ? SSLContext.getInstance("TLS")
        : SSLContext.getInstance("TLS", provider);
  }
}
