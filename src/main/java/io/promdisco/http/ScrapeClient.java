package io.promdisco.http;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.util.ExceptionCauses;
import io.promdisco.util.GzipStream;
import io.promdisco.util.SystemTicker;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Sends the scrape requests of one job over HTTP/1.1, according to the job's configuration:
 * credentials, TLS, proxy, headers, redirects, compression, {@code body_size_limit}. Files with
 * tokens, passwords and certificates are read when they are needed, so that renewed ones are used.
 *
 * <p>Credentials and configured headers are sent only to the host of the URL, not to a host that it
 * redirects to. Safe for all threads. Use one instance for each job, so that requests share
 * connections.
 */
public final class ScrapeClient implements AutoCloseable {
  /** Each request names its own server. */
  private static final URI ANY_SERVER = URI.create("http://targets");

  private final ScrapeConfig job;
  private final SystemTicker ticker = new SystemTicker();
  private final RenewingSender senders;

  /**
   * Creates a client for the targets of {@code job}.
   *
   * @throws IOException if a setting cannot be used or a certificate cannot be read; the message is
   *     one line that names the setting
   */
  public ScrapeClient(ScrapeConfig job) throws IOException {
    this.job = job;
    boolean made = false;
    try {
      senders = new RenewingSender(new Files(job.httpClient(), ticker), ticker);
      made = true;
    } finally {
      if (!made) {
        ticker.close();
      }
    }
  }

  private record Files(HttpClientConfig http, SystemTicker ticker)
      implements RenewingSender.Source {
    @Override
    public ServerSettings settings() throws IOException {
      return ServerSettings.of(ANY_SERVER.toString(), "url", http, System.getenv(), ticker);
    }

    @Override
    public List<String> contents() throws IOException {
      return TlsSettings.files(http);
    }
  }

  /** The answer of a target. */
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

    /** The uncompressed body; not a copy. */
    public byte[] body() {
      return body;
    }

    /** Returns status, type and size of the body. */
    @Override
    public String toString() {
      return status + " " + contentType + ", " + body.length + " bytes";
    }
  }

  /**
   * Scrapes a target.
   *
   * @param url {@code scrapeUrl()} of the target
   * @param timeout for the whole answer; {@code scrapeTimeout()} of the target
   * @return the answer, with any status
   * @throws HttpTimeoutException if the timeout expires
   * @throws IOException if there is no complete answer, it is larger than {@code body_size_limit},
   *     or a file of credentials cannot be read
   */
  public Answer get(URI url, Duration timeout) throws IOException, InterruptedException {
    String scheme = String.valueOf(url.getScheme());
    boolean isHttp = scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    if (!isHttp || url.getHost() == null) {
      throw new IOException(
          url + ": not a URL that can be scraped (expected: http://host:port/path)");
    }
    Map<String, String> headers =
        Map.of(
            "Accept", job.acceptHeader(),
            "Accept-Encoding", job.enableCompression() ? "gzip" : "identity",
            "X-Prometheus-Scrape-Timeout-Seconds", seconds(timeout));
    try (Exchange exchange =
        senders.current().send(Request.within(timeout, url, headers), ServerUrls.origin(url))) {
      String type = exchange.header("Content-Type");
      return new Answer(exchange.code(), type, body(exchange));
    } catch (InterruptedIOException e) {
      throw BodyReader.interrupted(e);
    } catch (IOException e) {
      if (ExceptionCauses.find(e, HttpTimeoutException.class) != null) {
        HttpTimeoutException late =
            new HttpTimeoutException("no complete answer within " + seconds(timeout) + " s");
        late.initCause(e);
        throw late;
      }
      throw e;
    }
  }

  private static String seconds(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString();
  }

  private byte[] body(Exchange exchange) throws IOException {
    long limit = job.bodySizeLimit() == 0 ? Integer.MAX_VALUE - 9L : job.bodySizeLimit();
    InputStream in = exchange.reader().stream();
    if (exchange.header("Content-Encoding").equalsIgnoreCase("gzip")) {
      in = new GzipStream(in);
    }
    byte[] body = in.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 8L));
    if (body.length > limit) {
      throw new IOException(
          "the answer is too large (expected: at most body_size_limit, " + limit + " bytes)");
    }
    return body;
  }

  /** Ends running requests, closes connections and drops credentials. */
  @Override
  public void close() {
    senders.close();
    ticker.close();
  }
}
