package io.promdisco.explain;

import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.model.Labels;
import io.promdisco.model.SpellingSuggestions;
import io.promdisco.monitors.MonitorKind;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.scrape.TargetOutcome;
import io.promdisco.util.HostNames;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The query of the user. Immutable. */
public sealed interface ExplainQuery {
  /** The text of the query. */
  String text();

  /** Whether the query matches a target, by its labels before relabelling or by its outcome. */
  boolean matches(Labels discovered, TargetOutcome outcome);

  /** The spelling of the query as a name, to search for similar names. */
  String spelling();

  /**
   * Returns the object of a matching target, for example {@code pod/shop/web-0}; empty if there is
   * none, or if the query intentionally matches several objects.
   */
  String object(Labels discovered);

  /** Returns the address that the query means or could mean. */
  default Optional<AddressQuery> address() {
    return Optional.empty();
  }

  /**
   * Passes the names with which a target could have been queried, and how to show each, to {@code
   * names}.
   */
  void names(Labels discovered, TargetOutcome outcome, BiConsumer<String, String> names);

  /**
   * Parses {@code pod/shop/web-0}, {@code pod/web-0}, {@code shop/web-0}, {@code web-0}, {@code
   * deploy/web}, {@code 10.0.0.1}, {@code 10.0.0.1:8080}, {@code http://10.0.0.1:8080/metrics} or
   * {@code LABEL=value}. Kinds are those of kubectl, in any case: singular, plural, short, with a
   * group.
   *
   * @throws IllegalArgumentException if it is none of these; the message says what was expected
   */
  static ExplainQuery parse(String text) {
    return QueryParser.parse(text);
  }

  /**
   * A Kubernetes object.
   *
   * @param text the text of the query
   * @param kinds the possible kinds, as roles
   * @param namespace the namespace; empty for any
   * @param name its name
   */
  record ObjectQuery(String text, Set<Role> kinds, Optional<String> namespace, String name)
      implements ExplainQuery {
    private static final String META = "__meta_kubernetes_";
    private static final String TARGET_NAME = "address_target_name";
    private static final String TARGET_KIND = "address_target_kind";
    private static final List<Role> MOST_TELLING =
        List.of(
            Role.POD, Role.SERVICE, Role.INGRESS, Role.NODE, Role.ENDPOINTS, Role.ENDPOINTSLICE);

    /** Copies the set. */
    public ObjectQuery {
      kinds = EnumSet.copyOf(kinds);
    }

    /**
     * Whether an object, of which only this is known, is meant for a source of {@code role}.
     *
     * @param objectKind for example {@code Pod}
     * @param in its namespace; empty if unknown or none
     */
    public boolean isNamed(Role role, String objectKind, String in, String objectName) {
      boolean known = namespace.isEmpty() || in.isEmpty() || namespace.get().equals(in);
      return known
          && name.equals(objectName)
          && kinds.stream()
              .anyMatch(
                  kind ->
                      kind.text().equals(objectKind.toLowerCase(Locale.ROOT))
                          && AbsenceReasons.concerns(role, kind));
    }

    /** Whether only a name was given, which may be that of a host too. */
    boolean isBare() {
      return namespace.isEmpty() && kinds.size() == Role.values().length;
    }

    @Override
    public boolean matches(Labels discovered, TargetOutcome outcome) {
      return (isBare() && HostNames.withoutPort(discovered.getOrEmpty("__address__")).equals(name))
          || kind(discovered) != null;
    }

    /**
     * Returns the kind of the object with this name from which a target is made; null if there is
     * none.
     */
    private @Nullable Role kind(Labels discovered) {
      String in = discovered.get(META + "namespace");
      if (namespace.isPresent() && in != null && !namespace.get().equals(in)) {
        return null;
      }
      for (Role kind : MOST_TELLING) {
        if (kinds.contains(kind) && name.equals(nameOf(kind, discovered))) {
          return kind;
        }
      }
      return null;
    }

    @Override
    public String object(Labels discovered) {
      Role kind = kind(discovered);
      return kind == null ? "" : full(kind, discovered, name);
    }

    @Override
    public Optional<AddressQuery> address() {
      return isBare()
          ? Optional.of(new AddressQuery(text, name, Optional.empty()))
          : Optional.empty();
    }

    /**
     * Returns the most specific object of a target, for example {@code pod/shop/web-0}; empty if
     * there is none.
     */
    private static String of(Labels discovered) {
      for (Role kind : MOST_TELLING) {
        String found = nameOf(kind, discovered);
        if (found != null) {
          return full(kind, discovered, found);
        }
      }
      return "";
    }

    private static String full(Role kind, Labels discovered, String name) {
      String in = kind == Role.NODE ? "" : discovered.getOrEmpty(META + "namespace");
      return kind.text() + "/" + (in.isEmpty() ? "" : in + "/") + name;
    }

    /**
     * Returns the name of the object of this kind from which a target is made; null if there is
     * none.
     */
    private static @Nullable String nameOf(Role kind, Labels discovered) {
      return switch (kind) {
        case POD -> orTarget(discovered.get(META + "pod_name"), "Pod", discovered);
        case SERVICE -> discovered.get(META + "service_name");
        case INGRESS -> discovered.get(META + "ingress_name");
        case ENDPOINTS -> discovered.get(META + "endpoints_name");
        case ENDPOINTSLICE -> discovered.get(META + "endpointslice_name");
        // The node of a pod is attached to targets that are not made from the node.
        case NODE ->
            orTarget(
                discovered.has(META + "namespace") ? null : discovered.get(META + "node_name"),
                "Node",
                discovered);
      };
    }

    private static @Nullable String orTarget(
        @Nullable String name, String kind, Labels discovered) {
      if (name != null) {
        return name;
      }
      for (String prefix : List.of(META + "endpointslice_", META + "endpoint_")) {
        if (kind.equals(discovered.get(prefix + TARGET_KIND))) {
          return discovered.get(prefix + TARGET_NAME);
        }
      }
      return null;
    }

    @Override
    public String spelling() {
      return namespace.map(in -> in + "/" + name).orElse(name);
    }

    @Override
    public void names(Labels discovered, TargetOutcome outcome, BiConsumer<String, String> names) {
      String in = discovered.get(META + "namespace");
      for (Role kind : kinds) {
        String found = nameOf(kind, discovered);
        if (found != null) {
          name(kind, kind == Role.NODE ? null : in, found, names);
        }
      }
      if (isBare()) {
        String host = HostNames.withoutPort(discovered.getOrEmpty("__address__"));
        names.accept(host, host);
      }
    }

    /** Passes the name of an object, spelled like this query, to {@code names}. */
    void name(Role kind, @Nullable String in, String found, BiConsumer<String, String> names) {
      String full = in == null || in.isEmpty() ? found : in + "/" + found;
      names.accept(namespace.isPresent() ? full : found, kind.text() + "/" + full);
    }
  }

