package io.promdisco.http.tls;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.security.GeneralSecurityException;
import java.util.EnumMap;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * TLS for one server. Uses the preferred implementation, or the JDK's if the preferred one cannot
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

  /** Whether the JDK's TLS is used only because the server broke a handshake without a reason. */
  @GuardedBy("this")
  private boolean isTrial;

  @GuardedBy("this")
  private int goodTrials;

  /** Creates TLS for the settings; uses {@code preferred} if it can connect. */
  public ClientTls(TlsSettings settings, TlsImplementation preferred) {
    this.settings = settings;
    this.preferred = preferred;
    this.current = preferred;
    this.keys = new ClientKeyManager(settings.client());
  }

  /** Returns the implementation for the next connection. */
  public synchronized TlsImplementation implementation() {
    return keys.needsJdk() ? TlsImplementation.JDK : current;
  }

  /** Returns the context for the next connection. */
  public synchronized SSLContext context() {
    return context(implementation());
  }

  /** Returns the context of an implementation. */
  public synchronized SSLContext context(TlsImplementation used) {
    return contexts.computeIfAbsent(used, this::make);
  }

  /** Returns the context for a connection to a proxy, whose certificate has another name. */
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
    return new IllegalStateException("this JVM does not support TLS", e);
  }

  /**
   * Decides what to do after a failed connection.
   *
   * @param used the implementation of that connection
   * @return whether to connect once more, because another implementation may succeed
   */
  public synchronized boolean fallBack(Throwable problem, TlsImplementation used) {
    if (used == TlsImplementation.JDK) {
      if (TlsFailures.isTls(problem)) {
        current = preferred; // Neither can connect; the preferred one may be able to later.
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
   * Records that a request was answered. Some servers break the handshake without a reason if they
   * and native TLS support nothing in common. Others do so once, while they restart. So native TLS
   * is tried again, until the JDK's TLS has helped more than once.
   */
  public synchronized void connected() {
    if (isTrial) {
      isTrial = false;
      goodTrials++;
      current = goodTrials < ENOUGH_TRIALS ? preferred : TlsImplementation.JDK;
    }
  }

  /**
   * Returns, for errors, what the server requested from the client in the handshake; may be empty.
   */
  public String clientHint() {
    return keys.hint();
  }
}
