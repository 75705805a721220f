package io.promdisco.providers.kubernetes.client.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.DocumentView;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes views of objects in JSON. */
final class JsonViews {
  private JsonViews() {}

  /** Returns the view of an object of {@code kind}. */
  static KubeObject read(String kind, JsonFields object) throws IOException {
    return switch (kind) {
      case "Pod" -> pod(object);
      case "Node" -> node(object);
      case "Service" -> service(object);
      case "Ingress" -> ingress(object);
      case "Endpoints" ->
          new EndpointsView(meta(object), object.objects("subsets", JsonViews::subset));
      case "EndpointSlice" -> slice(object);
      default -> new MetadataView(meta(object));
    };
  }

  /** An object as a document, without what its readers do not use. */
  static DocumentView document(Resource<?> resource, JsonNode node) throws IOException {
    // Texts of Secrets are not shared with those of other objects.
    JsonFields.ReadOptions reading = JsonFields.ReadOptions.sharing(UnaryOperator.identity());
    JsonFields object = JsonFields.of(node, resource.kind(), reading);
    ObjectMeta meta = meta(object);
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("apiVersion", resource.apiVersion()).put("kind", resource.kind());
    ObjectNode metadata = document.putObject("metadata");
    metadata.put("namespace", meta.namespace()).put("name", meta.name());
    copy(node.path("metadata"), "labels", metadata);
    copy(node, "spec", document);
    copy(node, "data", document);
    return new DocumentView(
        new ObjectMeta(meta.key(), meta.uid(), meta.version(), Labels.EMPTY, Labels.EMPTY, null),
        document);
  }

  private static void copy(JsonNode from, String field, ObjectNode to) {
    JsonNode value = from.get(field);
    if (value != null) {
      to.set(field, value);
    }
  }

  /** The metadata of any object. */
  static ObjectMeta meta(JsonFields object) throws IOException {
    JsonFields meta = object.object("metadata");
    return new ObjectMeta(
        new ObjectKey(meta.text("namespace"), meta.text("name")),
        meta.text("uid"),
        ResourceVersions.of(meta.text("resourceVersion")),
        meta.labels("labels"),
        meta.labels("annotations"),
        controller(meta));
  }

  /** Returns the first owner that is a controller. */
  private static ObjectMeta.@Nullable OwnerRef controller(JsonFields meta) throws IOException {
    List<ObjectMeta.OwnerRef> controllers = new ArrayList<>(1);
    meta.objects(
        "ownerReferences",
        owner -> {
          if (Boolean.TRUE.equals(owner.flagOrNull("controller"))) {
            controllers.add(new ObjectMeta.OwnerRef(owner.text("kind"), owner.text("name")));
          }
          return Boolean.TRUE;
        });
    return controllers.isEmpty() ? null : controllers.get(0);
  }

  private record Id(String container, String id) {}

  private static PodView pod(JsonFields pod) throws IOException {
    JsonFields spec = pod.object("spec");
    JsonFields status = pod.object("status");
    List<PodView.Container> containers = new ArrayList<>();
    addContainers(containers, spec, "containers", ids(status, "containerStatuses"), false);
    addContainers(containers, spec, "initContainers", ids(status, "initContainerStatuses"), true);
    return new PodView(
        meta(pod),
        status.text("podIP"),
        status.text("hostIP"),
        status.text("phase"),
        ready(status),
        spec.text("nodeName"),
        List.copyOf(containers),
        withoutFirst(status.objects("podIPs", ip -> ip.text("ip"))));
  }

  private static List<String> withoutFirst(List<String> texts) {
    return texts.size() < 2 ? List.of() : List.copyOf(texts.subList(1, texts.size()));
  }

  private static String ready(JsonFields status) throws IOException {
    for (NodeView.Condition condition : status.objects("conditions", JsonViews::condition)) {
      if (condition.type().equals("Ready")) {
        return condition.status();
      }
    }
    return "";
  }

  private static List<Id> ids(JsonFields status, String field) throws IOException {
    return status.objects(field, s -> new Id(s.text("name"), s.text("containerID")));
  }

  private static void addContainers(
      List<PodView.Container> out, JsonFields spec, String field, List<Id> ids, boolean init)
      throws IOException {
    out.addAll(
        spec.objects(
            field,
            container -> {
              String name = container.text("name");
              return new PodView.Container(
                  name,
                  container.text("image"),
                  idOf(name, ids),
                  init,
                  container.objects("ports", JsonViews::containerPort));
            }));
  }

  private static String idOf(String container, List<Id> ids) {
    for (Id id : ids) {
      if (id.container.equals(container)) {
        return id.id;
      }
    }
    return "";
  }

