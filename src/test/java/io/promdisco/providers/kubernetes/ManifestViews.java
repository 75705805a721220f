package io.promdisco.providers.kubernetes;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectMeta.OwnerRef;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes views from manifests. */
final class ManifestViews {
  private ManifestViews() {}

  static KubeObject view(Resource<?> resource, ParsedValues raw, long version) {
    ObjectMeta meta = meta(raw.at("metadata"), version);
    return switch (resource.kind()) {
      case "Pod" -> pod(meta, raw);
      case "Node" -> node(meta, raw);
      case "Service" -> service(meta, raw);
      case "Endpoints" -> endpoints(meta, raw);
      case "EndpointSlice" -> slice(meta, raw);
      case "Ingress" -> ingress(meta, raw);
      default -> new MetadataView(meta);
    };
  }

  private static ObjectMeta meta(ParsedValues raw, long version) {
    OwnerRef controller =
        raw.list("ownerReferences").stream()
            .filter(owner -> owner.isTrue("controller"))
            .findFirst()
            .map(owner -> new OwnerRef(owner.text("kind"), owner.text("name")))
            .orElse(null);
    return new ObjectMeta(
        new ObjectKey(raw.text("namespace"), raw.text("name")),
        raw.text("uid"),
        version,
        Labels.of(raw.textMap("labels")),
        Labels.of(raw.textMap("annotations")),
        controller);
  }

  private static PodView pod(ObjectMeta meta, ParsedValues raw) {
    ParsedValues spec = raw.at("spec");
    ParsedValues status = raw.at("status");
    List<PodView.Container> containers = new ArrayList<>();
    for (ParsedValues container : spec.list("containers")) {
      containers.add(container(container, status.list("containerStatuses"), false));
    }
    for (ParsedValues container : spec.list("initContainers")) {
      containers.add(container(container, status.list("initContainerStatuses"), true));
    }
    String ready =
        status.list("conditions").stream()
            .filter(condition -> condition.text("type").equals("Ready"))
            .findFirst()
            .map(condition -> condition.text("status"))
            .orElse("");
    return new PodView(
        meta,
        status.text("podIP"),
        status.text("hostIP"),
        status.text("phase"),
        ready,
        spec.text("nodeName"),
        containers,
        status.list("podIPs").stream().skip(1).map(ip -> ip.text("ip")).toList());
  }

  private static PodView.Container container(
      ParsedValues raw, List<ParsedValues> statuses, boolean init) {
    String id =
        statuses.stream()
            .filter(status -> status.text("name").equals(raw.text("name")))
            .findFirst()
            .map(status -> status.text("containerID"))
            .orElse("");
    return new PodView.Container(
        raw.text("name"),
        raw.text("image"),
        id,
        init,
        raw.list("ports").stream()
            .map(
                port ->
                    new PodView.Port(
                        port.text("name"), port.number("containerPort"), protocol(port)))
            .toList());
  }

  private static String protocol(ParsedValues port) {
    return port.optional("protocol").orElse("TCP");
  }

  private static NodeView node(ObjectMeta meta, ParsedValues raw) {
    ParsedValues status = raw.at("status");
    return new NodeView(
        meta,
        raw.at("spec").text("providerID"),
        status.list("addresses").stream()
            .map(address -> new NodeView.Address(address.text("type"), address.text("address")))
            .toList(),
        status.list("conditions").stream()
            .map(
                condition ->
                    new NodeView.Condition(condition.text("type"), condition.text("status")))
            .toList(),
        status.at("daemonEndpoints", "kubeletEndpoint").number("Port"));
  }

