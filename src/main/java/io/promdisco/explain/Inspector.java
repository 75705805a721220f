package io.promdisco.explain;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.KubernetesSdConfig.Selector;
import io.promdisco.explain.Absence.Why;
import io.promdisco.explain.Query.AddressQuery;
import io.promdisco.explain.Query.LabelQuery;
import io.promdisco.explain.Query.ObjectQuery;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.object.ServiceView;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.Scope;
import io.promdisco.providers.kubernetes.watch.WatchProblem;
import io.promdisco.util.EscapingLogger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * Finds out why a Kubernetes SD config discovers nothing of what was asked for, by a second look at
 * the cluster. What it reads is no more than needed: the object, then what its targets come from.
 */
public final class Inspector {
  private static final Logger log = EscapingLogger.of(Inspector.class);
  private static final String BY_NAME = "metadata.name=";

  private final KubernetesSdConfig config;
  private final ObjectReader reader;
  private final List<String> namespaces;

  /** For what {@code config} discovers in {@code namespaces}; the empty one stands for all. */
  public Inspector(KubernetesSdConfig config, List<String> namespaces, ObjectReader reader) {
    this.config = config;
    this.reader = reader;
    this.namespaces = List.copyOf(namespaces);
  }

  /** The reasons, one at least. They name no source. */
  public List<Absence> inspect(Query query) throws InterruptedException {
    if (query instanceof ObjectQuery object) {
      return object(object);
    }
    if (query instanceof AddressQuery address) {
      return List.of(address(address));
    }
    LabelQuery label = (LabelQuery) query;
    return List.of(
        new Absence(
            "",
            Why.NOT_THERE,
            "no target that it discovers has " + label.name() + "=\"" + label.value() + "\""));
  }

  private List<Absence> object(ObjectQuery query) throws InterruptedException {
    List<Role> kinds =
        query.kinds().stream().filter(kind -> Reasons.concerns(config.role(), kind)).toList();
    if (kinds.isEmpty()) {
      return List.of(
          new Absence(
              "",
              Why.OTHER_SOURCE,
              "role "
                  + config.role().text()
                  + " makes no targets of "
                  + (query.kinds().size() == 1 ? "a " + kinds(query) : "objects in namespaces")));
    }
    List<Absence> found = new ArrayList<>();
    for (Role kind : kinds) {
      Resource<?> resource = Reasons.resource(kind);
      try {
        for (KubeObject object : named(resource, query)) {
          found.add(why(kind, object));
        }
      } catch (IOException e) {
        found.add(unreadable(e, resource, query.namespace().orElse("")));
      }
    }
    if (found.isEmpty()) {
      String names = kinds.stream().map(Role::text).collect(Collectors.joining(" or "));
      String where = query.namespace().map(in -> " in namespace " + in).orElse("");
      found.add(
          new Absence("", Why.NOT_THERE, "there is no " + names + " " + query.name() + where));
    }
    return found;
  }

  private static String kinds(ObjectQuery query) {
    return query.kinds().stream().map(Role::text).collect(Collectors.joining(" or "));
  }

  /** Objects by their name; in the discovered namespaces only where others may not be read. */
  private <V extends KubeObject> List<V> named(Resource<V> resource, ObjectQuery query)
      throws IOException, InterruptedException {
    String field = BY_NAME + query.name();
    String in = resource.namespaced() ? query.namespace().orElse("") : "";
    return in.isEmpty()
        ? anywhere(resource, field)
        : reader.read(resource, new Scope(in, "", field));
  }

  private <V extends KubeObject> List<V> anywhere(Resource<V> resource, String field)
      throws IOException, InterruptedException {
    try {
      return reader.read(resource, new Scope("", "", field));
    } catch (ApiException e) {
      if (e.code() != 403 || !resource.namespaced() || namespaces.contains("")) {
        throw e;
      }
    }
    List<V> all = new ArrayList<>();
    for (String namespace : namespaces) {
      all.addAll(reader.read(resource, new Scope(namespace, "", field)));
    }
    return all;
  }

  private Absence why(Role kind, KubeObject object) throws IOException, InterruptedException {
    Optional<Absence> absence = Reasons.namespace(kind, object.key(), namespaces);
    if (absence.isEmpty() && kind == config.role() && isLeftOut(kind, object)) {
      absence = Reasons.selector(config, kind, object);
    }
    if (absence.isEmpty()) {
      absence = ofContent(kind, object);
    }
    return absence.orElseGet(
        () ->
            new Absence(
                "",
                Why.UNCLEAR,
                Reasons.name(kind, object.key())
                    + " is there and nothing keeps it out: it may have come just now"));
  }

  private Optional<Absence> ofContent(Role kind, KubeObject object)
      throws IOException, InterruptedException {
    if (object instanceof PodView pod) {
      return config.role() == Role.POD
          ? ofPod(pod)
          : leftOut(
              pod.meta().namespace(), listings -> Reasons.listed(config.role(), pod, listings));
    }
    if (object instanceof ServiceView service) {
      return config.role() == Role.SERVICE
          ? Reasons.service(service)
          : leftOut(
              service.meta().namespace(),
              listings -> Reasons.listed(config.role(), service, listings));
    }
    if (object instanceof NodeView node) {
      return Reasons.node(node);
    }
    if (object instanceof IngressView ingress) {
      return Reasons.ingress(ingress);
    }
    return leftOut(
        object.meta().namespace(),
        listings ->
            Reasons.empty(
                "",
                kind,
                listings.stream().filter(one -> one.key().equals(object.key())).toList()));
  }

