package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.HttpClientConfig.OAuth2;
import io.promdisco.http.tls.TlsImplementation;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Obtains tokens with the client credentials grant (RFC 6749, section 4.4) or with a signed
 * assertion (RFC 7523), and uses them until ten seconds before they expire. With client
 * credentials, it sends them in the {@code Authorization} header first, and in the form if the
 * server rejects that. Safe for all threads; one thread at a time requests a token.
 */
final class OAuth2Tokens implements Credentials {
  /** The maximum size of an answer in bytes. */
  private static final int LARGEST = 1 << 20;

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration EARLY = Duration.ofSeconds(10);

  private record Token(String header, boolean expires, long endNanos) {
    /** Leaves out the token. */
    @Override
    public String toString() {
      return "Token[expires=" + expires + "]";
    }
  }

  private final OAuth2 config;
  private final URI tokenUrl;
  private final URI shownUrl;
  private final Text clientSecret;
  private final @Nullable JwtAssertion assertion;
  private final Sender sender;
  private final Ticker ticker;
  private final SentSecrets sent = new SentSecrets();
  private final Lock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable Token token;

  @GuardedBy("lock")
  private boolean inForm;

  OAuth2Tokens(OAuth2 config, URI shownUrl, TlsSettings tls, ProxyRules proxy, Ticker ticker) {
    this.config = config;
    this.tokenUrl = URI.create(config.tokenUrl());
    this.shownUrl = shownUrl;
    this.clientSecret = Text.of(config.clientSecret().reveal(), config.clientSecretFile());
    this.assertion = config.jwt().map(jwt -> new JwtAssertion(config, jwt)).orElse(null);
    ServerSettings server =
        new ServerSettings(shownUrl, tls, Credentials.NONE, proxy, Map.of(), false);
    // Native TLS has no advantage for such a short answer, and supports less.
    this.sender = new Sender(server, TlsImplementation.JDK, ticker);
    this.ticker = ticker;
  }

  @Override
  public String header() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      Token current = token;
      if (current == null || (current.expires && ticker.nanos() - current.endNanos >= 0)) {
        current = fetch();
        token = current;
      }
      return current.header;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void forget() {
    lock.lock();
    try {
      token = null;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private Token fetch() throws IOException, InterruptedException {
    TokenAnswer response = ask(inForm);
    if (assertion == null && (response.code == 400 || response.code == 401)) {
      TokenAnswer other = ask(!inForm);
      if (other.code == 200) {
        inForm = !inForm;
        response = other;
      }
    }
    if (response.code < 200 || response.code > 299) {
      throw new IOException(
          "oauth2: "
              + shownUrl
              + " gave no token: status "
              + response.code
              + sent.hide(ServerUrls.redirect(response.code, shownUrl, response.location)));
    }
    return parse(response);
  }

  private TokenAnswer ask(boolean clientInForm) throws IOException, InterruptedException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Accept", "application/json");
    Map<String, String> form = new TreeMap<>();
    if (!config.scopes().isEmpty()) {
      form.put("scope", String.join(" ", config.scopes()));
    }
    if (assertion != null) {
      form.put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
      String signed = assertion.sign(ticker.now().toEpochMilli());
      sent.add(signed);
      form.put("assertion", signed);
    } else {
      form.put("grant_type", "client_credentials");
      String secret = clientSecret.read();
      sent.add(secret);
      sent.add(encoded(secret));
      if (clientInForm) {
        form.put("client_id", config.clientId());
        form.put("client_secret", secret);
      } else {
        String pair = encoded(config.clientId()) + ":" + encoded(secret);
        String basic = Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
        sent.add(basic);
        headers.put("Authorization", "Basic " + basic);
      }
    }
    for (Map.Entry<String, String> param : config.endpointParams().entrySet()) {
      if (!param.getKey().equals("grant_type") && form.containsKey(param.getKey())) {
        throw new IOException(
            "oauth2: endpoint_params: " + param.getKey() + ": reserved for promdisco");
      }
      form.put(param.getKey(), param.getValue());
    }
    String body =
        form.entrySet().stream()
            .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
    return send(Request.within(PATIENCE, tokenUrl, headers).posting(body));
  }

  /** The answer of the token server. */
  private static final class TokenAnswer {
    private final int code;
    private final String location;
    private final String contentType;
    private final byte[] body;

    TokenAnswer(Exchange exchange) throws InterruptedException, IOException {
      code = exchange.code();
      location = exchange.header("Location");
      contentType = exchange.header("Content-Type");
      body = exchange.reader().stream().readNBytes(LARGEST + 1);
      if (body.length > LARGEST) {
        throw new IOException("the answer is longer than " + LARGEST + " bytes");
      }
    }
  }

  private TokenAnswer send(Request request) throws IOException, InterruptedException {
    try (Exchange exchange = sender.send(request)) {
      return new TokenAnswer(exchange);
    } catch (InterruptedIOException e) {
      throw BodyReader.interrupted(e);
    } catch (IOException e) {
      throw new IOException("oauth2: " + e.getMessage(), e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private Token parse(TokenAnswer response) throws IOException {
    JsonNode answer;
    try {
      answer = new ObjectMapper().readTree(response.body);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "oauth2: the answer of "
              + shownUrl
              + " is not JSON"
              + (response.contentType.isEmpty() ? "" : ", but " + sent.hide(response.contentType))
              + BodyExcerpt.of(response.body, sent));
    }
    String value = answer.path("access_token").asText("");
    if (value.isEmpty()) {
      throw new IOException("oauth2: the answer of " + shownUrl + " has no access_token");
    }
    String type = answer.path("token_type").asText("");
    long seconds = Math.max(0, answer.path("expires_in").asLong(0));
    Duration life = Duration.ofSeconds(Math.min(seconds, 10L * 365 * 24 * 3600)).minus(EARLY);
    return new Token(
        (type.isEmpty() || type.equalsIgnoreCase("bearer") ? "Bearer" : type) + " " + value,
        seconds > 0,
        ticker.nanos() + Math.max(0, life.toNanos()));
  }

  @Override
  public void close() {
    sender.close();
  }
}
