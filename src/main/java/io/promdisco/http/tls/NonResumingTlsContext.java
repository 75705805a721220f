package io.promdisco.http.tls;

import java.security.SecureRandom;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A TLS context for clients that does not resume sessions: as in Go, each connection verifies the
 * server's current certificate. A configured server name replaces the host of the URL: it is sent
 * to the server, and the certificate must have it. The JDK's HTTP client has no settings for this,
 * but it gets its engines from the context.
 */
final class NonResumingTlsContext extends SSLContext {
  /**
   * Creates a context.
   *
   * @param contexts returns an initialized context for each connection
   * @param serverName the server name; empty for that of the connection
   */
  NonResumingTlsContext(Supplier<SSLContext> contexts, String serverName) {
    this(contexts, contexts.get(), serverName);
  }

  private NonResumingTlsContext(
      Supplier<SSLContext> contexts, SSLContext first, String serverName) {
    super(new Spi(contexts, first, serverName), first.getProvider(), first.getProtocol());
  }

  private static final class Spi extends SSLContextSpi {
    private final Supplier<SSLContext> contexts;
    private final SSLContext first;
    private final String serverName;

    Spi(Supplier<SSLContext> contexts, SSLContext first, String serverName) {
      this.contexts = contexts;
      this.first = first;
      this.serverName = serverName;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return contexts.get().createSSLEngine(serverName.isEmpty() ? host : serverName, port);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return contexts.get().createSSLEngine();
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random) {
      throw new IllegalStateException("initialised already");
    }

    /** Used for one connection. */
    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return contexts.get().getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return first.getServerSocketFactory();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return first.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return first.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return first.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return first.getSupportedSSLParameters();
    }
  }
}
