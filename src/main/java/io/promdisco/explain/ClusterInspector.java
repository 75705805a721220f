package io.promdisco.explain;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.KubernetesSdConfig.Selector;
import io.promdisco.explain.Absence.Reason;
import io.promdisco.explain.ExplainQuery.AddressQuery;
import io.promdisco.explain.ExplainQuery.FoundQuery;
import io.promdisco.explain.ExplainQuery.LabelQuery;
import io.promdisco.explain.ExplainQuery.ObjectQuery;
import io.promdisco.explain.ExplainQuery.WorkloadQuery;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.object.ServiceView;
import io.promdisco.providers.kubernetes.role.EndpointSliceGroupBuilder;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchErrorMessage;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.Nouns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * Finds out why a Kubernetes SD config discovers nothing that matches a query, by reading the
 * cluster again. Reads no more than necessary: first the object, then the objects that its targets
 * are made from.
 */
public final class ClusterInspector {
  private static final Logger log = EscapingLogger.of(ClusterInspector.class);
  private static final String BY_NAME = "metadata.name=";
  private static final int MOST_OBJECTS = 5;
  private static final int MOST_PODS = 5;
  private static final int PAGE_SIZE = 500;

  private final KubernetesSdConfig config;
  private final ResourceClient client;
  private final List<String> namespaces;

  /**
   * Creates an inspector for what {@code config} discovers in {@code namespaces}; only the empty
   * one for all.
   */
  public ClusterInspector(
      KubernetesSdConfig config, List<String> namespaces, ResourceClient client) {
    this.config = config;
    this.client = client;
    this.namespaces = List.copyOf(namespaces);
  }

  /** Returns the reasons, at least one. They do not contain the name of the source. */
  public List<Absence> inspect(ExplainQuery query) throws InterruptedException {
    if (query instanceof ObjectQuery object) {
      return object(object);
    }
    if (query instanceof WorkloadQuery workload) {
      return workload(workload);
    }
    if (query instanceof FoundQuery found) {
      List<Absence> absences = new ArrayList<>();
      for (ObjectQuery object : found.objects().keySet()) {
        absences.addAll(object(object));
      }
      return absences;
    }
    if (query instanceof AddressQuery address) {
      return address(address);
    }
    LabelQuery label = (LabelQuery) query;
    return List.of(
        Absence.of(
            Reason.NOT_THERE,
            "none of its targets has " + label.name() + "=\"" + label.value() + "\""));
  }

  private List<Absence> object(ObjectQuery query) throws InterruptedException {
    List<Role> kinds =
        query.kinds().stream()
            .filter(kind -> AbsenceReasons.concerns(config.role(), kind))
            .toList();
    if (kinds.isEmpty()) {
      return List.of(
          Absence.of(
              Reason.OTHER_SOURCE,
              "role "
                  + config.role().text()
                  + " does not discover "
                  + (query.kinds().size() == 1 ? one(query) : "objects in namespaces")));
    }
    List<Absence> found = new ArrayList<>();
    for (Role kind : kinds) {
      Resource<?> resource = AbsenceReasons.resource(kind);
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
      found.add(Absence.of(Reason.NOT_THERE, "there is no " + names + " " + query.name() + where));
    }
    return found;
  }

  /** Returns the reasons of the pods that a workload owns, each once. */
  private List<Absence> workload(WorkloadQuery query) throws InterruptedException {
    if (!AbsenceReasons.concerns(config.role(), Role.POD)) {
      return List.of(
          Absence.of(
              Reason.OTHER_SOURCE,
              "role " + config.role().text() + " does not discover the pods of a workload"));
    }
    Set<Absence> found = new LinkedHashSet<>();
    String in = query.namespace().orElse("");
    try {
      for (PodView pod : namespace(Resource.PODS, in, "")) {
        if (query.owns(pod) && found.size() < MOST_PODS) {
          found.add(why(Role.POD, pod));
        }
      }
    } catch (IOException e) {
      found.add(unreadable(e, Resource.PODS, in));
    }
    if (found.isEmpty()) {
      found.add(
          Absence.of(
              Reason.NOT_THERE,
              "no pod belongs to "
                  + query.kind().text()
                  + " "
                  + query.name()
                  + (in.isEmpty() ? "" : " in namespace " + in)));
    }
    return List.copyOf(found);
  }

