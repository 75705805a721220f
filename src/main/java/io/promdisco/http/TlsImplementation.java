package io.promdisco.http;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.net.ssl.SSLContext;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;

/**
 * Who encrypts: BoringSSL, through Conscrypt, where that library is on the class path and runs on
 * this machine; the JDK otherwise. A cold JVM reads a large cluster in two thirds of the CPU time
 * with it, since the JDK's AES-GCM is slow until it has been compiled.
 *
 * <p>Certificates are checked by the JDK in both cases.
 */
final class TlsImplementation {
  private TlsImplementation() {}

  /** The provider is not registered: it serves our own connections only. */
  private static final class Native {
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

  /** A TLS context that has not been initialised. */
  static SSLContext newContext() throws GeneralSecurityException {
    Provider provider = Native.PROVIDER;
    return provider == null
        ? SSLContext.getInstance("TLS")
        : SSLContext.getInstance("TLS", provider);
  }
}
