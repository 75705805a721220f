package io.promdisco.http.tls;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.net.ssl.SSLContext;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;

/**
 * The TLS implementations. The native one needs Conscrypt on the class path and a platform that
 * Conscrypt supports. With it, a cold JVM needs two thirds of the CPU time to read a large cluster,
 * because the JDK's AES-GCM is slow until it is compiled.
 *
 * <p>{@link CertificateVerifier} checks certificates in both cases.
 */
public enum TlsImplementation {
  /** BoringSSL, through Conscrypt. It does not support Ed25519. */
  NATIVE,
  /** The JVM's default. */
  JDK;

  /**
   * Contains the provider. It is not registered with the JVM, so only promdisco's connections use
   * it.
   */
  private static final class ConscryptHolder {
    static final @Nullable Provider PROVIDER = find();

    private static @Nullable Provider find() {
      try {
        return Conscrypt.isAvailable()
            ? Conscrypt.newProviderBuilder().provideTrustManager(false).build()
            : null;
      } catch (LinkageError e) {
        return null; // Conscrypt is optional, and not available for every platform.
      }
    }
  }

  /** Returns the native implementation if it is available, otherwise the JDK's. */
  public static TlsImplementation preferred() {
    return NATIVE.isAvailable() ? NATIVE : JDK;
  }

  /** Whether it can be used in this process. */
  public boolean isAvailable() {
    return this == JDK || ConscryptHolder.PROVIDER != null;
  }

  /** Returns a TLS context that is not initialized. */
  SSLContext newContext() throws GeneralSecurityException {
    Provider provider = ConscryptHolder.PROVIDER;
    return this == JDK || provider == null
        ? SSLContext.getInstance("TLS")
        : SSLContext.getInstance("TLS", provider);
  }
}