  private static ServiceView service(ObjectMeta meta, ParsedValues raw) {
    ParsedValues spec = raw.at("spec");
    boolean dualStack = spec.text("ipFamilyPolicy").endsWith("DualStack");
    return new ServiceView(
        meta,
        spec.text("type"),
        spec.text("clusterIP"),
        spec.text("externalName"),
        spec.text("loadBalancerIP"),
        raw.at("status", "loadBalancer").list("ingress").stream()
            .map(ingress -> ingress.text("ip"))
            .filter(ip -> !ip.isEmpty())
            .toList(),
        dualStack ? spec.texts("ipFamilies") : List.of(),
        spec.list("ports").stream()
            .map(
                port ->
                    new ServiceView.Port(
                        port.text("name"),
                        port.number("port"),
                        protocol(port),
                        port.text("appProtocol")))
            .toList(),
        Stream.concat(spec.texts("clusterIPs").stream().skip(1), spec.texts("externalIPs").stream())
            .toList(),
        raw.at("status", "loadBalancer").list("ingress").stream()
            .map(ingress -> ingress.text("hostname"))
            .filter(host -> !host.isEmpty())
            .toList());
  }

  private static @Nullable ObjectRef reference(ParsedValues raw) {
    return raw.has("targetRef") ? reference(raw, "targetRef") : null;
  }

  private static ObjectRef reference(ParsedValues raw, String key) {
    ParsedValues ref = raw.at(key);
    return new ObjectRef(ref.text("kind"), ref.text("namespace"), ref.text("name"));
  }

  private static EndpointsView endpoints(ObjectMeta meta, ParsedValues raw) {
    return new EndpointsView(
        meta,
        raw.list("subsets").stream()
            .map(
                subset ->
                    new EndpointsView.Subset(
                        addresses(subset, "addresses"),
                        addresses(subset, "notReadyAddresses"),
                        subset.list("ports").stream()
                            .map(
                                port ->
                                    new EndpointsView.Port(
                                        port.text("name"),
                                        port.number("port"),
                                        protocol(port),
                                        port.textOrNull("appProtocol")))
                            .toList()))
            .toList());
  }

  private static List<EndpointsView.Address> addresses(ParsedValues subset, String key) {
    return subset.list(key).stream()
        .map(
            address ->
                new EndpointsView.Address(
                    address.text("ip"),
                    address.text("hostname"),
                    address.textOrNull("nodeName"),
                    reference(address)))
        .toList();
  }

  private static EndpointSliceView slice(ObjectMeta meta, ParsedValues raw) {
    return new EndpointSliceView(
        meta,
        raw.text("addressType"),
        raw.list("endpoints").stream().map(ManifestViews::endpoint).toList(),
        raw.list("ports").stream()
            .map(
                port ->
                    new EndpointSliceView.Port(
                        Objects.requireNonNullElse(port.textOrNull("name"), ""),
                        port.numberOrNull("port"),
                        protocol(port),
                        port.textOrNull("appProtocol")))
            .toList());
  }

  private static EndpointSliceView.Endpoint endpoint(ParsedValues raw) {
    ParsedValues conditions = raw.at("conditions");
    return new EndpointSliceView.Endpoint(
        raw.texts("addresses"),
        conditions.flagOrNull("ready"),
        conditions.flagOrNull("serving"),
        conditions.flagOrNull("terminating"),
        raw.textOrNull("hostname"),
        reference(raw),
        raw.textOrNull("nodeName"),
        raw.textOrNull("zone"),
        Labels.of(raw.textMap("deprecatedTopology")));
  }

  private static IngressView ingress(ObjectMeta meta, ParsedValues raw) {
    ParsedValues spec = raw.at("spec");
    return new IngressView(
        meta,
        spec.textOrNull("ingressClassName"),
        spec.list("rules").stream()
            .map(
                rule ->
                    new IngressView.Rule(
                        rule.text("host"),
                        rule.has("http")
                            ? rule.at("http").list("paths").stream()
                                .map(path -> path.text("path"))
                                .toList()
                            : null))
            .toList(),
        spec.list("tls").stream().flatMap(tls -> tls.texts("hosts").stream()).toList());
  }
}