  /** The reasons why objects that a monitor selects give no target. They name no source. */
  public List<Absence> inspect(ObjectSelection selection) throws InterruptedException {
    Role kind = AbsenceReasons.selectable(config.role());
    Resource<?> resource = AbsenceReasons.resource(kind);
    try {
      return selected(kind, selection, anywhere(resource, "", ""), keptBySelector(kind, resource));
    } catch (IOException e) {
      return List.of(unreadable(e, resource, ""));
    }
  }

  /** The objects that the role's own selector lets through. */
  private Predicate<KubeObject> keptBySelector(Role kind, Resource<?> resource)
      throws IOException, InterruptedException {
    Selector selector = config.selector(kind);
    if (selector.label().isEmpty() && selector.field().isEmpty()) {
      return any -> true;
    }
    Set<ObjectKey> kept = new HashSet<>();
    anywhere(resource, selector.label(), selector.field()).forEach(one -> kept.add(one.key()));
    return object -> kept.contains(object.key());
  }

  private List<Absence> selected(
      Role kind,
      ObjectSelection selection,
      List<? extends KubeObject> objects,
      Predicate<KubeObject> kept)
      throws IOException, InterruptedException {
    List<Absence> found = new ArrayList<>();
    List<KubeObject> others = new ArrayList<>();
    boolean isAnySelected = false;
    for (KubeObject object : objects) {
      boolean elsewhere = AbsenceReasons.namespace(kind, object.key(), namespaces).isPresent();
      boolean isSelected = kept.test(object) && selection.selects(kind.text(), object);
      if (isSelected && !elsewhere) {
        isAnySelected = true;
        if (!selection.discovered().contains(object.key()) && found.size() < MOST_OBJECTS) {
          found.add(why(kind, object));
        }
      } else if (!elsewhere) {
        others.add(object);
      }
    }
    if (isAnySelected) {
      return found;
    }
    found.add(AbsenceReasons.unselected(kind, selection.selector(), namespaces, others));
    for (KubeObject object : objects) {
      Optional<Absence> elsewhere = AbsenceReasons.namespace(kind, object.key(), namespaces);
      if (elsewhere.isPresent()
          && found.size() < MOST_OBJECTS
          && kept.test(object)
          && selection.selects(kind.text(), object)) {
        found.add(elsewhere.get());
      }
    }
    return found;
  }

  private <V extends KubeObject> List<V> read(Resource<V> resource, WatchScope scope)
      throws IOException, InterruptedException {
    List<V> all = new ArrayList<>();
    client.listAll(resource, scope, PAGE_SIZE, all::add);
    return all;
  }

  private static String one(ObjectQuery query) {
    return Nouns.withArticle(query.kinds().iterator().next().text());
  }

  /** Returns objects by name; only from the discovered namespaces if others are forbidden. */
  private <V extends KubeObject> List<V> named(Resource<V> resource, ObjectQuery query)
      throws IOException, InterruptedException {
    String in = resource.namespaced() ? query.namespace().orElse("") : "";
    return namespace(resource, in, BY_NAME + query.name());
  }

  /** Returns the objects in a namespace; if it is empty, {@link #anywhere}. */
  private <V extends KubeObject> List<V> namespace(
      Resource<V> resource, String namespace, String field)
      throws IOException, InterruptedException {
    return namespace.isEmpty()
        ? anywhere(resource, "", field)
        : read(resource, new WatchScope(namespace, "", field));
  }

