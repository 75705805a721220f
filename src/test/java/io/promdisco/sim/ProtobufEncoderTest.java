package io.promdisco.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Apps;
import io.kubernetes.client.proto.V1Batch;
import io.kubernetes.client.proto.V1Discovery;
import io.kubernetes.client.proto.V1Networking;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.offline.ManifestReader;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.testing.RecordedCases;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtobufEncoderTest {
  private static final Map<String, Message> PROTOTYPES =
      Map.of(
          "Pod", V1.Pod.getDefaultInstance(),
          "Node", V1.Node.getDefaultInstance(),
          "Service", V1.Service.getDefaultInstance(),
          "Endpoints", V1.Endpoints.getDefaultInstance(),
          "EndpointSlice", V1Discovery.EndpointSlice.getDefaultInstance(),
          "Ingress", V1Networking.Ingress.getDefaultInstance(),
          "Namespace", V1.Namespace.getDefaultInstance(),
          "ReplicaSet", V1Apps.ReplicaSet.getDefaultInstance(),
          "Job", V1Batch.Job.getDefaultInstance(),
          "Status", Meta.Status.getDefaultInstance());

  private final ProtobufEncoder encoder = new ProtobufEncoder();

  @Test
  void theTableIsThatOfTheClassesThatKubernetesPublishes() {
    ProtobufSchema schema = ProtobufSchema.read();
    Map<String, Descriptor> published = new HashMap<>();
    Deque<Map.Entry<String, Descriptor>> open = new ArrayDeque<>();
    PROTOTYPES.forEach(
        (name, message) -> open.add(Map.entry(name, message.getDescriptorForType())));
    open.add(Map.entry("ListMeta", Meta.ListMeta.getDescriptor()));
    int checked = 0;
    while (!open.isEmpty()) {
      Map.Entry<String, Descriptor> next = open.remove();
      if (published.putIfAbsent(next.getKey(), next.getValue()) == null) {
        for (ProtobufSchema.Field field : schema.fields(next.getKey())) {
          FieldDescriptor there = next.getValue().findFieldByNumber(field.number());
          assertThat(there).as("%s %s", next.getKey(), field).isNotNull();
          checkField(field, there);
          checked++;
          if (field.form() == ProtobufSchema.Form.MESSAGE) {
            open.add(Map.entry(field.message(), there.getMessageType()));
          }
        }
      }
    }
    assertThat(published.keySet()).containsExactlyInAnyOrderElementsOf(schema.messages());
    assertThat(checked).isGreaterThan(850);
  }

  private static void checkField(ProtobufSchema.Field field, FieldDescriptor there) {
    if (!field.json().isEmpty()) {
      assertThat(there.getName()).as("%s", field).isEqualToIgnoringCase(field.json());
    }
    assertThat(there.isMapField()).isEqualTo(field.cardinality() == ProtobufSchema.Cardinality.MAP);
    assertThat(there.isRepeated()).isEqualTo(field.cardinality() != ProtobufSchema.Cardinality.ONE);
    FieldDescriptor value =
        there.isMapField() ? there.getMessageType().findFieldByNumber(2) : there;
    switch (field.form()) {
      case STRING -> assertThat(value.getType()).isEqualTo(FieldDescriptor.Type.STRING);
      case BOOL -> assertThat(value.getType()).isEqualTo(FieldDescriptor.Type.BOOL);
      case INT ->
          assertThat(value.getType()).isIn(FieldDescriptor.Type.INT32, FieldDescriptor.Type.INT64);
      case TIME -> assertThat(value.getMessageType().getName()).isEqualTo("Time");
      case QUANTITY -> assertThat(value.getMessageType().getName()).isEqualTo("Quantity");
      case INT_OR_STRING -> assertThat(value.getMessageType().getName()).isEqualTo("IntOrString");
      case JSON -> assertThat(value.getMessageType().getName()).isEqualTo("FieldsV1");
      case MESSAGE -> {
        String name =
            field.message().equals("SliceEndpointPort") ? "EndpointPort" : field.message();
        assertThat(value.getMessageType().getName()).isEqualTo(name);
      }
    }
  }

  @Test
  void everyRecordedObjectIsWrittenWhole() throws Exception {
    RecordedCases<Path> cases = RecordedCases.folders("kubernetes", "cluster.yaml");
    int objects = 0;
    for (Path folder : cases) {
      for (ObjectNode object : ManifestReader.read(List.of(folder.resolve("cluster.yaml")))) {
        assertWhole(object);
        objects++;
      }
      cases.ran(folder);
    }
    cases.printSummary("protobuf", objects + " objects");
    assertThat(objects).isPositive();
  }

  private void assertWhole(ObjectNode object) throws Exception {
    String kind = KubernetesJson.text(object, "kind");
    Unknown unknown = unknown(encoder.object(object));
    assertThat(unknown.getTypeMeta().getKind()).isEqualTo(kind);
    assertThat(unknown.getTypeMeta().getApiVersion())
        .isEqualTo(KubernetesJson.text(object, "apiVersion"));
    Message message = parse(kind, unknown.getRaw());
    ObjectNode rest = object.deepCopy();
    rest.remove(List.of("kind", "apiVersion"));
    assertSame(kind, rest, message);
    assertThat(message.getUnknownFields().asMap()).isEmpty();
  }

  private static Message parse(String kind, ByteString bytes) throws Exception {
    Message prototype = PROTOTYPES.get(kind);
    assertThat(prototype).as(kind).isNotNull();
    return prototype.getParserForType().parseFrom(bytes);
  }

  private static Unknown unknown(byte[] bytes) throws Exception {
    assertThat(bytes).startsWith('k', '8', 's', 0);
    return Unknown.parseFrom(ByteString.copyFrom(bytes, 4, bytes.length - 4));
  }

  /** Asserts that {@code message} contains everything in {@code json}. */
  private static void assertSame(String path, JsonNode json, Message message) {
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      FieldDescriptor field = message.getDescriptorForType().findFieldByName(entry.getKey());
      String at = path + "." + entry.getKey();
      if (entry.getValue().isNull()) {
        continue;
      }
      if (field == null) {
        Message inlined = inlined(message, entry.getKey());
        assertThat(inlined).as(at).isNotNull();
        assertSame(path, KubernetesJson.object().set(entry.getKey(), entry.getValue()), inlined);
      } else if (field.isMapField()) {
        assertThat(message.getRepeatedFieldCount(field)).as(at).isEqualTo(entry.getValue().size());
        for (int i = 0; i < entry.getValue().size(); i++) {
          Message pair = (Message) message.getRepeatedField(field, i);
          Object key = pair.getField(pair.getDescriptorForType().findFieldByNumber(1));
          Object value = pair.getField(pair.getDescriptorForType().findFieldByNumber(2));
          assertValue(at, entry.getValue().get((String) key), value);
        }
      } else if (field.isRepeated()) {
        assertThat(message.getRepeatedFieldCount(field)).as(at).isEqualTo(entry.getValue().size());
        for (int i = 0; i < entry.getValue().size(); i++) {
          assertValue(at + "." + i, entry.getValue().get(i), message.getRepeatedField(field, i));
        }
      } else {
        assertThat(message.hasField(field)).as(at).isTrue();
        assertValue(at, entry.getValue(), message.getField(field));
      }
    }
  }

  private static @Nullable Message inlined(Message message, String name) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
          && !field.isRepeated()
          && field.getMessageType().findFieldByName(name) != null) {
        return (Message) message.getField(field);
      }
    }
    return null;
  }

  private static void assertValue(String path, JsonNode json, Object value) {
    if (value instanceof Message message) {
      switch (message.getDescriptorForType().getName()) {
        case "Time" ->
            assertThat(message.getField(message.getDescriptorForType().findFieldByName("seconds")))
                .as(path)
                .isEqualTo(Instant.parse(json.asText()).getEpochSecond());
        case "Quantity" ->
            assertThat(message.getField(message.getDescriptorForType().findFieldByName("string")))
                .as(path)
                .isEqualTo(json.asText());
        case "IntOrString" -> {
          String field = json.isTextual() ? "strVal" : "intVal";
          Object found = message.getField(message.getDescriptorForType().findFieldByName(field));
          assertThat(found.toString()).as(path).isEqualTo(json.asText());
        }
        default -> assertSame(path, json, message);
      }
    } else {
      assertThat(value.toString()).as(path).isEqualTo(json.asText());
    }
  }

  @Test
  void plainFieldsAreWrittenEvenWhenTheyAreEmptyAndPointersAreNot() throws Exception {
    V1.Pod pod = V1.Pod.parseFrom(encoder.message("Pod", ObjectFixtures.pod("shop", "web")));
    assertThat(pod.getStatus().hasPodIP()).isTrue();
    assertThat(pod.getMetadata().hasCreationTimestamp()).isTrue();
    assertThat(pod.getMetadata().hasDeletionTimestamp()).isFalse();
    V1Discovery.Endpoint endpoint =
        V1Discovery.Endpoint.parseFrom(encoder.message("Endpoint", KubernetesJson.object()));
    assertThat(endpoint.hasHostname()).isFalse();
    assertThat(endpoint.hasConditions()).isTrue();
    assertThat(endpoint.getConditions().hasReady()).isFalse();
  }

  @Test
  void inlinedPartsAndSpecialTypesAreWritten(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("pod.yaml");
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          deletionTimestamp: '2026-10-01T08:00:00.25+02:00'
          managedFields:
          - {manager: me, fieldsV1: {'f:spec': {}}}
        spec:
          containers:
          - name: main
            livenessProbe: {httpGet: {port: http, path: /x}, periodSeconds: 5}
            resources: {limits: {cpu: 500m, memory: 1Gi}}
            securityContext: {runAsUser: 1000}
          volumes:
          - name: v
            configMap: {name: cm, defaultMode: 420}
          securityContext: {supplementalGroups: [1, 2], fsGroup: -1}
        """);
    ObjectNode object = ManifestReader.read(List.of(file)).get(0);
    V1.Pod pod = V1.Pod.parseFrom(encoder.message("Pod", object));
    assertThat(pod.getMetadata().getDeletionTimestamp().getSeconds())
        .isEqualTo(Instant.parse("2026-10-01T06:00:00Z").getEpochSecond());
    assertThat(pod.getMetadata().getDeletionTimestamp().getNanos()).isEqualTo(250_000_000);
    assertThat(pod.getMetadata().getManagedFields(0).getFieldsV1().getRaw().toStringUtf8())
        .isEqualTo("{\"f:spec\":{}}");
    V1.Container container = pod.getSpec().getContainers(0);
    assertThat(container.getLivenessProbe().getHandler().getHttpGet().getPort().getStrVal())
        .isEqualTo("http");
    assertThat(container.getResources().getLimitsOrThrow("memory").getString()).isEqualTo("1Gi");
    assertThat(pod.getSpec().getVolumes(0).getVolumeSource().getConfigMap().getDefaultMode())
        .isEqualTo(420);
    assertThat(pod.getSpec().getSecurityContext().getSupplementalGroupsList())
        .containsExactly(1L, 2L);
    assertThat(pod.getSpec().getSecurityContext().getFsGroup()).isEqualTo(-1);
  }

  @Test
  void listsHoldMetadataAndItems() throws Exception {
    ObjectNode metadata =
        KubernetesJson.object().put("resourceVersion", "77").put("remainingItemCount", 3);
    List<ObjectNode> items = List.of(ObjectFixtures.node("a"), ObjectFixtures.node("b"));
    Unknown unknown = unknown(encoder.list("v1", "NodeList", metadata, items));
    assertThat(unknown.getTypeMeta().getKind()).isEqualTo("NodeList");
    V1.NodeList list = V1.NodeList.parseFrom(unknown.getRaw());
    assertThat(list.getMetadata().getResourceVersion()).isEqualTo("77");
    assertThat(list.getMetadata().getRemainingItemCount()).isEqualTo(3);
    assertThat(list.getItemsList())
        .extracting(node -> node.getMetadata().getName())
        .containsExactly("a", "b");
  }

  @Test
  void framesAreALengthAndAnEvent() throws Exception {
    byte[] frame = encoder.frame("ADDED", ObjectFixtures.pod("shop", "web"));
    assertThat(ByteBuffer.wrap(frame).getInt()).isEqualTo(frame.length - 4);
    Meta.WatchEvent event =
        Meta.WatchEvent.parseFrom(ByteString.copyFrom(frame, 4, frame.length - 4));
    assertThat(event.getType()).isEqualTo("ADDED");
    Unknown unknown = unknown(event.getObject().getRaw().toByteArray());
    assertThat(V1.Pod.parseFrom(unknown.getRaw()).getMetadata().getName()).isEqualTo("web");
  }

  @Test
  void everyResourceHasAMessage() {
    for (Resource<?> resource : Resource.ALL) {
      assertThat(encoder.message(resource.kind(), KubernetesJson.object())).isNotEmpty();
    }
  }
}