  private static PodView.Port containerPort(JsonFields port) throws IOException {
    return new PodView.Port(port.text("name"), port.number("containerPort"), port.text("protocol"));
  }

  private static NodeView node(JsonFields node) throws IOException {
    JsonFields status = node.object("status");
    return new NodeView(
        meta(node),
        node.object("spec").text("providerID"),
        status.objects("addresses", a -> new NodeView.Address(a.text("type"), a.text("address"))),
        status.objects("conditions", JsonViews::condition),
        status.object("daemonEndpoints").object("kubeletEndpoint").number("Port"));
  }

  private static NodeView.Condition condition(JsonFields condition) throws IOException {
    return new NodeView.Condition(condition.text("type"), condition.text("status"));
  }

  private static ServiceView service(JsonFields service) throws IOException {
    JsonFields spec = service.object("spec");
    JsonFields balancer = service.object("status").object("loadBalancer");
    List<String> furtherIps = new ArrayList<>(withoutFirst(spec.texts("clusterIPs")));
    furtherIps.addAll(spec.texts("externalIPs"));
    return new ServiceView(
        meta(service),
        spec.text("type"),
        spec.text("clusterIP"),
        spec.text("externalName"),
        spec.text("loadBalancerIP"),
        notEmpty(balancer.objects("ingress", ingress -> ingress.text("ip"))),
        spec.text("ipFamilyPolicy").endsWith(ProtobufNetwork.DUAL_STACK)
            ? spec.texts("ipFamilies")
            : List.of(),
        spec.objects(
            "ports",
            port ->
                new ServiceView.Port(
                    port.text("name"),
                    port.number("port"),
                    port.text("protocol"),
                    port.text("appProtocol"))),
        List.copyOf(furtherIps),
        notEmpty(balancer.objects("ingress", ingress -> ingress.text("hostname"))));
  }

  private static List<String> notEmpty(List<String> texts) {
    return texts.stream().filter(text -> !text.isEmpty()).toList();
  }

  private static IngressView ingress(JsonFields ingress) throws IOException {
    JsonFields spec = ingress.object("spec");
    List<String> hosts = new ArrayList<>();
    for (List<String> some : spec.objects("tls", tls -> tls.texts("hosts"))) {
      hosts.addAll(some);
    }
    return new IngressView(
        meta(ingress),
        spec.textOrNull("ingressClassName"),
        spec.objects("rules", JsonViews::rule),
        List.copyOf(hosts));
  }

  private static IngressView.Rule rule(JsonFields rule) throws IOException {
    List<String> paths =
        rule.has("http") ? rule.object("http").objects("paths", path -> path.text("path")) : null;
    return new IngressView.Rule(rule.text("host"), paths);
  }

  private static @Nullable ObjectRef reference(JsonFields holder) throws IOException {
    if (!holder.has("targetRef")) {
      return null;
    }
    JsonFields ref = holder.object("targetRef");
    return new ObjectRef(ref.text("kind"), ref.text("namespace"), ref.text("name"));
  }

  private static EndpointSliceView slice(JsonFields slice) throws IOException {
    return new EndpointSliceView(
        meta(slice),
        slice.text("addressType"),
        slice.objects("endpoints", JsonViews::endpoint),
        slice.objects(
            "ports",
            port ->
                new EndpointSliceView.Port(
                    port.textOrNull("name"),
                    port.numberOrNull("port"),
                    port.textOrNull("protocol"),
                    port.textOrNull("appProtocol"))));
  }

  private static EndpointSliceView.Endpoint endpoint(JsonFields endpoint) throws IOException {
    JsonFields conditions = endpoint.object("conditions");
    return new EndpointSliceView.Endpoint(
        endpoint.texts("addresses"),
        conditions.flagOrNull("ready"),
        conditions.flagOrNull("serving"),
        conditions.flagOrNull("terminating"),
        endpoint.textOrNull("hostname"),
        reference(endpoint),
        endpoint.textOrNull("nodeName"),
        endpoint.textOrNull("zone"),
        endpoint.labels("deprecatedTopology"));
  }

  private static EndpointsView.Subset subset(JsonFields subset) throws IOException {
    return new EndpointsView.Subset(
        subset.objects("addresses", JsonViews::address),
        subset.objects("notReadyAddresses", JsonViews::address),
        subset.objects(
            "ports",
            port ->
                new EndpointsView.Port(
                    port.text("name"),
                    port.number("port"),
                    port.text("protocol"),
                    port.textOrNull("appProtocol"))));
  }

  private static EndpointsView.Address address(JsonFields address) throws IOException {
    return new EndpointsView.Address(
        address.text("ip"),
        address.text("hostname"),
        address.textOrNull("nodeName"),
        reference(address));
  }
}
