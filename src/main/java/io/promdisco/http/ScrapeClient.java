package io.promdisco.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.Secret;
import io.promdisco.http.Credentials.Text;
import io.promdisco.util.SystemTicker;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Sends the scrape requests of one job over the JDK's HTTP client, as the job's configuration says:
 * credentials, TLS, proxy, headers, redirects, compression, {@code body_size_limit}. Files of
 * tokens, passwords and certificates are read when they are needed, so that renewed ones are used.
 *
 * <p>Credentials and configured headers are sent to the host of the URL only, not to one that it
 * redirects to. Safe for all threads; one for each job shares its connections.
 */
public final class ScrapeClient implements AutoCloseable {
  private static final int MOST_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final ScrapeConfig job;
  private final HttpClientConfig http;
  private final SystemTicker ticker = new SystemTicker();
  private final Credentials credentials;
  private final ProxyRules proxy;
  private final Map<String, List<Text>> headers;

  @GuardedBy("this")
  private List<String> certificates;

  @GuardedBy("this")
  private HttpClient client;

  /**
   * Creates a client for the targets of {@code job}.
   *
   * @throws IOException if a setting cannot be used or a certificate cannot be read, with one line
   *     that names the setting
   */
  public ScrapeClient(ScrapeConfig job) throws IOException {
    this.job = job;
    http = job.httpClient();
    boolean made = false;
    try {
      ServerSettings.refuseReferences(http);
      Map<String, String> env = System.getenv();
      proxy = ProxyRules.of(http.proxy(), env);
      headers = ServerSettings.headers(http);
      certificates = TlsSettings.files(http);
      client = newClient();
      credentials = ServerSettings.credentials(http, "", env, ticker);
      made = true;
    } finally {
      if (!made) {
        ticker.close();
      }
    }
  }

  /** What a target answered. */
  public static final class Answer {
    private final int status;
    private final String contentType;
    private final byte[] body;

    private Answer(int status, String contentType, byte[] body) {
      this.status = status;
      this.contentType = contentType;
      this.body = body;
    }

    /** The HTTP status. */
    public int status() {
      return status;
    }

    /** The header {@code Content-Type}; empty if there is none. */
    public String contentType() {
      return contentType;
    }

    /** The body, uncompressed; not a copy. */
    public byte[] body() {
      return body;
    }

    /** Status, type and size of the body. */
    @Override
    public String toString() {
      return status + " " + contentType + ", " + body.length + " bytes";
    }
  }