  private <V extends KubeObject> List<V> anywhere(Resource<V> resource, String label, String field)
      throws IOException, InterruptedException {
    try {
      return read(resource, new WatchScope("", label, field));
    } catch (ApiException e) {
      if (e.code() != 403 || !resource.namespaced() || namespaces.contains("")) {
        throw e;
      }
    }
    List<V> all = new ArrayList<>();
    for (String namespace : namespaces) {
      all.addAll(read(resource, new WatchScope(namespace, label, field)));
    }
    return all;
  }

  private Absence why(Role kind, KubeObject object) throws IOException, InterruptedException {
    Optional<Absence> absence = AbsenceReasons.namespace(kind, object.key(), namespaces);
    if (absence.isEmpty() && kind == config.role() && isLeftOut(kind, object)) {
      absence = AbsenceReasons.selector(config, kind, object);
    }
    if (absence.isEmpty()) {
      absence = ofContent(kind, object);
    }
    return absence.orElseGet(
        () ->
            Absence.of(
                Reason.UNCLEAR,
                AbsenceReasons.name(kind, object.key())
                    + " exists and nothing excludes it, but it is not discovered yet; run again"));
  }

  private Optional<Absence> ofContent(Role kind, KubeObject object)
      throws IOException, InterruptedException {
    if (object instanceof PodView pod) {
      return config.role() == Role.POD
          ? ofPod(pod)
          : leftOut(
              pod.meta().namespace(),
              listings -> AbsenceReasons.listed(config.role(), pod, listings));
    }
    if (object instanceof ServiceView service) {
      return config.role() == Role.SERVICE
          ? AbsenceReasons.service(service)
          : leftOut(
              service.meta().namespace(),
              listings -> AbsenceReasons.listed(config.role(), service, listings));
    }
    if (object instanceof NodeView node) {
      return AbsenceReasons.node(node);
    }
    if (object instanceof IngressView ingress) {
      return AbsenceReasons.ingress(ingress);
    }
    return leftOut(
        object.meta().namespace(),
        listings ->
            AbsenceReasons.empty(
                "",
                kind,
                listings.stream().filter(one -> one.key().equals(object.key())).toList()));
  }

  private Optional<Absence> ofPod(PodView pod) throws IOException, InterruptedException {
    Optional<Absence> absence = AbsenceReasons.pod(pod);
    if (absence.isEmpty() && config.attach().node()) {
      Selector nodes = config.selector(Role.NODE);
      WatchScope scope =
          new WatchScope("", nodes.label(), and(nodes.field(), BY_NAME + pod.nodeName()));
      return AbsenceReasons.node(config, pod, !read(Resource.NODES, scope).isEmpty());
    }
    return absence;
  }

