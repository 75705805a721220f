package io.promdisco.http.tls;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.security.GeneralSecurityException;
import java.util.EnumMap;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * TLS with one server. Uses the preferred implementation, and the JDK's where that one cannot
 * connect: BoringSSL supports neither Ed25519 nor all curves and key usages that the JDK supports.
 * Safe for all threads.
 */
public final class ClientTls {
  private static final int ENOUGH_TRIALS = 2;

  private final TlsSettings settings;
  private final TlsImplementation preferred;
  private final ClientKeyManager keys;

  @GuardedBy("this")
  private final Map<TlsImplementation, SSLContext> contexts =
      new EnumMap<>(TlsImplementation.class);

  @GuardedBy("this")
  private TlsImplementation current;

  /** Whether the JDK's TLS is used since the server broke a handshake without a reason. */
  @GuardedBy("this")
  private boolean isTrial;

  @GuardedBy("this")
  private int goodTrials;

  /** TLS as the settings say, with {@code preferred} where that can connect. */
  public ClientTls(TlsSettings settings, TlsImplementation preferred) {
    this.settings = settings;
    this.preferred = preferred;
    this.current = preferred;
    this.keys = new ClientKeyManager(settings.client());
  }

  /** The implementation for the next connection. */
  public synchronized TlsImplementation implementation() {
    return keys.needsJdk() ? TlsImplementation.JDK : current;
  }

  /** The context for the next connection. */
  public synchronized SSLContext context() {
    return context(implementation());
  }

  /** The context of an implementation. */
  public synchronized SSLContext context(TlsImplementation used) {
    return contexts.computeIfAbsent(used, this::make);
  }

  /** The context for a connection to a proxy, whose certificate has another name. */
  public SSLContext proxyContext() {
    return make(TlsImplementation.JDK, settings.withServerName(""));
  }

  private SSLContext make(TlsImplementation implementation) {
    return make(implementation, settings);
  }

  private SSLContext make(TlsImplementation implementation, TlsSettings used) {
    try {
      TrustManager[] trust = {used.trustManager()};
      return new NonResumingTlsContext(() -> make(implementation, trust), used.serverName());
    } catch (GeneralSecurityException e) {
      throw withoutTls(e);
    }
  }

  private SSLContext make(TlsImplementation implementation, TrustManager[] trust) {
    try {
      SSLContext context = implementation.newContext();
      context.init(new KeyManager[] {keys}, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw withoutTls(e);
    }
  }

  private static IllegalStateException withoutTls(GeneralSecurityException e) {
    return new IllegalStateException("the platform has no TLS", e);
  }

  /**
   * Decides what to do after a failed connection.
   *
   * @param used the implementation that it used
   * @return whether to connect once more: another implementation may succeed
   */
  public synchronized boolean fallBack(Throwable problem, TlsImplementation used) {
    if (used == TlsImplementation.JDK) {
      if (TlsFailures.isTls(problem)) {
        current = preferred; // Neither connects; the preferred one may later.
        isTrial = false;
      }
      return false;
    }
    boolean isUnsupported = TlsFailures.isUnsupportedByNative(problem);
    if (isUnsupported || TlsFailures.isBrokenHandshake(problem)) {
      current = TlsImplementation.JDK;
      isTrial = !isUnsupported;
      return true;
    }
    return false;
  }

  /**
   * Notes that a request was answered. Some servers break the handshake without a reason where they
   * and native TLS support nothing in common. Others do so once, when they are restarted: native
   * TLS is tried again, until the JDK's has helped more than once.
   */
  public synchronized void connected() {
    if (isTrial) {
      isTrial = false;
      goodTrials++;
      current = goodTrials < ENOUGH_TRIALS ? preferred : TlsImplementation.JDK;
    }
  }

  /** What the server requested from the client in the handshake, for errors; may be empty. */
  public String clientHint() {
    return keys.hint();
  }
}