  /**
   * Scrapes a target.
   *
   * @param url the target's {@code scrapeUrl()}
   * @param timeout for the whole answer: the target's {@code scrapeTimeout()}
   * @return the answer, whatever its status
   * @throws HttpTimeoutException if the timeout elapses
   * @throws IOException if there is no complete answer, it is larger than {@code body_size_limit},
   *     or a file of credentials cannot be read
   */
  public Answer get(URI url, Duration timeout) throws IOException, InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    URI at = url;
    String authorization = credentials.header();
    boolean refused = false;
    for (int redirects = 0; ; ) {
      HttpResponse<byte[]> response = send(url, at, authorization, timeout, end);
      if (response.statusCode() == 401 && !refused) {
        refused = true;
        credentials.forget();
        String renewed = credentials.header();
        if (!Objects.equals(renewed, authorization)) {
          authorization = renewed;
          continue;
        }
      }
      URI next = redirects < MOST_REDIRECTS ? redirect(response, at) : null;
      if (next == null) {
        return answer(response);
      }
      redirects++;
      at = next;
    }
  }

  private HttpResponse<byte[]> send(
      URI url, URI at, @Nullable String authorization, Duration timeout, long end)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        builder(at)
            .header("Accept", job.acceptHeader())
            .header("Accept-Encoding", job.enableCompression() ? "gzip" : "identity")
            .header("User-Agent", UserAgent.TEXT)
            .header("X-Prometheus-Scrape-Timeout-Seconds", seconds(timeout));
    if (isSameServer(url, at)) {
      for (Map.Entry<String, List<Text>> header : headers.entrySet()) {
        boolean first = true;
        for (Text value : header.getValue()) {
          String text = Headers.checked(header.getKey(), value.read());
          if (first) {
            request.setHeader(header.getKey(), text);
          } else {
            request.header(header.getKey(), text);
          }
          first = false;
        }
      }
      if (authorization != null) {
        request.setHeader("Authorization", Headers.checked("Authorization", authorization));
      }
    }
    if (proxy.proxyFor(at) != null) {
      for (Map.Entry<String, List<Secret>> header : proxy.headers().entrySet()) {
        for (Secret value : header.getValue()) {
          request.header(header.getKey(), Headers.checked(header.getKey(), value.reveal()));
        }
      }
    }
    CompletableFuture<HttpResponse<byte[]>> sent =
        current().sendAsync(request.build(), head -> new LimitedBody(job.bodySizeLimit()));
    try {
      return sent.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no complete answer within " + seconds(timeout) + " s");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String message = cause.getMessage();
      throw new IOException(message == null ? cause.toString() : message, cause);
    } finally {
      sent.cancel(true);
    }
  }

  private static HttpRequest.Builder builder(URI url) throws IOException {
    try {
      return HttpRequest.newBuilder(url);
    } catch (IllegalArgumentException e) {
      throw new IOException(url + ": cannot be requested (expected: http://host:port/path)", e);
    }
  }

  private static String seconds(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString();
  }

  private static boolean isSameServer(URI one, URI other) {
    return Objects.equals(one.getScheme(), other.getScheme())
        && Objects.equals(one.getRawAuthority(), other.getRawAuthority());
  }

  private @Nullable URI redirect(HttpResponse<byte[]> response, URI from) throws IOException {
    String location = response.headers().firstValue("Location").orElse("");
    if (!http.followRedirects()
        || !REDIRECTS.contains(response.statusCode())
        || location.isEmpty()) {
      return null;
    }
    try {
      URI to = from.resolve(location);
      boolean downgraded = "https".equals(from.getScheme()) && !"https".equals(to.getScheme());
      return downgraded || to.getHost() == null ? null : to;
    } catch (IllegalArgumentException e) {
      throw new IOException("the target redirects to something that is no URL", e);
    }
  }

  private Answer answer(HttpResponse<byte[]> response) throws IOException {
    byte[] body = response.body();
    if (response.headers().firstValue("Content-Encoding").orElse("").equalsIgnoreCase("gzip")) {
      long limit = job.bodySizeLimit() == 0 ? Integer.MAX_VALUE - 9L : job.bodySizeLimit();
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
        body = in.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 8L));
      }
      if (body.length > limit) {
        throw tooLarge(limit);
      }
    }
    return new Answer(
        response.statusCode(), response.headers().firstValue("Content-Type").orElse(""), body);
  }

  private static IOException tooLarge(long limit) {
    return new IOException(
        "the answer is too large (expected: at most body_size_limit, " + limit + " bytes)");
  }

  /** The client for the current certificates in the files. */
  private synchronized HttpClient current() throws IOException {
    List<String> now = TlsSettings.files(http);
    if (!now.equals(certificates)) {
      client = newClient();
      certificates = now;
    }
    return client;
  }

  private HttpClient newClient() throws IOException {
    TlsSettings tls = TlsSettings.of(http.tls(), "tls_config");
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .sslContext(new ClientTls(tls, TlsImplementation.JDK).context())
            .proxy(proxy.selector())
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1);
    if (!tls.versions().isEmpty()) {
      builder.sslParameters(new SSLParameters(null, tls.versions().toArray(new String[0])));
    }
    return builder.build();
  }

  /** Forgets credentials. Connections end when the client is no longer referred to. */
  @Override
  public void close() {
    credentials.close();
    ticker.close();
  }

  /** Collects a body up to a limit. */
  private static final class LimitedBody implements BodySubscriber<byte[]> {
    private final long limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    /**
     * @param limit 0: none
     */
    LimitedBody(long limit) {
      this.limit = limit;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        if (limit > 0 && bytes.size() + (long) buffer.remaining() > limit) {
          if (subscription != null) {
            subscription.cancel();
          }
          body.completeExceptionally(tooLarge(limit));
          return;
        }
        byte[] part = new byte[buffer.remaining()];
        buffer.get(part);
        bytes.write(part, 0, part.length);
      }
    }

    @Override
    public void onError(Throwable problem) {
      body.completeExceptionally(problem);
    }

    @Override
    public void onComplete() {
      body.complete(bytes.toByteArray());
    }
  }
}
