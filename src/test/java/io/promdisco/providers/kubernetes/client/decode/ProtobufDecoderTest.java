package io.promdisco.providers.kubernetes.client.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.V1;
import io.promdisco.http.BodyReader;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ResourceClient.Page;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProtobufDecoderTest {
  private final ProtobufDecoder decoder = new ProtobufDecoder(new SharedValues());

  @Test
  void everyKindGivesItsViewAndTheUnneededIsSkipped() throws IOException {
    for (SampleObjects<?> sample : SampleObjects.ALL) {
      byte[] bytes = sample.message().toByteArray();
      assertThat(decoder.object(sample.resource(), bytes, 0, bytes.length))
          .as(sample.resource().kind())
          .isEqualTo(sample.view());
    }
  }

  @Test
  void theSampleCoversEveryKind() {
    assertThat(SampleObjects.ALL.stream().map(sample -> sample.resource().kind()).toList())
        .containsExactlyInAnyOrderElementsOf(Resource.ALL.stream().map(Resource::kind).toList());
  }

  @Test
  void objectsOfOneStreamDoNotLeakIntoEachOther() throws IOException {
    byte[] full = SampleObjects.POD.message().toByteArray();
    byte[] bare =
        V1.Pod.newBuilder()
            .setMetadata(Meta.ObjectMeta.newBuilder().setName("bare"))
            .build()
            .toByteArray();
    for (int i = 0; i < 3; i++) {
      assertThat(decoder.object(Resource.PODS, full, 0, full.length))
          .isEqualTo(SampleObjects.POD.view());
      PodView pod = decoder.object(Resource.PODS, bare, 0, bare.length);
      assertThat(pod.key()).isEqualTo(new ObjectKey("", "bare"));
      assertThat(pod.containers()).isEmpty();
      assertThat(pod.ready()).isEmpty();
      assertThat(pod.meta().labels().isEmpty()).isTrue();
      assertThat(pod.meta().version()).isZero();
    }
  }

  @Test
  void anObjectWithoutAnythingIsAnEmptyView() throws IOException {
    for (Resource<?> resource : Resource.ALL) {
      KubeObject object = decoder.object(resource, new byte[0], 0, 0);
      assertThat(object.key()).isEqualTo(new ObjectKey("", ""));
    }
  }

  @Test
  void equalLabelSetsPortListsAndStringsAreHeldOnce() throws IOException {
    byte[] bytes = SampleObjects.POD.message().toByteArray();
    List<PodView> pods = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      pods.add(decoder.object(Resource.PODS, bytes, 0, bytes.length));
    }
    PodView second = pods.get(2);
    PodView last = pods.get(3);
    assertThat(last.meta().labels()).isSameAs(second.meta().labels());
    assertThat(last.meta().annotations()).isSameAs(second.meta().annotations());
    assertThat(last.meta().controller()).isSameAs(second.meta().controller());
    assertThat(last.containers().get(0).ports()).isSameAs(second.containers().get(0).ports());
    assertThat(last.containers().get(0).image()).isSameAs(second.containers().get(0).image());
    assertThat(last.nodeName()).isSameAs(second.nodeName());
  }

  @Test
  void labelsThatDoNotStandTogetherAreJoined() throws IOException {
    byte[] one = Meta.ObjectMeta.newBuilder().putLabels("b", "1").build().toByteArray();
    byte[] name = Meta.ObjectMeta.newBuilder().setName("x").build().toByteArray();
    byte[] two = Meta.ObjectMeta.newBuilder().putLabels("a", "2").build().toByteArray();
    byte[] pod =
        concat(
            new byte[] {10, (byte) (one.length + name.length + two.length)},
            concat(one, concat(name, two)));
    assertThat(decoder.object(Resource.PODS, pod, 0, pod.length).meta().labels().toMap().toString())
        .isEqualTo("{a=2, b=1}");
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  @Test
  void aStreamGivesItsEventsWhateverTheChunks() throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    stream.write(SampleObjects.frame(SampleObjects.POD.event("ADDED")));
    stream.write(SampleObjects.frame(SampleObjects.POD.event("MODIFIED")));
    stream.write(SampleObjects.frame(SampleObjects.bookmark("77", true)));
    stream.write(SampleObjects.frame(SampleObjects.POD.event("DELETED")));
    stream.write(SampleObjects.frame(SampleObjects.bookmark("78", false)));
    for (int size : new int[] {1, 2, 3, 7, 100, 1000, 16384}) {
      RecordedEvents events = new RecordedEvents();
      decoder.watch(Resource.PODS, InMemoryBodies.chunked(stream.toByteArray(), size), events);
      assertThat(events.log)
          .as("chunks of " + size)
          .containsExactly(
              "added shop/web-1 123456789012",
              "modified shop/web-1 123456789012",
              "bookmark 77 end",
              "deleted shop/web-1 123456789012",
              "bookmark 78");
      assertThat(events.objects).containsOnly(SampleObjects.POD.view());
    }
  }

  @Test
  void anErrorEventIsAnApiException() {
    byte[] frame =
        SampleObjects.frame(SampleObjects.error(410, "Expired", "too old resource version"));
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(
            () -> decoder.watch(Resource.PODS, InMemoryBodies.whole(frame), new RecordedEvents()))
        .withMessage("too old resource version")
        .satisfies(
            e -> {
              assertThat(e.isGone()).isTrue();
              assertThat(e.code()).isEqualTo(410);
              assertThat(e.reason()).isEqualTo("Expired");
              assertThat(e.retryAfter()).contains(Duration.ofSeconds(7));
            });
  }

  private static byte[] podList(int count) {
    V1.PodList.Builder list =
        V1.PodList.newBuilder()
            .setMetadata(
                Meta.ListMeta.newBuilder()
                    .setResourceVersion("99")
                    .setContinue("more")
                    .setRemainingItemCount(12));
    for (int i = 0; i < count; i++) {
      list.addItems((V1.Pod) SampleObjects.POD.message());
    }
    return SampleObjects.envelope("v1", "PodList", list.build());
  }

  @Test
  void aListGivesItsItemsAndThePage() throws Exception {
    for (int size : new int[] {1, 5, 333, 16384}) {
      List<PodView> pods = new ArrayList<>();
      Page page = decoder.list(Resource.PODS, InMemoryBodies.chunked(podList(3), size), pods::add);
      assertThat(page).isEqualTo(new Page("99", "more", 12));
      assertThat(pods).hasSize(3).containsOnly(SampleObjects.POD.view());
    }
  }

  @Test
  void anEmptyListIsAPageWithoutItems() throws Exception {
    byte[] bytes =
        SampleObjects.envelope(
            "v1",
            "PodList",
            V1.PodList.newBuilder()
                .setMetadata(Meta.ListMeta.newBuilder().setResourceVersion("5"))
                .build());
    assertThat(decoder.list(Resource.PODS, InMemoryBodies.whole(bytes), pod -> fail("an item")))
        .isEqualTo(new Page("5", "", -1));
  }

  @Test
  void aStatusInPlaceOfAListIsAnApiException() {
    byte[] bytes =
        SampleObjects.envelope("v1", "Status", SampleObjects.status(403, "Forbidden", "no", 0));
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(
            () -> decoder.list(Resource.PODS, InMemoryBodies.whole(bytes), pod -> fail("an item")))
        .withMessage("no")
        .satisfies(e -> assertThat(e.code()).isEqualTo(403));
  }

  @Test
  void anotherKindIsAnError() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> decoder.list(Resource.NODES, InMemoryBodies.whole(podList(1)), n -> fail("item")))
        .withMessage("Node list: kind: PodList (expected NodeList)");
    byte[] frame = SampleObjects.frame(SampleObjects.POD.event("ADDED"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> decoder.watch(Resource.NODES, InMemoryBodies.whole(frame), new RecordedEvents()))
        .withMessage("Node event: kind: Pod (expected Node)");
  }

  @Test
  void anUnknownEventIsAnError() {
    byte[] frame = SampleObjects.frame(SampleObjects.POD.event("RENAMED"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> decoder.watch(Resource.PODS, InMemoryBodies.whole(frame), new RecordedEvents()))
        .withMessage(
            "Pod event: type: RENAMED (expected ADDED, MODIFIED, DELETED, BOOKMARK or ERROR)");
  }

  @Test
  void aStreamThatIsCutWithinAFrameIsAnErrorAtEveryByte() throws Exception {
    byte[] frame = SampleObjects.frame(SampleObjects.POD.event("ADDED"));
    for (int length = 1; length < frame.length; length++) {
      byte[] cut = Arrays.copyOf(frame, length);
      assertThatExceptionOfType(IOException.class)
          .as("cut after " + length)
          .isThrownBy(
              () -> decoder.watch(Resource.PODS, InMemoryBodies.whole(cut), new RecordedEvents()))
          .withMessageStartingWith("Pod event: cut off at byte " + length + " (expected ");
    }
    decoder.watch(Resource.PODS, InMemoryBodies.whole(new byte[0]), new RecordedEvents());
  }

  @Test
  void aListThatIsCutIsAnErrorAtEveryByte() {
    byte[] list = podList(2);
    int trailer = 4; // The two empty strings at the end of the envelope.
    for (int length = 0; length < list.length - trailer; length++) {
      byte[] cut = Arrays.copyOf(list, length);
      assertThatExceptionOfType(IOException.class)
          .as("cut after " + length)
          .isThrownBy(() -> decoder.list(Resource.PODS, InMemoryBodies.whole(cut), pod -> {}))
          .withMessageStartingWith("Pod list: ");
    }
  }

  @Test
  void aCutObjectNeverDoesMoreThanFailWithItsKindAndPlace() {
    for (SampleObjects<?> sample : SampleObjects.ALL) {
      byte[] bytes = sample.message().toByteArray();
      for (int length = 0; length < bytes.length; length++) {
        decodeOrFail(sample.resource(), Arrays.copyOf(bytes, length));
      }
    }
  }

  @Test
  void garbageNeverDoesMoreThanFailWithItsKindAndPlace() {
    Random random = new Random(7);
    for (SampleObjects<?> sample : SampleObjects.ALL) {
      byte[] bytes = sample.message().toByteArray();
      for (int at = 0; at < bytes.length; at++) {
        for (int value : new int[] {0, 0x7f, 0x80, 0xff, random.nextInt(256)}) {
          byte[] broken = bytes.clone();
          broken[at] = (byte) value;
          decodeOrFail(sample.resource(), broken);
        }
      }
      byte[] noise = new byte[300];
      for (int i = 0; i < 300; i++) {
        random.nextBytes(noise);
        decodeOrFail(sample.resource(), noise);
      }
    }
  }

  private void decodeOrFail(Resource<?> resource, byte[] bytes) {
    try {
      assertThat(decoder.object(resource, bytes, 0, bytes.length)).isNotNull();
    } catch (IOException e) {
      assertThat(e).hasMessageMatching(resource.kind() + ": not protobuf at byte \\d+ of \\d+: .+");
    }
  }

  @Test
  void brokenFramesNeverDoMoreThanFail() throws Exception {
    byte[] frame = SampleObjects.frame(SampleObjects.POD.event("ADDED"));
    for (int at = 0; at < frame.length; at++) {
      for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
        byte[] broken = frame.clone();
        broken[at] = (byte) value;
        try {
          decoder.watch(Resource.PODS, InMemoryBodies.chunked(broken, 100), new RecordedEvents());
        } catch (IOException e) {
          assertThat(e).hasMessageStartingWith("Pod");
        }
      }
    }
  }

  @Test
  void aFrameThatIsTooLongIsRefusedBeforeItIsRead() {
    byte[] frame = {0x7f, 0, 0, 0, 1, 2, 3};
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> decoder.watch(Resource.PODS, InMemoryBodies.whole(frame), new RecordedEvents()))
        .withMessage(
            "Pod event: a frame of 2130706432 bytes at byte 0 (expected at most 16777216)");
  }

  @Test
  void memoryFollowsWhatArrivesAndNotWhatIsAnnounced() {
    byte[] frame = {0, (byte) 0xf0, 0, 0, 1, 2, 3};
    BodyReader body = InMemoryBodies.whole(frame);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> decoder.watch(Resource.PODS, body, new RecordedEvents()))
        .withMessage("Pod event: cut off at byte 7 (expected 15728637 more)");
    assertThat(body.array().length).isLessThan(100);
  }

  @Test
  void anItemThatIsTooLongIsRefused() {
    byte[] list = "k8s\0\n\11\22\7PodList\22".getBytes(UTF_8);
    ByteString tail =
        ByteString.copyFrom(
            new byte[] {
              (byte) 0xff,
              (byte) 0xff,
              (byte) 0xff,
              0x7f,
              18,
              (byte) 0xff,
              (byte) 0xff,
              (byte) 0xff,
              0x7f
            });
    byte[] bytes = concat(list, tail.toByteArray());
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> decoder.list(Resource.PODS, InMemoryBodies.whole(bytes), pod -> {}))
        .withMessageContaining("an object of 268435455 bytes (expected at most 16777216)");
  }

  @Test
  void aVersionThatIsNotANumberBecomesAHash() {
    assertThat(ResourceVersions.of("")).isZero();
    assertThat(ResourceVersions.of("0")).isZero();
    assertThat(ResourceVersions.of("999999999999999999")).isEqualTo(999_999_999_999_999_999L);
    assertThat(ResourceVersions.of("9999999999999999999"))
        .isEqualTo(ResourceVersions.of("9999999999999999999"));
    assertThat(ResourceVersions.of("a1")).isNotEqualTo(ResourceVersions.of("a2"));
    assertThat(ResourceVersions.of("-1")).isNotEqualTo(-1);
  }
}
