package io.promdisco.http;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.promdisco.Internal;
import io.promdisco.util.HostNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLParameters;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/**
 * Creates fabric8's client, over the JDK's HTTP/1.1, for rare requests. It gets settings, TLS and
 * credentials from a {@link Sender}: it reads no environment and no files, does not retry, and
 * follows no redirects.
 *
 * @hidden
 */
@Internal
public final class Fabric8Clients {
  private static final int CONNECT_MILLIS = 10_000;
  private static final String HTTP_LOGGING =
      "HttpLogging"; // the name of the interceptor in fabric8

  private Fabric8Clients() {}

  /**
   * Opens a client for the server of {@code sender}. The caller closes it.
   *
   * @throws IOException if the JDK's client cannot use the proxy
   */
  public static KubernetesClient open(Sender sender) throws IOException {
    URI server = sender.settings().server();
    URI proxy = sender.settings().proxy().proxyFor(server);
    if (proxy != null && !ProxyRules.scheme(proxy).equals("http")) {
      throw ProxyTunnel.at(
          proxy, "it cannot be used for this request (expected: a proxy of scheme http)");
    }
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(server + "/")
            .withConnectionTimeout(CONNECT_MILLIS)
            .withRequestTimeout((int) Sender.HEAD_PATIENCE.toMillis())
            .withRequestRetryBackoffLimit(0)
            .withUserAgent(RequestHeaders.USER_AGENT)
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(new Factory(sender, proxy(proxy)))
        .withHttpClientBuilderConsumer(
            builder -> {
              // At TRACE it would log all headers, including Authorization.
              builder.addOrReplaceInterceptor(HTTP_LOGGING, null);
              builder.addOrReplaceInterceptor("promdisco", new HeaderInterceptor(sender));
            })
        .build();
  }

  private static Proxy proxy(@Nullable URI proxy) {
    return proxy == null
        ? Proxy.NO_PROXY
        : new Proxy(
            Proxy.Type.HTTP,
            new InetSocketAddress(
                HostNames.withoutBrackets(proxy.getHost()), ProxyTunnel.port(proxy)));
  }

  /** Creates the JDK's client. */
  private static final class Factory extends JdkHttpClientFactory {
    private final Sender sender;
    private final Proxy proxy;

    Factory(Sender sender, Proxy proxy) {
      this.sender = sender;
      this.proxy = proxy;
    }

    @Override
    protected void additionalConfig(HttpClient.Builder builder) {
      List<String> versions = sender.settings().tls().versions();
      builder
          .sslContext(sender.jdkTls())
          .proxy(
              new ProxySelector() {
                @Override
                public List<Proxy> select(URI uri) {
                  return List.of(proxy);
                }

                @Override
                public void connectFailed(URI uri, SocketAddress address, IOException problem) {
                  // The request fails and reports it.
                }
              })
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1);
      if (!versions.isEmpty()) {
        builder.sslParameters(new SSLParameters(null, versions.toArray(new String[0])));
      }
    }
  }

  /** Adds headers and credentials. Rejected credentials are read again once. */
  private static final class HeaderInterceptor implements Interceptor {
    private final Sender sender;

    HeaderInterceptor(Sender sender) {
      this.sender = sender;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      set(builder);
    }

    @Override
    public CompletableFuture<Boolean> afterFailure(
        BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
      if (response.code() == 401) {
        sender.forgetCredentials();
        set(builder);
        return CompletableFuture.completedFuture(true);
      }
      return CompletableFuture.completedFuture(false);
    }

    private void set(BasicBuilder builder) {
      try {
        for (Header header : sender.headers()) {
          builder.setHeader(header.getName(), header.getValue());
        }
        addProxyAuthorization(builder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UncheckedIOException(new IOException("interrupted", e));
      }
    }

    private void addProxyAuthorization(BasicBuilder builder) {
      URI proxy = sender.settings().proxy().proxyFor(sender.settings().server());
      String authorization = proxy == null ? null : ProxyTunnel.authorization(proxy);
      if (authorization != null) {
        builder.setHeader("Proxy-Authorization", authorization);
      }
    }
  }
}