  /** Checks all endpoints or slices in a namespace first, then those that match the selector. */
  private Optional<Absence> leftOut(String namespace, Judge judge)
      throws IOException, InterruptedException {
    Optional<Absence> absence = judge.of(listings(new WatchScope(namespace, "", "")));
    Selector selector = config.selector(config.role());
    if (absence.isPresent() || (selector.label().isEmpty() && selector.field().isEmpty())) {
      return absence;
    }
    return judge
        .of(listings(new WatchScope(namespace, selector.label(), selector.field())))
        .map(
            any ->
                Absence.of(
                    Reason.SELECTOR,
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
    Optional<Absence> of(List<ListedEndpoints> listings);
  }

  private List<ListedEndpoints> listings(WatchScope scope)
      throws IOException, InterruptedException {
    if (config.role() == Role.ENDPOINTS) {
      return read(Resource.ENDPOINTS, scope).stream().map(ListedEndpoints::of).toList();
    }
    Selector selector = config.selector(Role.SERVICE);
    Map<ObjectKey, ServiceView> services = new HashMap<>();
    for (ServiceView service :
        read(
            Resource.SERVICES,
            new WatchScope(scope.namespace(), selector.label(), selector.field()))) {
      services.put(service.key(), service);
    }
    List<ListedEndpoints> listings = new ArrayList<>();
    for (EndpointSliceView slice : read(Resource.ENDPOINT_SLICES, scope)) {
      ObjectKey service = EndpointSliceGroupBuilder.serviceOf(slice);
      listings.add(ListedEndpoints.of(slice, service == null ? null : services.get(service)));
    }
    return listings;
  }

  /** Whether the role's own selector excludes an existing object. */
  private boolean isLeftOut(Role kind, KubeObject object) throws IOException, InterruptedException {
    Selector selector = config.selector(kind);
    if (selector.label().isEmpty() && selector.field().isEmpty()) {
      return false;
    }
    WatchScope scope =
        new WatchScope(
            object.meta().namespace(),
            selector.label(),
            and(selector.field(), BY_NAME + object.meta().name()));
    return read(AbsenceReasons.resource(kind), scope).isEmpty();
  }

  private static String and(String one, String other) {
    return one.isEmpty() ? other : one + "," + other;
  }

  private List<Absence> address(AddressQuery query) throws InterruptedException {
    Role role = config.role();
    if (role == Role.SERVICE || role == Role.INGRESS) {
      return List.of(Absence.of(Reason.NOT_THERE, "none of its targets has this address"));
    }
    try {
      return role == Role.NODE ? List.of(nodeAt(query)) : podsAt(query);
    } catch (IOException e) {
      return List.of(unreadable(e, role == Role.NODE ? Resource.NODES : Resource.PODS, ""));
    }
  }

  private List<Absence> podsAt(AddressQuery query) throws IOException, InterruptedException {
    List<Absence> found = new ArrayList<>();
    for (PodView pod : podsWith(query)) {
      Optional<Absence> port = query.port().flatMap(number -> AbsenceReasons.port(pod, number));
      boolean elsewhere = AbsenceReasons.namespace(Role.POD, pod.key(), namespaces).isPresent();
      found.add(
          config.role() == Role.POD && !elsewhere && port.isPresent()
              ? port.get()
              : why(Role.POD, pod));
    }
    if (found.isEmpty() && config.role() != Role.POD) {
      found.addAll(listedAt(query));
    }
    if (found.isEmpty()) {
      found.add(Absence.of(Reason.NOT_THERE, "no pod has the address " + query.host()));
    }
    return found;
  }

  /** Returns pods that have an address, up to a maximum number. */
  private List<PodView> podsWith(AddressQuery query) throws IOException, InterruptedException {
    List<PodView> pods = anywhere(Resource.PODS, "", "status.podIP=" + query.host());
    if (pods.isEmpty()) {
      pods = anywhere(Resource.PODS, "", "");
    }
    return pods.stream().filter(pod -> has(pod, query)).limit(MOST_PODS).toList();
  }

  private static boolean has(PodView pod, AddressQuery query) {
    return query.isHost(pod.ip()) || pod.furtherIps().stream().anyMatch(query::isHost);
  }

  /**
   * Returns why endpoints or slices that list an address without a pod do not result in a target.
   */
  private List<Absence> listedAt(AddressQuery query) throws IOException, InterruptedException {
    List<Absence> found = new ArrayList<>();
    for (String namespace : namespaces) {
      for (ListedEndpoints listing : listings(new WatchScope(namespace, "", ""))) {
        if (listing.addresses().stream().anyMatch(query::isHost)) {
          AbsenceReasons.empty("", config.role(), List.of(listing))
              .or(
                  () ->
                      query
                          .port()
                          .flatMap(
                              port ->
                                  AbsenceReasons.absence(
                                      Reason.NO_PORT,
                                      config.role().text()
                                          + " "
                                          + listing.key()
                                          + " lists this address, but not with port "
                                          + port)))
              .ifPresent(found::add);
        }
      }
    }
    return found;
  }

  private Absence nodeAt(AddressQuery query) throws IOException, InterruptedException {
    for (NodeView node : read(Resource.NODES, WatchScope.ALL)) {
      if (node.addresses().stream().anyMatch(at -> query.isHost(at.address()))) {
        if (isLeftOut(Role.NODE, node)) {
          return AbsenceReasons.selector(config, Role.NODE, node).orElseThrow();
        }
        Optional<Absence> unusable = AbsenceReasons.node(node);
        return unusable.isPresent()
            ? unusable.get()
            : Absence.of(
                Reason.NO_PORT,
                AbsenceReasons.name(Role.NODE, node.key())
                    + " has this address, but its only target is the kubelet's port "
                    + node.kubeletPort()
                    + " at the first of its addresses");
      }
    }
    return Absence.of(Reason.NOT_THERE, "no node has the address " + query.host());
  }

  /**
   * Returns the objects with an address for which there is no target, and how it belongs to them:
   * cluster IPs, external IPs and host names of services, further IPs of pods and nodes, hosts of
   * ingresses. Leaves out objects that the credentials may not read.
   */
  public Map<ObjectQuery, String> owners(AddressQuery query) throws InterruptedException {
    Map<ObjectQuery, String> owners = new LinkedHashMap<>();
    for (ServiceView service : readable(Resource.SERVICES)) {
      AddressOwners.of(service, query).ifPresent(as -> add(owners, Role.SERVICE, service, as));
    }
    for (IngressView ingress : readable(Resource.INGRESSES)) {
      AddressOwners.of(ingress, query).ifPresent(as -> add(owners, Role.INGRESS, ingress, as));
    }
    for (NodeView node : readable(Resource.NODES)) {
      AddressOwners.of(node, query).ifPresent(as -> add(owners, Role.NODE, node, as));
    }
    if (owners.isEmpty()) {
      for (PodView pod : readable(Resource.PODS)) {
        AddressOwners.of(pod, query).ifPresent(as -> add(owners, Role.POD, pod, as));
      }
    }
    return owners;
  }

  private static void add(
      Map<ObjectQuery, String> owners, Role kind, KubeObject object, String address) {
    String in = object.meta().namespace();
    String full = kind.text() + "/" + (in.isEmpty() ? "" : in + "/") + object.meta().name();
    owners.put(
        new ObjectQuery(
            full,
            EnumSet.of(kind),
            in.isEmpty() ? Optional.empty() : Optional.of(in),
            object.meta().name()),
        address);
  }

  private <V extends KubeObject> List<V> readable(Resource<V> resource)
      throws InterruptedException {
    try {
      return anywhere(resource, "", "");
    } catch (IOException e) {
      log.debug("no {} for those that have an address", resource.plural(), e);
      return List.of();
    }
  }

  private static Absence unreadable(IOException e, Resource<?> resource, String namespace) {
    String in = resource.namespaced() ? namespace : "";
    return Absence.of(
        Reason.UNREADABLE, WatchErrorMessage.of(e, resource, new WatchScope(in, "", "")).reason());
  }

  /**
   * Passes the names of existing objects that could have been meant to {@code names}, like {@link
   * ExplainQuery#names}. Leaves out what cannot be read; {@link #inspect} has reported the reason.
   */
  public void names(ExplainQuery query, BiConsumer<String, String> names)
      throws InterruptedException {
    if (query instanceof WorkloadQuery workload
        && AbsenceReasons.concerns(config.role(), Role.POD)) {
      for (PodView pod : readable(Resource.PODS)) {
        workload.name(pod, names);
      }
    }
    if (query instanceof ObjectQuery object) {
      for (Role kind : object.kinds()) {
        if (AbsenceReasons.concerns(config.role(), kind)) {
          for (KubeObject one : readable(AbsenceReasons.resource(kind))) {
            object.name(kind, one.meta().namespace(), one.meta().name(), names);
          }
        }
      }
    }
  }
}