  private Optional<Absence> ofPod(PodView pod) throws IOException, InterruptedException {
    Optional<Absence> absence = Reasons.pod(pod);
    if (absence.isEmpty() && config.attach().node()) {
      Selector nodes = config.selector(Role.NODE);
      Scope scope = new Scope("", nodes.label(), and(nodes.field(), BY_NAME + pod.nodeName()));
      return Reasons.node(config, pod, !reader.read(Resource.NODES, scope).isEmpty());
    }
    return absence;
  }

  /** Looks first at all that services list in a namespace, then at what the selector lets. */
  private Optional<Absence> leftOut(String namespace, Judge judge)
      throws IOException, InterruptedException {
    Optional<Absence> absence = judge.of(listings(new Scope(namespace, "", "")));
    Selector selector = config.selector(config.role());
    if (absence.isPresent() || (selector.label().isEmpty() && selector.field().isEmpty())) {
      return absence;
    }
    return judge
        .of(listings(new Scope(namespace, selector.label(), selector.field())))
        .map(
            any ->
                new Absence(
                    "",
                    Why.SELECTOR,
                    "the selector of role "
                        + config.role().text()
                        + " (label: "
                        + selector.label()
                        + ", field: "
                        + selector.field()
                        + ") leaves out the "
                        + config.role().text()
                        + " objects that list it"));
  }

  private interface Judge {
    Optional<Absence> of(List<Listing> listings);
  }

  private List<Listing> listings(Scope scope) throws IOException, InterruptedException {
    return config.role() == Role.ENDPOINTS
        ? reader.read(Resource.ENDPOINTS, scope).stream().map(Listing::of).toList()
        : reader.read(Resource.ENDPOINT_SLICES, scope).stream().map(Listing::of).toList();
  }

  /** Whether the role's own selector leaves an object out that is there. */
  private boolean isLeftOut(Role kind, KubeObject object) throws IOException, InterruptedException {
    Selector selector = config.selector(kind);
    if (selector.label().isEmpty() && selector.field().isEmpty()) {
      return false;
    }
    Scope scope =
        new Scope(
            object.meta().namespace(),
            selector.label(),
            and(selector.field(), BY_NAME + object.meta().name()));
    return reader.read(Reasons.resource(kind), scope).isEmpty();
  }

  private static String and(String one, String other) {
    return one.isEmpty() ? other : one + "," + other;
  }

  private Absence address(AddressQuery query) throws InterruptedException {
    boolean nodes = config.role() == Role.NODE;
    if (config.role() == Role.SERVICE || config.role() == Role.INGRESS) {
      return new Absence("", Why.NOT_THERE, "no target that it discovers has this address");
    }
    try {
      return nodes ? nodeAt(query) : podAt(query);
    } catch (IOException e) {
      return unreadable(e, nodes ? Resource.NODES : Resource.PODS, "");
    }
  }

  private Absence podAt(AddressQuery query) throws IOException, InterruptedException {
    for (PodView pod : anywhere(Resource.PODS, "status.podIP=" + query.host())) {
      if (query.port().isPresent()) {
        Optional<Absence> port = Reasons.port(pod, query.port().get());
        if (config.role() == Role.POD
            && port.isPresent()
            && Reasons.namespace(Role.POD, pod.key(), namespaces).isEmpty()) {
          return port.get();
        }
      }
      return why(Role.POD, pod);
    }
    return new Absence("", Why.NOT_THERE, "no pod has the address " + query.host());
  }

  private Absence nodeAt(AddressQuery query) throws IOException, InterruptedException {
    for (NodeView node : reader.read(Resource.NODES, Scope.ALL)) {
      if (node.addresses().stream().anyMatch(at -> at.address().equals(query.host()))) {
        if (isLeftOut(Role.NODE, node)) {
          return Reasons.selector(config, Role.NODE, node).orElseThrow();
        }
        return new Absence(
            "",
            Why.NO_PORT,
            Reasons.name(Role.NODE, node.key())
                + " has this address, and its only target is the kubelet's port "
                + node.kubeletPort()
                + " at the first of its addresses");
      }
    }
    return new Absence("", Why.NOT_THERE, "no node has the address " + query.host());
  }

  private static Absence unreadable(IOException e, Resource<?> resource, String namespace) {
    String in = resource.namespaced() ? namespace : "";
    return new Absence(
        "", Why.UNREADABLE, WatchProblem.of(e, resource, new Scope(in, "", "")).reason());
  }

  /**
   * Gives the names of objects that are there and could have been meant, as {@link Query#names}.
   * What cannot be read gives none: the reason has been told by {@link #inspect}.
   */
  public void names(ObjectQuery query, BiConsumer<String, String> names)
      throws InterruptedException {
    for (Role kind : query.kinds()) {
      if (!Reasons.concerns(config.role(), kind)) {
        continue;
      }
      try {
        for (KubeObject object : anywhere(Reasons.resource(kind), "")) {
          query.name(kind, object.meta().namespace(), object.meta().name(), names);
        }
      } catch (IOException e) {
        log.debug("no names of {} for those that are near", kind.text(), e);
      }
    }
  }
}
