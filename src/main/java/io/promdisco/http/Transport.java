package io.promdisco.http;

import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientImpl;
import io.promdisco.util.NamedThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;

/**
 * Makes fabric8's HTTP client for one server. It gets everything from us: fabric8's own Config,
 * which looks at the machine's environment and files, is never filled; it does not try again by
 * itself and follows no redirects.
 */
final class Transport extends JdkHttpClientFactory {
  private static final int CONNECT_SECONDS = 10;

  private final TlsSettings tls;
  private final ProxyRules proxy;
  private final boolean http2;
  private final ExecutorService executor =
      Executors.newCachedThreadPool(NamedThreads.daemon("sd-http"));

  private Transport(TlsSettings tls, ProxyRules proxy, boolean http2) {
    this.tls = tls;
    this.proxy = proxy;
    this.http2 = http2;
  }

  /** Opens a client; its threads are called {@code sd-http…} and end when it is closed. */
  static HttpClient open(TlsSettings tls, ProxyRules proxy, boolean http2) {
    RequestConfig onlyOnce = new RequestConfig(null, null, null, null, null, null, null, null);
    onlyOnce.setRequestRetryBackoffLimit(0);
    HttpClient.Builder builder = new Transport(tls, proxy, http2).newBuilder();
    builder.connectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS);
    builder.tag(onlyOnce);
    return builder.build();
  }

  @Override
  protected java.net.http.HttpClient.Builder createNewHttpClientBuilder() {
    return java.net.http.HttpClient.newBuilder().executor(executor);
  }

  @Override
  protected void additionalConfig(java.net.http.HttpClient.Builder builder) {
    builder
        .sslContext(tls.context())
        .proxy(proxy.selector())
        .followRedirects(java.net.http.HttpClient.Redirect.NEVER)
        .version(
            http2
                ? java.net.http.HttpClient.Version.HTTP_2
                : java.net.http.HttpClient.Version.HTTP_1_1);
    if (!tls.versions().isEmpty()) {
      builder.sslParameters(new SSLParameters(null, tls.versions().toArray(new String[0])));
    }
  }

  @Override
  protected void closeHttpClient(JdkHttpClientImpl client) {
    executor.shutdownNow();
  }
}
