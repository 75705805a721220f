package io.promdisco.http;

import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientImpl;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Makes fabric8's HTTP client for one server; it speaks HTTP/1.1. It gets everything from us:
 * fabric8's own Config, which looks at the machine's environment and files, is never filled; it
 * does not try again by itself and follows no redirects.
 */
final class Transport extends JdkHttpClientFactory {
  private static final int CONNECT_SECONDS = 10;
  private static final String HTTP_LOGGING = "HttpLogging"; // fabric8's name for it

  private final SSLContext context;
  private final TlsSettings tls;
  private final ProxyRules proxy;
  private final OneThread thread = new OneThread();

  private Transport(SSLContext context, TlsSettings tls, ProxyRules proxy) {
    this.context = context;
    this.tls = tls;
    this.proxy = proxy;
  }

  /**
   * Opens a client. It has one thread, which reads, decrypts and hands on; what it calls must not
   * block. A second thread for the decrypting, as the JDK has by default, would be woken for each
   * change that comes alone.
   */
  static HttpClient open(SSLContext context, TlsSettings tls, ProxyRules proxy) {
    RequestConfig onlyOnce = new RequestConfig(null, null, null, null, null, null, null, null);
    onlyOnce.setRequestRetryBackoffLimit(0);
    HttpClient.Builder builder = new Transport(context, tls, proxy).newBuilder();
    builder.connectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS);
    builder.tag(onlyOnce);
    // At TRACE it would log every header, the Authorization too.
    builder.addOrReplaceInterceptor(HTTP_LOGGING, null);
    return builder.build();
  }

  @Override
  protected java.net.http.HttpClient.Builder createNewHttpClientBuilder() {
    return java.net.http.HttpClient.newBuilder().executor(thread);
  }

  @Override
  protected void additionalConfig(java.net.http.HttpClient.Builder builder) {
    builder
        .sslContext(context)
        .proxy(proxy.selector())
        .followRedirects(java.net.http.HttpClient.Redirect.NEVER)
        .version(java.net.http.HttpClient.Version.HTTP_1_1);
    if (!tls.versions().isEmpty()) {
      builder.sslParameters(new SSLParameters(null, tls.versions().toArray(new String[0])));
    }
  }

  @Override
  protected void closeHttpClient(JdkHttpClientImpl client) {
    thread.end();
  }

  /**
   * Runs everything where it arises, which is mostly the client's own thread: the one that waits
   * for its sockets. The JDK ends that one only when it finds that nothing refers to the client any
   * more, and a process that exits waits 0.3 s for a thread that is in native code.
   */
  private static final class OneThread implements Executor {
    private static final String NAME = "SelectorManager"; // how the JDK's ends

    private volatile @Nullable Thread own;

    @Override
    public void execute(Runnable task) {
      if (own == null) {
        Thread thread = Thread.currentThread();
        if (thread.getName().endsWith(NAME)) {
          own = thread;
        }
      }
      task.run();
    }

    void end() {
      Thread thread = own;
      if (thread != null) {
        thread.interrupt();
      }
    }
  }
}
