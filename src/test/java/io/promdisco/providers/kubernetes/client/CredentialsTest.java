package io.promdisco.providers.kubernetes.client;

import static io.promdisco.testing.FakeServer.json;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.Authorization;
import io.promdisco.config.HttpClientConfig.BasicAuth;
import io.promdisco.config.HttpClientConfig.Header;
import io.promdisco.config.HttpClientConfig.JwtGrant;
import io.promdisco.config.HttpClientConfig.OAuth2;
import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.Secret;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  private static final String LIST =
      "{\"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"1\"}}";

  private final ManualTicker ticker = new ManualTicker();
  private final List<AutoCloseable> open = new ArrayList<>();

  @TempDir Path folder;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private FakeServer api(FakeServer.Handler handler) {
    FakeServer api = FakeServer.start(handler);
    open.add(api);
    return api;
  }

  private ResourceClient client(FakeServer api, HttpClientConfig http) throws DiscoveryException {
    ResourceClient client =
        new ApiServerClientFactory(ticker, Map.of(), Path.of("/nowhere"))
            .open(ApiServerClientTest.config(api.url(), http));
    open.add(0, client);
    return client;
  }

  private static void list(ResourceClient client) throws IOException, InterruptedException {
    client.list(Resource.PODS, WatchScope.ALL, 0, "", pod -> {});
  }

  private static List<String> authorizations(FakeServer api) {
    return api.requests.stream().map(request -> request.header("Authorization")).toList();
  }

  /** Accepts only this value of the Authorization header. */
  private static FakeServer.Handler accepting(String authorization) {
    return exchange -> {
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      if (authorization.equals(given)) {
        json(200, LIST).handle(exchange);
      } else {
        json(401, "{\"kind\": \"Status\", \"message\": \"Unauthorized\", \"code\": 401}")
            .handle(exchange);
      }
    };
  }

  @Test
  void aTokenIsSentAsItIs() throws Exception {
    FakeServer api = api(accepting("Custom abc"));
    list(
        client(
            api,
            HttpClientConfigs.withAuthorization(
                new Authorization("Custom", new Secret("abc"), ""))));
    assertThat(api.requests).hasSize(1);
  }

  @Test
  void aTokenFileIsReadAgainForEveryRequest() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "first\n");
    FakeServer api = api(json(200, LIST));
    ResourceClient client = client(api, HttpClientConfigs.withTokenFile(file.toString()));
    list(client);
    Files.writeString(file, "second");
    list(client);
    assertThat(authorizations(api)).containsExactly("Bearer first", "Bearer second");
  }

  @Test
  void aTokenThatIsRefusedIsReadAgainAndTriedOnceMore() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "old");
    FakeServer api =
        api(
            exchange -> {
              Files.writeString(file, "new");
              accepting("Bearer new").handle(exchange);
            });
    list(client(api, HttpClientConfigs.withTokenFile(file.toString())));
    assertThat(authorizations(api)).containsExactly("Bearer old", "Bearer new");
  }

  @Test
  void aTokenThatIsRefusedAndStillTheSameIsNotTriedAgain() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "top-secret");
    FakeServer api = api(accepting("Bearer other"));
    ResourceClient client = client(api, HttpClientConfigs.withTokenFile(file.toString()));
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> list(client))
        .withMessage(api.url() + " does not accept the credentials: Unauthorized")
        .satisfies(e -> assertThat(e.code()).isEqualTo(401));
    assertThat(api.requests).hasSize(1);

    Files.delete(file);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessage(file + ": no such file");
  }

  @Test
  void userAndPasswordMayStandInFiles() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "p w\n");
    FakeServer api = api(json(200, LIST));
    list(
        client(
            api,
            HttpClientConfigs.withBasicAuth(
                new BasicAuth("me", "", Secret.NONE, password.toString()))));
    Path user = Files.writeString(folder.resolve("user"), "you");
    list(
        client(
            api,
            HttpClientConfigs.withBasicAuth(
                new BasicAuth("", user.toString(), new Secret("x"), ""))));
    assertThat(authorizations(api)).containsExactly("Basic bWU6cCB3", "Basic eW91Ong=");
  }

  @Test
  void additionalHeadersHaveValuesSecretsAndFiles() throws Exception {
    Path file = Files.writeString(folder.resolve("value"), "from file");
    FakeServer api = api(json(200, LIST));
    Header header =
        new Header(List.of("plain"), List.of(new Secret("hidden")), List.of(file.toString()));
    list(client(api, HttpClientConfigs.withHeaders(Map.of("X-Scope", header))));
    assertThat(api.requests.get(0).headers().get("X-Scope"))
        .containsExactly("plain", "hidden", "from file");

    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> client(api, HttpClientConfigs.withHeaders(Map.of("Host", header))))
        .withMessage("http_headers: Host: cannot be set");
  }

  @Test
  void aSecretThatCannotBeSentIsNotShown() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "top\nsecret");
    FakeServer api = api(json(200, LIST));
    ResourceClient client = client(api, HttpClientConfigs.withTokenFile(file.toString()));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessage("Authorization: the value of this header has a forbidden character at 10");
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(
            () ->
                client(
                    api,
                    HttpClientConfigs.withHeaders(
                        Map.of("a b", new Header(List.of("x"), List.of(), List.of())))))
        .withMessage("http_headers: a b: not a header name");
    assertThat(api.requests).isEmpty();
  }

  private OAuth2 oauth2(FakeServer tokens) {
    return new OAuth2(
        "my client",
        new Secret("s&cret"),
        "",
        List.of("read", "watch"),
        tokens.url() + "/token",
        Map.of("audience", "kube"),
        TlsConfig.DEFAULT,
        ProxyConfig.NONE,
        Optional.empty());
  }

  private static FakeServer.Handler numberedTokens(int expiresIn) {
    int[] count = {0};
    return exchange -> {
      int number;
      synchronized (count) {
        number = ++count[0];
      }
      json(
              200,
              "{\"access_token\": \"t"
                  + number
                  + "\", \"token_type\": \"bearer\","
                  + " \"expires_in\": "
                  + expiresIn
                  + "}")
          .handle(exchange);
    };
  }

  @Test
  void anOAuth2TokenIsKeptUntilItExpires() throws Exception {
    FakeServer tokens = api(numberedTokens(100));
    FakeServer api = api(json(200, LIST));
    ResourceClient client = client(api, HttpClientConfigs.withOAuth2(oauth2(tokens)));
    assertThat(tokens.requests).isEmpty();
    list(client);
    ticker.advance(Duration.ofSeconds(89));
    list(client);
    ticker.advance(Duration.ofSeconds(1));
    list(client);
    assertThat(authorizations(api)).containsExactly("Bearer t1", "Bearer t1", "Bearer t2");
    assertThat(tokens.requests.get(0).body())
        .isEqualTo("audience=kube&grant_type=client_credentials&scope=read+watch");
    assertThat(tokens.requests.get(0).header("Authorization"))
        .isEqualTo("Basic bXkrY2xpZW50OnMlMjZjcmV0");
  }

  @Test
  void anOAuth2TokenThatIsRefusedIsRenewed() throws Exception {
    FakeServer tokens = api(numberedTokens(3600));
    FakeServer api = api(accepting("Bearer t1"));
    ResourceClient client = client(api, HttpClientConfigs.withOAuth2(oauth2(tokens)));
    list(client);
    api.answer(accepting("Bearer t2"));
    list(client);
    assertThat(authorizations(api)).containsExactly("Bearer t1", "Bearer t1", "Bearer t2");
  }

  @Test
  void anOAuth2ServerThatWantsTheClientInTheFormGetsIt() throws Exception {
    FakeServer tokens =
        api(
            exchange -> {
              boolean inHeader = exchange.getRequestHeaders().containsKey("Authorization");
              json(inHeader ? 401 : 200, inHeader ? "{}" : "{\"access_token\": \"t\"}")
                  .handle(exchange);
            });
    FakeServer api = api(json(200, LIST));
    list(client(api, HttpClientConfigs.withOAuth2(oauth2(tokens))));
    assertThat(authorizations(api)).containsExactly("Bearer t");
    assertThat(tokens.requests.get(1).body())
        .contains("client_id=my+client&client_secret=s%26cret");
  }

  @Test
  void anOAuth2ServerThatGivesNoTokenIsOneClearLine() throws Exception {
    FakeServer tokens = api(json(403, "{}"));
    FakeServer api = api(json(200, LIST));
    ResourceClient client = client(api, HttpClientConfigs.withOAuth2(oauth2(tokens)));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessage("oauth2: " + tokens.url() + "/token gave no token: status 403");
    tokens.answer(json(200, "{\"token\": 1}"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessage("oauth2: the answer of " + tokens.url() + "/token has no access_token");
    byte[] login = "<!doctype html><title>Sign in</title>s%26cret".getBytes(UTF_8);
    tokens.answer(FakeServer.body(200, "text/html; charset=utf-8", login));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessage(
            "oauth2: the answer of %s/token is not JSON, but text/html; charset=utf-8,"
                + " which begins with \"Sign in <secret>\"",
            tokens.url());
    tokens.answer(
        exchange -> {
          exchange.getResponseHeaders().set("Location", "https://sso.invalid/login?state=x");
          exchange.sendResponseHeaders(302, -1);
        });
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessage(
            "oauth2: %s/token gave no token: status 302, a redirect to https://sso.invalid/login,"
                + " not followed",
            tokens.url());
    tokens.close();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessageStartingWith("oauth2: c")
        .withMessageContaining(tokens.url() + "/token");
    assertThat(api.requests).isEmpty();
  }

  @Test
  void aLongTokenThatAServerRepeatsIsNotShownInPart() throws Exception {
    String token = "t0ken".repeat(200);
    byte[] echo = ("<pre>Authorization: Bearer " + token + "</pre>").getBytes(UTF_8);
    FakeServer api = api(FakeServer.body(500, "text/html", echo));
    ResourceClient client = client(api, HttpClientConfigs.withToken(token));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessageContaining("which begins with \"Authorization: Bearer <secret>\"");
    api.answer(FakeServer.body(200, "text/html", echo));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessageContaining("which begins with \"Authorization: Bearer <secret>\"");
    api.answer(json(200, token));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("t0ken"));
  }

  @Test
  void aTokenServerThatRepeatsTheSecretOrCannotCountDoesNoHarm() throws Exception {
    FakeServer tokens =
        api(
            exchange -> {
              exchange.getResponseHeaders().set("Location", "https://sso.invalid/s%26cret");
              exchange.sendResponseHeaders(302, -1);
            });
    FakeServer api = api(json(200, LIST));
    ResourceClient client = client(api, HttpClientConfigs.withOAuth2(oauth2(tokens)));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessageContaining("a redirect to https://sso.invalid/<secret>, not followed");
    tokens.answer(json(200, "{\"access_token\": \"t\", \"expires_in\": -9223372036854775808}"));
    list(client);
    assertThat(authorizations(api)).containsExactly("Bearer t");
  }

  /** Checks the signature, and returns the two parts before it. */
  private static JsonNode[] verified(String assertion, PublicKey key, String algorithm)
      throws Exception {
    String[] parts = assertion.split("\\.", -1);
    assertThat(parts).hasSize(3);
    Signature signature = Signature.getInstance(algorithm);
    signature.initVerify(key);
    signature.update((parts[0] + "." + parts[1]).getBytes(US_ASCII));
    Base64.Decoder decoder = Base64.getUrlDecoder();
    assertThat(signature.verify(decoder.decode(parts[2]))).isTrue();
    ObjectMapper mapper = new ObjectMapper();
    return new JsonNode[] {
      mapper.readTree(decoder.decode(parts[0])), mapper.readTree(decoder.decode(parts[1]))
    };
  }

  private static String pem(KeyPair keys) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  private static KeyPair keys(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private OAuth2 jwt(FakeServer tokens, JwtGrant grant, Map<String, String> params) {
    return new OAuth2(
        "me",
        Secret.NONE,
        "",
        List.of("read", "watch"),
        tokens.url() + "/token",
        params,
        TlsConfig.DEFAULT,
        ProxyConfig.NONE,
        Optional.of(grant));
  }

  private static Map<String, String> form(FakeServer tokens) {
    return Arrays.stream(tokens.requests.get(tokens.requests.size() - 1).body().split("&"))
        .map(pair -> URLDecoder.decode(pair, UTF_8).split("=", 2))
        .collect(toMap(pair -> pair[0], pair -> pair[1]));
  }

  @Test
  void anAssertionSignedWithTheKeyGetsAToken() throws Exception {
    KeyPair keys = keys("RSA", 2048);
    FakeServer tokens = api(numberedTokens(100));
    FakeServer api = api(json(200, LIST));
    JwtGrant inline =
        new JwtGrant(
            new Secret(pem(keys)), "", "k1", "RS384", "", "", Map.of("tenant", List.of("a", 1)));
    list(
        client(api, HttpClientConfigs.withOAuth2(jwt(tokens, inline, Map.of("resource", "kube")))));

    assertThat(authorizations(api)).containsExactly("Bearer t1");
    assertThat(tokens.requests.get(0).header("Authorization")).isEmpty();
    Map<String, String> form = form(tokens);
    String assertion = Objects.requireNonNull(form.remove("assertion"));
    assertThat(form)
        .isEqualTo(
            Map.of(
                "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "scope", "read watch",
                "resource", "kube"));
    JsonNode[] parts = verified(assertion, keys.getPublic(), "SHA384withRSA");
    assertThat(parts[0].toString()).isEqualTo("{\"alg\":\"RS384\",\"typ\":\"JWT\",\"kid\":\"k1\"}");
    long now = ticker.now().getEpochSecond();
    assertThat(parts[1].path("jti").asText()).hasSize(36);
    assertThat(((ObjectNode) parts[1]).without("jti").toString())
        .isEqualTo(
            "{\"iss\":\"me\",\"sub\":\"me\",\"aud\":\""
                + tokens.url()
                + "/token\",\"iat\":"
                + now
                + ",\"exp\":"
                + (now + 600)
                + ",\"scope\":\"read watch\",\"tenant\":[\"a\",1]}");
  }

  @Test
  void anAssertionNamesIssuerAndAudienceAndItsKeyFileIsReadAgain() throws Exception {
    Path file = Files.writeString(folder.resolve("key.pem"), "nothing");
    FakeServer tokens = api(numberedTokens(100));
    FakeServer api = api(json(200, LIST));
    JwtGrant fromFile =
        new JwtGrant(Secret.NONE, file.toString(), "", "RS256", "us", "them", Map.of());
    ResourceClient client =
        client(
            api, HttpClientConfigs.withOAuth2(jwt(tokens, fromFile, Map.of("grant_type", "own"))));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessage(
            "oauth2.client_certificate_key_file: "
                + file
                + ": no private key in it (expected PEM)");
    Files.writeString(file, pem(keys("EC", 256)));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessage("oauth2.client_certificate_key: cannot sign with it (expected an RSA key)");

    KeyPair keys = keys("RSA", 2048);
    Files.writeString(file, pem(keys));
    list(client);
    Map<String, String> form = form(tokens);
    assertThat(form).containsEntry("grant_type", "own");
    JsonNode claims =
        verified(Objects.requireNonNull(form.get("assertion")), keys.getPublic(), "SHA256withRSA")[
            1];
    assertThat(claims.path("iss").asText()).isEqualTo("us");
    assertThat(claims.path("aud").asText()).isEqualTo("them");
  }

  @Test
  void aReferenceToASecretIsRefusedBeforeAnythingIsAsked() throws Exception {
    FakeServer api = api(json(200, LIST));
    HttpClientConfig plain = HttpClientConfig.DEFAULT;
    HttpClientConfig http =
        new HttpClientConfig(
            plain.basicAuth(),
            plain.authorization(),
            plain.oauth2(),
            plain.tls(),
            plain.proxy(),
            plain.headers(),
            true,
            true,
            List.of("basic_auth.password_ref"));
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> client(api, http))
        .withMessage(
            "basic_auth.password_ref: there is no secret manager to read this from (expected: the"
                + " value or a file)");
    assertThat(api.requests).isEmpty();
  }

  @Test
  void requestsGoThroughAProxyUnlessTheHostIsExcepted() throws Exception {
    FakeServer proxy = api(json(200, LIST));
    FakeServer api = api(json(200, LIST));
    ProxyConfig through =
        new ProxyConfig(
            proxy.url().replace("//", "//user:pass@"),
            "",
            false,
            Map.of("Proxy-Tag", List.of(new Secret("x"))));
    list(client(api, HttpClientConfigs.withProxy(through)));
    assertThat(api.requests).isEmpty();
    assertThat(proxy.requests.get(0).uri()).isEqualTo(api.url() + "/api/v1/pods");
    assertThat(proxy.requests.get(0).header("Proxy-Tag")).isEqualTo("x");
    assertThat(proxy.requests.get(0).header("Proxy-Authorization")).isEqualTo("Basic dXNlcjpwYXNz");

    ProxyConfig around = new ProxyConfig(proxy.url(), "127.0.0.0/8", false, Map.of());
    list(client(api, HttpClientConfigs.withProxy(around)));
    assertThat(proxy.requests).hasSize(1);
    assertThat(api.requests).hasSize(1);
    assertThat(api.requests.get(0).header("Proxy-Authorization")).isEmpty();
  }
}
