package io.promdisco.providers.kubernetes.client;

import static io.promdisco.providers.kubernetes.client.WatchAnswers.PROTOBUF;
import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.V1;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.http.Sender;
import io.promdisco.providers.kubernetes.client.decode.RecordedEvents;
import io.promdisco.providers.kubernetes.client.decode.SampleObjects;
import io.promdisco.providers.kubernetes.object.DocumentView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.AccessReview;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.ResourceClient.Page;
import io.promdisco.providers.kubernetes.watch.ResourceClient.WatchHandler;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApiServerClientTest {
  private final ManualTicker ticker = new ManualTicker();
  private final List<AutoCloseable> open = new ArrayList<>();

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

  private ResourceClient client(String url) throws DiscoveryException {
    return client(url, HttpClientConfig.DEFAULT);
  }

  private ResourceClient client(String url, HttpClientConfig http) throws DiscoveryException {
    ApiServerClientFactory factory =
        new ApiServerClientFactory(ticker, Map.of(), Path.of("/nowhere"));
    ResourceClient client = factory.open(config(url, http));
    open.add(0, client);
    return client;
  }

  static KubernetesSdConfig config(String url, HttpClientConfig http) {
    // Without the checks of the builder, since tests also try settings that it refuses.
    return new KubernetesSdConfig(
        KubernetesSdConfig.Role.POD,
        Optional.of(url),
        Optional.empty(),
        http,
        false,
        List.of(),
        List.of(),
        KubernetesSdConfig.AttachMetadata.NONE);
  }

  private static byte[] podList(String version) {
    return SampleObjects.envelope(
        "v1",
        "PodList",
        V1.PodList.newBuilder()
            .setMetadata(Meta.ListMeta.newBuilder().setResourceVersion(version))
            .addItems((V1.Pod) SampleObjects.POD.message())
            .build());
  }

  private static byte[] added() {
    return SampleObjects.frame(SampleObjects.POD.event("ADDED"));
  }

  private static Page list(ResourceClient client) throws IOException, InterruptedException {
    return client.list(Resource.PODS, WatchScope.ALL, 0, "", pod -> {});
  }

  @Test
  void documentsAreAskedForInJson() throws Exception {
    FakeServer api =
        api(
            FakeServer.body(
                200,
                "application/json",
                "{\"kind\": \"SecretList\", \"metadata\": {}, \"items\": [{\"metadata\": {\"name\":"
                    .concat(" \"a\"}}]}")
                    .getBytes(UTF_8)));
    List<DocumentView> secrets = new ArrayList<>();
    client(api.url())
        .list(
            new Resource<>("", "v1", "secrets", "Secret", true, DocumentView.class),
            new WatchScope("shop", "", "metadata.name=a"),
            0,
            "",
            secrets::add);

    assertThat(api.requests.get(0).header("Accept")).isEqualTo("application/json");
    assertThat(secrets).singleElement().hasToString("DocumentView[a]");
  }

  private static void watch(ResourceClient client, WatchHandler<KubeObject> handler)
      throws IOException, InterruptedException {
    client.watch(Resource.PODS, WatchScope.ALL, "7", 300, handler);
  }

  @Test
  void aListIsOneRequestThatAsksForProtobufFirst() throws Exception {
    FakeServer api = api(FakeServer.body(200, PROTOBUF, podList("42")));
    List<PodView> pods = new ArrayList<>();

    Page page =
        client(api.url() + "/prefix/")
            .list(
                Resource.PODS,
                new WatchScope("shop", "app in (a,b)", "spec.nodeName=n"),
                500,
                "next+page",
                pods::add);

    assertThat(page).isEqualTo(new Page("42", "", -1));
    assertThat(pods).containsExactly(SampleObjects.POD.view());
    assertThat(api.requests).hasSize(1);
    FakeServer.Request request = api.requests.get(0);
    assertThat(request.uri())
        .isEqualTo(
            "/prefix/api/v1/namespaces/shop/pods?labelSelector=app+in+%28a%2Cb%29"
                + "&fieldSelector=spec.nodeName%3Dn&limit=500&continue=next%2Bpage");
    assertThat(request.header("Accept")).isEqualTo(PROTOBUF + ", application/json");
    assertThat(request.header("User-Agent")).startsWith("promdisco/");
    assertThat(request.header("Authorization")).isEmpty();
    assertThat(request.header("Accept-Encoding")).isEmpty();
  }

  @Test
  void aStreamingListSaysSoInItsQuery() throws Exception {
    FakeServer api =
        api(WatchAnswers.frames(added(), SampleObjects.frame(SampleObjects.bookmark("9", true))));
    RecordedEvents events = new RecordedEvents();

    client(api.url()).watch(Resource.PODS, WatchScope.ALL, "", 300, events);

    assertThat(events.log).containsExactly("added shop/web-1 123456789012", "bookmark 9 end");
    assertThat(api.requests.get(0).uri())
        .isEqualTo(
            "/api/v1/pods?watch=true&allowWatchBookmarks=true&sendInitialEvents=true"
                + "&resourceVersionMatch=NotOlderThan&timeoutSeconds=300");
    assertThat(api.requests.get(0).header("Accept"))
        .isEqualTo(PROTOBUF + ";stream=watch, application/json;stream=watch");
  }

  @Test
  void aWatchContinuesFromItsVersionAndReturnsEvents() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    FakeServer api =
        api(
            exchange -> {
              WatchAnswers.beginStream(exchange);
              OutputStream out = exchange.getResponseBody();
              out.write(added());
              out.flush();
              assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
              out.write(SampleObjects.frame(SampleObjects.POD.event("DELETED")));
              out.close();
            });
    RecordedEvents events =
        new RecordedEvents() {
          @Override
          public void added(KubeObject object, String resourceVersion) {
            super.added(object, resourceVersion);
            seen.countDown();
          }
        };

    watch(client(api.url()), events);

    assertThat(events.log)
        .containsExactly("added shop/web-1 123456789012", "deleted shop/web-1 123456789012");
    assertThat(api.requests.get(0).uri()).contains("resourceVersion=7&timeoutSeconds=300");
    assertThat(api.problems).isEmpty();
  }

  @Test
  void jsonIsReadWhereTheServerChoosesIt() throws Exception {
    FakeServer api =
        api(
            FakeServer.json(
                200, "{\"type\": \"ADDED\", \"object\": " + SampleObjects.POD.json() + "}\n"));
    RecordedEvents events = new RecordedEvents();
    watch(client(api.url()), events);
    assertThat(events.objects).containsExactly(SampleObjects.POD.view());
  }

  @Test
  void aServerThatRefusesProtobufIsAskedForJsonFromThenOn() throws Exception {
    for (int refusal : new int[] {406, 415}) {
      FakeServer api =
          api(
              exchange -> {
                boolean protobuf =
                    exchange.getRequestHeaders().getFirst("Accept").contains("protobuf");
                FakeServer.json(
                        protobuf ? refusal : 200,
                        protobuf
                            ? "{}"
                            : "{\"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"3\"}}")
                    .handle(exchange);
              });
      ResourceClient client = client(api.url());
      assertThat(list(client).resourceVersion()).isEqualTo("3");
      assertThat(list(client).resourceVersion()).isEqualTo("3");
      assertThat(api.requests.stream().map(request -> request.header("Accept")))
          .containsExactly(PROTOBUF + ", application/json", "application/json", "application/json");
    }
  }

  @Test
  void aRefusalIsAnApiExceptionWithWhatTheServerSays() throws Exception {
    FakeServer api =
        api(
            exchange -> {
              exchange.getResponseHeaders().set("Retry-After", "11");
              FakeServer.json(
                      429,
                      "{\"kind\": \"Status\", \"code\": 429, \"reason\": \"TooManyRequests\","
                          + " \"message\": \"slow down\", \"details\": {\"retryAfterSeconds\": 3}}")
                  .handle(exchange);
            });
    ResourceClient client = client(api.url());
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> list(client))
        .withMessage("slow down")
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(429);
              assertThat(e.reason()).isEqualTo("TooManyRequests");
              assertThat(e.retryAfter()).contains(Duration.ofSeconds(11));
            });
    assertThat(api.requests).as("nobody but the caller tries again").hasSize(1);

    byte[] status =
        SampleObjects.envelope("v1", "Status", SampleObjects.status(410, "Expired", "too old", 5));
    api.answer(FakeServer.body(410, PROTOBUF, status));
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> watch(client, new RecordedEvents()))
        .withMessage("too old")
        .satisfies(
            e -> {
              assertThat(e.isGone()).isTrue();
              assertThat(e.retryAfter()).contains(Duration.ofSeconds(5));
            });

    api.answer(FakeServer.body(503, "text/html", "<h1>no</h1>".getBytes(UTF_8)));
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> list(client))
        .withMessage(api.url() + " answered with status 503, which begins with \"no\"")
        .satisfies(e -> assertThat(e.code()).isEqualTo(503));
    assertThat(api.requests).hasSize(3);
  }

  @Test
  void anotherContentTypeIsAnErrorThatSaysWhatCame() throws Exception {
    FakeServer api =
        api(FakeServer.body(200, "text/html; charset=utf-8", "<h1>hi</h1>".getBytes(UTF_8)));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client(api.url())))
        .withMessage(
            api.url()
                + "/api/v1/pods: content type text/html, which begins with \"hi\" (expected"
                + " application/vnd.kubernetes.protobuf or application/json; is this an API"
                + " server?)");
  }

  @Test
  void aStreamThatIsCutIsAnError() throws Exception {
    byte[] frame = added();
    FakeServer api = api(WatchAnswers.frames(frame, Arrays.copyOf(frame, 100)));
    RecordedEvents events = new RecordedEvents();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> watch(client(api.url()), events))
        .withMessageMatching("Pod event: cut off at byte \\d+ \\(expected \\d+ more\\)");
    assertThat(events.log).hasSize(1);
  }

  @Test
  void aConnectionThatBreaksIsAnErrorThatNamesTheServer() throws Exception {
    for (boolean reset : new boolean[] {false, true}) {
      try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        String url = "http://127.0.0.1:" + server.getLocalPort();
        CompletableFuture<Void> serving =
            CompletableFuture.runAsync(() -> answerHalfOfAStream(server, reset));
        RecordedEvents events = new RecordedEvents();
        assertThatExceptionOfType(IOException.class)
            .isThrownBy(() -> watch(client(url), events))
            .withMessageStartingWith("connection to " + url + " broke: ");
        assertThat(events.log.size()).isLessThanOrEqualTo(1);
        serving.get(20, TimeUnit.SECONDS);
      }
    }
  }

  private static void answerHalfOfAStream(ServerSocket server, boolean reset) {
    try (Socket socket = server.accept()) {
      InputStream in = socket.getInputStream();
      for (int newLines = 0; newLines < 2; ) { // Reads up to the empty line after the head.
        int b = in.read();
        newLines = b == '\n' ? newLines + 1 : b == '\r' ? newLines : 0;
      }
      byte[] frame = added();
      String head =
          "HTTP/1.1 200 OK\r\nContent-Type: "
              + PROTOBUF
              + "\r\nTransfer-Encoding: chunked\r\n\r\n"
              + Integer.toHexString(frame.length)
              + "\r\n";
      socket.getOutputStream().write(head.getBytes(UTF_8));
      socket.getOutputStream().write(frame);
      socket.getOutputStream().write("\r\n".getBytes(UTF_8));
      socket.setSoLinger(reset, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void garbageIsAnErrorAndNothingMore() throws Exception {
    FakeServer api = api(WatchAnswers.frames("this is no frame at all".getBytes(UTF_8)));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> watch(client(api.url()), new RecordedEvents()))
        .withMessageContaining("a frame of 1952999795 bytes");
  }

  @Test
  void aSlowReaderSlowsTheServerDown() throws Exception {
    byte[] frame = added();
    int total = 64 << 20;
    AtomicLong written = new AtomicLong();
    CountDownLatch goOn = new CountDownLatch(1);
    FakeServer api =
        api(
            exchange -> {
              WatchAnswers.beginStream(exchange);
              OutputStream out = exchange.getResponseBody();
              while (written.get() < total) {
                out.write(frame);
                written.addAndGet(frame.length);
              }
              out.close();
            });
    ResourceClient client = client(api.url());
    AtomicLong read = new AtomicLong();
    CompletableFuture<Void> reading =
        CompletableFuture.runAsync(
            () -> {
              try {
                watch(
                    client,
                    new RecordedEvents() {
                      @Override
                      public void added(KubeObject object, String resourceVersion) {
                        read.incrementAndGet();
                        try {
                          goOn.await();
                        } catch (InterruptedException e) {
                          throw new IllegalStateException(e);
                        }
                      }
                    });
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    long stalledAt = stalled(written);
    assertThat(read.get()).isEqualTo(1);
    assertThat(stalledAt).as("bytes in buffers of both sides").isLessThan(24 << 20);
    goOn.countDown();
    reading.get(60, TimeUnit.SECONDS);
    assertThat(read.get() * frame.length).isGreaterThanOrEqualTo(total);
  }

  /** Returns the value once it has not changed for half a second. */
  private static long stalled(AtomicLong counter) {
    long[] last = {-1, 0};
    eventually(
        () -> {
          long now = counter.get();
          if (now != last[0] || now == 0) {
            last[0] = now;
            last[1] = System.nanoTime();
          }
          assertThat(System.nanoTime() - last[1]).isGreaterThan(500_000_000);
        });
    return last[0];
  }

  private static final class Watching {
    final CompletableFuture<Throwable> end = new CompletableFuture<>();
    final RecordedEvents events = new RecordedEvents();
    final Thread thread;

    Watching(ResourceClient client) {
      thread =
          new Thread(
              () -> {
                try {
                  watch(client, events);
                  end.complete(new AssertionError("ended in good order"));
                } catch (IOException | InterruptedException e) {
                  end.complete(e);
                }
              });
      thread.start();
    }

    Throwable end() throws Exception {
      return end.get(20, TimeUnit.SECONDS);
    }
  }

  /** A watch that sends one event and then nothing, until the client closes the connection. */
  private static FakeServer.Handler idle(CountDownLatch gone) {
    return exchange -> {
      WatchAnswers.beginStream(exchange);
      OutputStream out = exchange.getResponseBody();
      out.write(added());
      out.flush();
      try {
        while (true) {
          LockSupport.parkNanos(5_000_000);
          if (Thread.currentThread().isInterrupted()) {
            return;
          }
          out.write(SampleObjects.frame(SampleObjects.bookmark("8", false)));
          out.flush();
        }
      } catch (IOException e) {
        gone.countDown();
      }
    };
  }

  @Test
  void anInterruptEndsAWatchAndTheServerSeesIt() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    FakeServer api = api(idle(gone));
    Watching watching = new Watching(client(api.url()));
    eventually(() -> assertThat(watching.events.log).isNotEmpty());
    watching.thread.interrupt();
    assertThat(watching.end()).isInstanceOf(InterruptedException.class);
    assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anInterruptEndsTheWaitForAnAnswer() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    FakeServer api = api(exchange -> release.await());
    Watching watching = new Watching(client(api.url()));
    eventually(() -> assertThat(api.requests).hasSize(1));
    watching.thread.interrupt();
    assertThat(watching.end()).isInstanceOf(InterruptedException.class);
    release.countDown();
  }

  @Test
  void closingTheClientEndsItsWatches() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    FakeServer api = api(idle(gone));
    ResourceClient client = client(api.url());
    Watching watching = new Watching(client);
    eventually(() -> assertThat(watching.events.log).isNotEmpty());
    client.close();
    assertThat(watching.end())
        .isInstanceOf(IOException.class)
        .hasMessage("the client of " + api.url() + " is closed");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client))
        .withMessage("the client of " + api.url() + " is closed");
    assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
  }

  /**
   * The watch sends these frames and then nothing; the client must give it up after exactly {@code
   * seconds}.
   */
  private void stalls(ResourceClient client, int seconds, int events) throws Exception {
    Watching watching = new Watching(client);
    eventually(() -> assertThat(watching.events.log).hasSize(events));
    ticker.advance(Duration.ofSeconds(seconds - 1L));
    assertThat(watching.end.isDone()).isFalse();
    ticker.advance(Duration.ofSeconds(1));
    assertThat(watching.end())
        .isInstanceOf(IOException.class)
        .hasMessage("connection to " + client.server() + " broke: no data for " + seconds + " s");
  }

  private FakeServer stalling(CountDownLatch release, byte[]... frames) {
    return api(
        exchange -> {
          WatchAnswers.beginStream(exchange);
          for (byte[] frame : frames) {
            exchange.getResponseBody().write(frame);
          }
          exchange.getResponseBody().flush();
          release.await();
        });
  }

  @Test
  void aWatchIsGivenUpAfterThreeMinutesWithoutABookmark() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    FakeServer api =
        stalling(release, added(), SampleObjects.frame(SampleObjects.bookmark("9", false)));
    ResourceClient client = client(api.url());
    stalls(client, 180, 2);
    stalls(client, 180, 2);
    release.countDown();
  }

  @Test
  void aServerThatHasNeverSentABookmarkIsWaitedForUntilItsTimeoutIsOver() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    FakeServer api = stalling(release, added());
    ResourceClient client = client(api.url());
    stalls(client, 180, 1);
    stalls(client, 330, 1);
    stalls(client, 330, 1);
    release.countDown();
  }

  @Test
  void anAnswerThatDoesNotComeIsAnError() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    FakeServer api = api(exchange -> release.await());
    Watching watching = new Watching(client(api.url()));
    eventually(() -> assertThat(api.requests).hasSize(1));
    ticker.awaitAlarms(1);
    ticker.advance(Sender.HEAD_PATIENCE);
    assertThat(watching.end())
        .isInstanceOf(IOException.class)
        .hasMessage("connection to " + api.url() + " broke: no answer within 60 s");
    release.countDown();
  }

  @Test
  void redirectsAreFollowedButTakeNoCredentialsElsewhere() throws Exception {
    FakeServer other = api(FakeServer.body(200, PROTOBUF, podList("5")));
    FakeServer api =
        api(
            exchange -> {
              boolean first = exchange.getRequestURI().getPath().equals("/api/v1/pods");
              exchange
                  .getResponseHeaders()
                  .set("Location", first ? "/moved" : other.url() + "/there");
              exchange.sendResponseHeaders(307, -1);
            });
    HttpClientConfig http = HttpClientConfigs.withToken("secret-token");
    assertThat(list(client(api.url(), http)).resourceVersion()).isEqualTo("5");
    assertThat(api.requests.stream().map(r -> r.uri() + " " + r.header("Authorization")))
        .containsExactly("/api/v1/pods Bearer secret-token", "/moved Bearer secret-token");
    assertThat(other.requests.get(0).uri()).isEqualTo("/there");
    assertThat(other.requests.get(0).header("Authorization")).isEmpty();

    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> list(client(api.url(), HttpClientConfigs.withoutRedirects())))
        .withMessage(
            "%s answered with status 307, a redirect to %s/moved, not followed",
            api.url(), api.url());
  }

  private static final byte[] LOGIN =
      """
      <!DOCTYPE html>
      <html><head><title>Sign in</title><style>b { color: red }</style></head>
      <body><script>var a = "<b>";</script><b>Single &amp; sign-on</b>\t\u0007"x" of secret-token
      """
          .getBytes(UTF_8);

  private static final String WORDS =
      ": content type text/html, which begins with \"Sign in Single &amp; sign-on"
          + " \\\"x\\\" of <secret>\" (expected application/";

  @Test
  void aLoginPageIsReportedWithItsFirstWordsAndWithoutSecrets() throws Exception {
    FakeServer login = api(FakeServer.body(200, "text/html; charset=utf-8", LOGIN));
    FakeServer api =
        api(
            exchange -> {
              exchange
                  .getResponseHeaders()
                  .set("Location", login.url() + "/sso?state=secret-state");
              exchange.sendResponseHeaders(302, -1);
            });
    HttpClientConfig http = HttpClientConfigs.withToken("secret-token");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client(login.url(), http)))
        .withMessageStartingWith(login.url() + "/api/v1/pods" + WORDS);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> ((AccessReview) client(login.url(), http)).allows("list", Resource.PODS, ""))
        .withMessage("%s: no answer to an access review (expected: an API server)", login.url());
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client(api.url(), http)))
        .withMessageStartingWith(
            api.url() + "/api/v1/pods, redirected to " + login.url() + "/sso" + WORDS);
    assertThat(login.requests.get(2).header("Authorization")).isEmpty();
    login.answer(FakeServer.json(401, "{}"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client(api.url(), http)))
        .withMessage(
            "%s redirects to %s/sso, where credentials are not sent: Unauthorized",
            api.url(), login.url());
  }

  @Test
  void aReviewIsSentBelowThePathOfTheServer() throws Exception {
    FakeServer api = api(FakeServer.json(201, "{\"status\": {\"allowed\": true}}"));
    AccessReview client = (AccessReview) client(api.url() + "/k8s/clusters/c-1");
    assertThat(client.allows("list", Resource.PODS, "")).isTrue();
    assertThat(api.requests.get(0).uri())
        .isEqualTo("/k8s/clusters/c-1/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
  }

  @Test
  void anEndlessRedirectIsAnError() throws Exception {
    FakeServer api =
        api(
            exchange -> {
              exchange.getResponseHeaders().set("Location", "/again");
              exchange.sendResponseHeaders(302, -1);
            });
    assertThatExceptionOfType(ApiException.class).isThrownBy(() -> list(client(api.url())));
    assertThat(api.requests).hasSize(11);
  }

  @Test
  void aServerThatIsNotThereIsOneClearLine() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client("http://127.0.0.1:" + port)))
        .withMessage("cannot connect to http://127.0.0.1:" + port + ": connection refused");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client("https://127.0.0.1:" + port)))
        .withMessage("cannot connect to https://127.0.0.1:" + port + ": connection refused");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(client("https://no-such-host.invalid")))
        .withMessage(
            "cannot connect to https://no-such-host.invalid: unknown host no-such-host.invalid");
  }
}