  /**
   * An address.
   *
   * @param text the text of the query
   * @param host a name or an IP address, without brackets, normalized
   * @param port empty for any
   */
  record AddressQuery(String text, String host, Optional<Integer> port) implements ExplainQuery {
    /** Normalizes the host. */
    public AddressQuery {
      host = HostNames.canonical(host);
    }

    /** Whether {@code other} is the same host, possibly spelled differently. */
    boolean isHost(String other) {
      return host.equals(HostNames.canonical(other));
    }

    @Override
    public boolean matches(Labels discovered, TargetOutcome outcome) {
      return isAt(discovered.getOrEmpty("__address__"))
          || (outcome instanceof TargetOutcome.Kept kept && isAt(kept.target().address()));
    }

    private boolean isAt(String address) {
      return isHost(HostNames.withoutPort(address))
          && (port.isEmpty() || address.endsWith(":" + port.get()));
    }

    @Override
    public String object(Labels discovered) {
      return ObjectQuery.of(discovered);
    }

    @Override
    public Optional<AddressQuery> address() {
      return Optional.of(this);
    }

    @Override
    public String spelling() {
      return port.isPresent() ? host + ":" + port.get() : host;
    }

    @Override
    public void names(Labels discovered, TargetOutcome outcome, BiConsumer<String, String> names) {
      String address = discovered.getOrEmpty("__address__");
      names.accept(port.isPresent() ? address : HostNames.withoutPort(address), address);
    }
  }

  /**
   * The value of a label, before or after relabelling.
   *
   * @param text the text of the query
   * @param name the label
   * @param value its value
   */
  record LabelQuery(String text, String name, String value) implements ExplainQuery {
    @Override
    public boolean matches(Labels discovered, TargetOutcome outcome) {
      return value.equals(discovered.get(name))
          || (outcome instanceof TargetOutcome.Kept kept
              && value.equals(kept.target().label(name)));
    }

    @Override
    public String object(Labels discovered) {
      return "";
    }

    @Override
    public String spelling() {
      return text;
    }

    @Override
    public void names(Labels discovered, TargetOutcome outcome, BiConsumer<String, String> names) {
      names(discovered, names);
      if (outcome instanceof TargetOutcome.Kept kept) {
        names(kept.target().labels(), names);
      }
    }

