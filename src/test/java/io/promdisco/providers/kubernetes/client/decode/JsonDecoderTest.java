package io.promdisco.providers.kubernetes.client.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.providers.kubernetes.object.DocumentView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ResourceClient.Page;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonDecoderTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final JsonDecoder decoder = new JsonDecoder(new SharedValues());

  @Test
  void everyKindGivesTheViewThatProtobufGives() throws IOException {
    for (SampleObjects<?> sample : SampleObjects.ALL) {
      assertThat((KubeObject) JsonDecoder.decode(sample.resource(), sample.tree()))
          .as(sample.resource().kind())
          .isEqualTo(sample.view());
    }
  }

  @Test
  void anObjectWithoutAnythingIsAnEmptyView() throws IOException {
    for (Resource<?> resource : Resource.ALL) {
      KubeObject object = JsonDecoder.decode(resource, MAPPER.createObjectNode());
      assertThat(object.key()).isEqualTo(new ObjectKey("", ""));
    }
  }

  @Test
  void aDocumentHoldsWhatItsReadersUseAndItsTextNoSecret() throws IOException {
    Resource<DocumentView> secrets =
        new Resource<>("", "v1", "secrets", "Secret", true, DocumentView.class);
    DocumentView secret =
        JsonDecoder.decode(
            secrets,
            MAPPER.readTree(
                """
                {"metadata": {"namespace": "shop", "name": "auth", "resourceVersion": "7",
                    "uid": "u", "labels": {"a": "b"},
                    "annotations": {"last-applied": "open-sesame"}, "managedFields": [{}]},
                  "data": {"token": "b3Blbi1zZXNhbWU="}, "status": {}}
                """));

    assertThat(secret.document())
        .isEqualTo(
            MAPPER.readTree(
                """
                {"apiVersion": "v1", "kind": "Secret", "metadata":
                    {"namespace": "shop", "name": "auth", "labels": {"a": "b"}},
                  "data": {"token": "b3Blbi1zZXNhbWU="}}
                """));
    assertThat(secret.meta().version()).isEqualTo(7);
    assertThat(secret).hasToString("DocumentView[shop/auth]");
    assertThat(secret.meta().toString()).doesNotContain("sesame");
  }

  @Test
  void aFieldOfTheWrongTypeIsAnErrorWithItsPath() {
    wrong(
        "{\"spec\": {\"containers\": [{\"name\": \"a\"}, {\"ports\": {}}]}}",
        "Pod.spec.containers[1].ports: an object (expected a list)");
    wrong("{\"metadata\": 5}", "Pod.metadata: 5 (expected an object)");
    wrong(
        "{\"metadata\": {\"labels\": {\"a\": []}}}",
        "Pod.metadata.labels.a: a list (expected a string)");
    wrong("{\"metadata\": {\"labels\": [1]}}", "Pod.metadata.labels: a list (expected a map)");
    wrong(
        "{\"spec\": {\"containers\": [{\"ports\": [{\"containerPort\": \"x\"}]}]}}",
        "Pod.spec.containers[0].ports[0].containerPort: \"x\" (expected a whole number)");
    wrong(
        "{\"metadata\": {\"ownerReferences\": [{\"controller\": \"yes\"}]}}",
        "Pod.metadata.ownerReferences[0].controller: \"yes\" (expected true or false)");
    wrong("[]", "Pod: a list (expected an object)");
  }

  private static void wrong(String json, String message) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> JsonDecoder.decode(Resource.PODS, MAPPER.readTree(json)))
        .withMessage(message);
  }

  private static String event(String type, String object) {
    return "{\"type\": \"" + type + "\", \"object\": " + object + "}\n";
  }

  private static final String BOOKMARK =
      "{\"kind\": \"Pod\", \"metadata\": {\"resourceVersion\": \"77\", \"annotations\":"
          + " {\"k8s.io/initial-events-end\": \"true\"}}}";

  @Test
  void aStreamGivesItsEventsWhateverTheChunks() throws Exception {
    String stream =
        event("ADDED", SampleObjects.POD.json())
            + event("MODIFIED", SampleObjects.POD.json())
            + event("BOOKMARK", BOOKMARK)
            + event("DELETED", SampleObjects.POD.json());
    for (int size : new int[] {1, 3, 100, 16384}) {
      RecordedEvents events = new RecordedEvents();
      decoder.watch(Resource.PODS, InMemoryBodies.chunked(stream.getBytes(UTF_8), size), events);
      assertThat(events.log)
          .containsExactly(
              "added shop/web-1 123456789012",
              "modified shop/web-1 123456789012",
              "bookmark 77 end",
              "deleted shop/web-1 123456789012");
      assertThat(events.objects).containsOnly(SampleObjects.POD.view());
    }
  }

  @Test
  void anErrorEventIsAnApiException() {
    String status =
        "{\"kind\": \"Status\", \"code\": 410, \"reason\": \"Expired\", \"message\": \"too old\","
            + " \"details\": {\"retryAfterSeconds\": 3}}";
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> watch(event("ERROR", status)))
        .withMessage("too old")
        .satisfies(
            e -> {
              assertThat(e.isGone()).isTrue();
              assertThat(e.retryAfter()).contains(Duration.ofSeconds(3));
            });
  }

  private void watch(String stream) throws IOException, InterruptedException {
    decoder.watch(
        Resource.PODS, InMemoryBodies.whole(stream.getBytes(UTF_8)), new RecordedEvents());
  }

  private static String list() {
    return "{\"kind\": \"PodList\", \"apiVersion\": \"v1\", \"metadata\": {\"resourceVersion\":"
        + " \"99\", \"continue\": \"more\", \"remainingItemCount\": 12}, \"items\": ["
        + SampleObjects.POD.json()
        + ","
        + SampleObjects.POD.json()
        + "]}";
  }

  @Test
  void aListGivesItsItemsAndThePage() throws Exception {
    List<PodView> pods = new ArrayList<>();
    Page page =
        decoder.list(Resource.PODS, InMemoryBodies.chunked(list().getBytes(UTF_8), 99), pods::add);
    assertThat(page).isEqualTo(new Page("99", "more", 12));
    assertThat(pods).hasSize(2).containsOnly(SampleObjects.POD.view());
  }

  @Test
  void aListWithoutItemsIsEmpty() throws Exception {
    String list =
        "{\"items\": null, \"metadata\": {\"resourceVersion\": \"1\"}, \"kind\": \"PodList\"}";
    assertThat(
            decoder.list(
                Resource.PODS, InMemoryBodies.whole(list.getBytes(UTF_8)), p -> fail("item")))
        .isEqualTo(new Page("1", "", -1));
  }

  @Test
  void aStatusInPlaceOfAListIsAnApiException() {
    String status = "{\"kind\": \"Status\", \"code\": 403, \"message\": \"no\"}";
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(
            () ->
                decoder.list(
                    Resource.PODS, InMemoryBodies.whole(status.getBytes(UTF_8)), p -> fail("item")))
        .withMessage("no");
  }

  @Test
  void anotherKindIsAnError() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                decoder.list(
                    Resource.NODES,
                    InMemoryBodies.whole(list().getBytes(UTF_8)),
                    p -> fail("item")))
        .withMessage("Node list: kind: PodList (expected NodeList)");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> watch(event("ADDED", "{\"kind\": \"Node\"}")))
        .withMessage("Pod event: kind: Node (expected Pod)");
  }

  @Test
  void aCutStreamIsAnErrorAtEveryByte() {
    byte[] event = event("ADDED", SampleObjects.POD.json()).stripTrailing().getBytes(UTF_8);
    for (int length = 1; length < event.length; length++) {
      byte[] cut = Arrays.copyOf(event, length);
      assertThatExceptionOfType(IOException.class)
          .as("cut after " + length)
          .isThrownBy(
              () -> decoder.watch(Resource.PODS, InMemoryBodies.whole(cut), new RecordedEvents()))
          .withMessageStartingWith("Pod event: not JSON at byte ");
    }
  }

  @Test
  void aCutListIsAnErrorAtEveryByte() {
    byte[] list = list().getBytes(UTF_8);
    for (int length = 0; length < list.length; length++) {
      byte[] cut = Arrays.copyOf(list, length);
      assertThatExceptionOfType(IOException.class)
          .as("cut after " + length)
          .isThrownBy(() -> decoder.list(Resource.PODS, InMemoryBodies.whole(cut), pod -> {}))
          .withMessageStartingWith("Pod list: not ");
    }
  }

  @Test
  void endlessDepthIsAnError() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> watch("{\"a\":".repeat(100_000)))
        .withMessageMatching("Pod event: not JSON at byte \\d+: too deep or too long");
  }
}
