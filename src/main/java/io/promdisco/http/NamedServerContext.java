package io.promdisco.http;

import java.security.SecureRandom;
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
 * A TLS context whose servers all go by one name, whatever the name in the URL: the certificate is
 * checked against it. The JDK's HTTP client has no setting for this, but it asks the context for an
 * engine to talk to a host, and there the name can be put.
 */
final class NamedServerContext extends SSLContext {
  NamedServerContext(SSLContext real, String serverName) {
    super(new Spi(real, serverName), real.getProvider(), real.getProtocol());
  }

  private static final class Spi extends SSLContextSpi {
    private final SSLContext real;
    private final String serverName;

    Spi(SSLContext real, String serverName) {
      this.real = real;
      this.serverName = serverName;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return real.createSSLEngine(serverName, port);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return real.createSSLEngine();
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random) {
      throw new IllegalStateException("initialised already");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return real.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return real.getServerSocketFactory();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return real.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return real.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return real.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return real.getSupportedSSLParameters();
    }
  }
}