    /** Passes other values of the label, and other labels with the value, to {@code names}. */
    private void names(Labels labels, BiConsumer<String, String> names) {
      labels.forEach(
          (other, itsValue) -> {
            if (other.equals(name) || itsValue.equals(value)) {
              names.accept(other + "=" + itsValue, other + "=" + itsValue);
            }
          });
    }
  }

  /**
   * The pods of a workload.
   *
   * @param text the text of the query
   * @param kind the kind that owns the pods
   * @param namespace the namespace; empty for any
   * @param name its name
   * @param known pods that are left out because their targets are known
   */
  record WorkloadQuery(
      String text, WorkloadKind kind, Optional<String> namespace, String name, Set<ObjectKey> known)
      implements ExplainQuery {
    private static final String POD = ObjectQuery.META + "pod_";

    /** Copies the set. */
    public WorkloadQuery {
      known = Set.copyOf(known);
    }

    /** Returns this query without some pods. */
    WorkloadQuery without(Set<ObjectKey> pods) {
      return new WorkloadQuery(text, kind, namespace, name, pods);
    }

    /** Returns the pod of a matching target; empty if its name is unknown. */
    static Optional<ObjectKey> pod(Labels discovered) {
      String pod = discovered.get(POD + "name");
      return pod == null
          ? Optional.empty()
          : Optional.of(new ObjectKey(discovered.getOrEmpty(ObjectQuery.META + "namespace"), pod));
    }

    @Override
    public boolean matches(Labels discovered, TargetOutcome outcome) {
      String in = discovered.getOrEmpty(ObjectQuery.META + "namespace");
      return (namespace.isEmpty() || namespace.get().equals(in))
          && owner(discovered).filter(name::equals).isPresent();
    }

    /** Whether a pod belongs to it. */
    boolean owns(PodView pod) {
      return !known.contains(pod.key())
          && (namespace.isEmpty() || namespace.get().equals(pod.meta().namespace()))
          && kind.ownerOf(pod.meta()).filter(name::equals).isPresent();
    }

    private Optional<String> owner(Labels discovered) {
      return kind.owner(
          discovered.getOrEmpty(POD + "controller_kind"),
          discovered.getOrEmpty(POD + "controller_name"),
          discovered.get(POD + "label_pod_template_hash"));
    }

    @Override
    public String object(Labels discovered) {
      return full(discovered.getOrEmpty(ObjectQuery.META + "namespace"), name);
    }

    private String full(String in, String owner) {
      return kind.text() + "/" + in + "/" + owner;
    }

    @Override
    public String spelling() {
      return namespace.map(in -> in + "/" + name).orElse(name);
    }

    @Override
    public void names(Labels discovered, TargetOutcome outcome, BiConsumer<String, String> names) {
      owner(discovered)
          .ifPresent(
              owner -> name(discovered.getOrEmpty(ObjectQuery.META + "namespace"), owner, names));
    }

    /** Passes the name of the workload of this kind that owns a pod to {@code names}. */
    void name(PodView pod, BiConsumer<String, String> names) {
      kind.ownerOf(pod.meta()).ifPresent(owner -> name(pod.meta().namespace(), owner, names));
    }

    private void name(String in, String owner, BiConsumer<String, String> names) {
      names.accept(namespace.isPresent() ? in + "/" + owner : owner, full(in, owner));
    }
  }

  /**
   * Objects that have the queried address.
   *
   * @param text the text of the query
   * @param objects the objects, and how the address belongs to them
   */
  record FoundQuery(String text, Map<ObjectQuery, String> objects) implements ExplainQuery {
    /** Copies the map. */
    public FoundQuery {
      objects = Collections.unmodifiableMap(new LinkedHashMap<>(objects));
    }

    @Override
    public boolean matches(Labels discovered, TargetOutcome outcome) {
      return objects.keySet().stream().anyMatch(object -> object.matches(discovered, outcome));
    }

    @Override
    public String object(Labels discovered) {
      return objects.keySet().stream()
          .map(object -> object.object(discovered))
          .filter(found -> !found.isEmpty())
          .findFirst()
          .orElse("");
    }

    @Override
    public String spelling() {
      return text;
    }

    @Override
    public void names(Labels discovered, TargetOutcome outcome, BiConsumer<String, String> names) {}
  }

  /** Parses queries. */
  final class QueryParser {
    private static final String EXPECTED =
        " (expected: KIND/NAMESPACE/NAME, NAMESPACE/NAME, NAME, HOST:PORT, a URL or LABEL=VALUE)";
    private static final Pattern IP =
        Pattern.compile(
            "\\[?([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F.]*)\\]?");
    private static final Pattern WITH_PORT = Pattern.compile("(.+):([0-9]{1,5})");
    private static final Map<String, Role> ROLES = roles();
    private static final Map<String, WorkloadKind> WORKLOADS = workloads();

    private QueryParser() {}

    private static Map<String, Role> roles() {
      Map<String, Role> roles = new LinkedHashMap<>();
      for (Role role : Role.values()) {
        roles.put(role.text(), role);
        roles.put(role == Role.INGRESS ? "ingresses" : role.text() + "s", role);
      }
      roles.put("po", Role.POD);
      roles.put("svc", Role.SERVICE);
      roles.put("no", Role.NODE);
      roles.put("ing", Role.INGRESS);
      roles.put("ep", Role.ENDPOINTS);
      roles.put("endpoint", Role.ENDPOINTS);
      return roles;
    }

    private static Map<String, WorkloadKind> workloads() {
      Map<String, WorkloadKind> workloads = new LinkedHashMap<>();
      for (WorkloadKind workload : WorkloadKind.values()) {
        workload.names().forEach(name -> workloads.put(name, workload));
      }
      return workloads;
    }

    static ExplainQuery parse(String text) {
      if (text.isBlank()) {
        throw new IllegalArgumentException("an empty query" + EXPECTED);
      }
      if (text.contains("://")) {
        return url(text);
      }
      int equals = text.indexOf('=');
      if (equals > 0) {
        return new LabelQuery(text, text.substring(0, equals), text.substring(equals + 1));
      }
      if (text.indexOf('/') >= 0) {
        return object(text);
      }
      Matcher ip = IP.matcher(text);
      if (ip.matches()) {
        return new AddressQuery(text, ip.group(1), Optional.empty());
      }
      Matcher address = WITH_PORT.matcher(text);
      if (address.matches()) {
        return new AddressQuery(
            text,
            HostNames.withoutPort(address.group()),
            Optional.of(Integer.parseInt(address.group(2))));
      }
      return new ObjectQuery(text, EnumSet.allOf(Role.class), Optional.empty(), text);
    }

    private static ExplainQuery url(String text) {
      try {
        String written = URI.create(text).getRawAuthority();
        if (written != null) {
          String authority = written.substring(written.lastIndexOf('@') + 1);
          Matcher address = WITH_PORT.matcher(authority);
          return new AddressQuery(
              text,
              HostNames.withoutPort(authority),
              address.matches()
                  ? Optional.of(Integer.parseInt(address.group(2)))
                  : Optional.empty());
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("\"" + text + "\" is not a URL" + EXPECTED, e);
      }
      throw new IllegalArgumentException("\"" + text + "\" has no host" + EXPECTED);
    }

    private static ExplainQuery object(String text) {
      List<String> parts = List.of(text.split("/", -1));
      if (parts.size() > 3 || parts.contains("")) {
        throw new IllegalArgumentException("\"" + text + "\"" + EXPECTED);
      }
      String kind = kind(parts.get(0));
      Role role = ROLES.get(kind);
      WorkloadKind workload = WORKLOADS.get(kind);
      if (parts.size() == 3 && role == null && workload == null) {
        throw new IllegalArgumentException("kind \"" + parts.get(0) + "\"" + expectedKind(kind));
      }
      String name = parts.get(parts.size() - 1);
      Optional<String> namespace = parts.size() == 3 ? Optional.of(parts.get(1)) : Optional.empty();
      if (role != null) {
        return new ObjectQuery(text, EnumSet.of(role), namespace, name);
      }
      if (workload != null) {
        return new WorkloadQuery(text, workload, namespace, name, Set.of());
      }
      return new ObjectQuery(
          text, EnumSet.complementOf(EnumSet.of(Role.NODE)), Optional.of(parts.get(0)), name);
    }

    /** Returns a kind in lower case, without its group. */
    private static String kind(String text) {
      int dot = text.indexOf('.');
      return (dot < 0 ? text : text.substring(0, dot)).toLowerCase(Locale.ROOT);
    }

    private static String expectedKind(String kind) {
      List<String> known = new ArrayList<>(ROLES.keySet());
      known.addAll(WORKLOADS.keySet());
      for (MonitorKind monitor : MonitorKind.values()) {
        if (monitor.names().contains(kind)) {
          return " (a monitor; expected: --prometheus-cr SETTINGS)";
        }
        known.add(monitor.text());
      }
      return " (expected: one of pod, service, endpoints, endpointslice, node, ingress, "
          + Arrays.stream(WorkloadKind.values())
              .map(WorkloadKind::text)
              .collect(Collectors.joining(", "))
          + SpellingSuggestions.hint(kind, known)
          + ")";
    }
  }
}
