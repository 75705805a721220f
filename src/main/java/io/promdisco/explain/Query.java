package io.promdisco.explain;

import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.model.Labels;
import io.promdisco.scrape.TargetOutcome;
import java.net.URI;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What somebody asks about. Immutable. */
public sealed interface Query {
  /** As it was asked. */
  String text();

  /** Whether a target is meant, by its labels before relabelling or by what became of it. */
  boolean matches(Labels discovered, TargetOutcome outcome);

  /** What a name would have been written like to mean a target, to look for near ones. */
  String spelling();

  /** Gives the names by which a target could have been asked for, and how to show each. */
  void names(Labels discovered, TargetOutcome outcome, BiConsumer<String, String> names);

  /**
   * Reads {@code pod/shop/web-0}, {@code pod/web-0}, {@code shop/web-0}, {@code web-0}, {@code
   * 10.0.0.1}, {@code 10.0.0.1:8080}, {@code http://10.0.0.1:8080/metrics} or {@code LABEL=value}.
   *
   * @throws IllegalArgumentException if it is none of these; the message says what was expected
   */
  static Query parse(String text) {
    return QueryParser.parse(text);
  }

  /**
   * A Kubernetes object.
   *
   * @param text as it was asked
   * @param kinds what it may be, as roles
   * @param namespace where; nothing: anywhere
   * @param name its name
   */
  record ObjectQuery(String text, Set<Role> kinds, Optional<String> namespace, String name)
      implements Query {
    private static final String META = "__meta_kubernetes_";
    private static final String TARGET_NAME = "address_target_name";
    private static final String TARGET_KIND = "address_target_kind";

    /** Copies the set. */
    public ObjectQuery {
      kinds = EnumSet.copyOf(kinds);
    }

    /** Whether nothing but a name was given, which may be that of a host too. */
    boolean isBare() {
      return namespace.isEmpty() && kinds.size() == Role.values().length;
    }

    @Override
    public boolean matches(Labels discovered, TargetOutcome outcome) {
      if (isBare() && AddressQuery.host(discovered.getOrEmpty("__address__")).equals(name)) {
        return true;
      }
      String in = discovered.get(META + "namespace");
      if (namespace.isPresent() && in != null && !namespace.get().equals(in)) {
        return false;
      }
      for (Role kind : kinds) {
        if (name.equals(nameOf(kind, discovered))) {
          return true;
        }
      }
      return false;
    }

    /** The name of the object of this kind that a target was made of; null: none was. */
    private static @Nullable String nameOf(Role kind, Labels discovered) {
      return switch (kind) {
        case POD -> orTarget(discovered.get(META + "pod_name"), "Pod", discovered);
        case SERVICE -> discovered.get(META + "service_name");
        case INGRESS -> discovered.get(META + "ingress_name");
        case ENDPOINTS -> discovered.get(META + "endpoints_name");
        case ENDPOINTSLICE -> discovered.get(META + "endpointslice_name");
        // The node of a pod is attached to targets that are not made of it.
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
        String host = AddressQuery.host(discovered.getOrEmpty("__address__"));
        names.accept(host, host);
      }
    }

    /** Gives the name of an object in the spelling of this query. */
    void name(Role kind, @Nullable String in, String found, BiConsumer<String, String> names) {
      String full = in == null || in.isEmpty() ? found : in + "/" + found;
      names.accept(namespace.isPresent() ? full : found, kind.text() + "/" + full);
    }
  }

  /**
   * An address.
   *
   * @param text as it was asked
   * @param host a name or an IP address, without brackets
   * @param port nothing: any
   */
  record AddressQuery(String text, String host, Optional<Integer> port) implements Query {
    @Override
    public boolean matches(Labels discovered, TargetOutcome outcome) {
      return isAt(discovered.getOrEmpty("__address__"))
          || (outcome instanceof TargetOutcome.Kept kept && isAt(kept.target().address()));
    }

    private boolean isAt(String address) {
      return host.equals(host(address)) && (port.isEmpty() || address.endsWith(":" + port.get()));
    }

    /** An address without its port and brackets. */
    static String host(String address) {
      int colon = address.lastIndexOf(':');
      boolean hasPort = colon >= 0 && address.indexOf(':') == colon;
      if (address.startsWith("[")) {
        int end = address.indexOf(']');
        return end < 0 ? address : address.substring(1, end);
      }
      return hasPort ? address.substring(0, colon) : address;
    }

    @Override
    public String spelling() {
      return port.isPresent() ? host + ":" + port.get() : host;
    }

    @Override
    public void names(Labels discovered, TargetOutcome outcome, BiConsumer<String, String> names) {
      String address = discovered.getOrEmpty("__address__");
      names.accept(port.isPresent() ? address : host(address), address);
    }
  }

  /**
   * A label's value, before or after relabelling.
   *
   * @param text as it was asked
   * @param name the label
   * @param value its value
   */
  record LabelQuery(String text, String name, String value) implements Query {
    @Override
    public boolean matches(Labels discovered, TargetOutcome outcome) {
      return value.equals(discovered.get(name))
          || (outcome instanceof TargetOutcome.Kept kept
              && value.equals(kept.target().label(name)));
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

    /** Other values of the label, and other labels of the value. */
    private void names(Labels labels, BiConsumer<String, String> names) {
      labels.forEach(
          (other, itsValue) -> {
            if (other.equals(name) || itsValue.equals(value)) {
              names.accept(other + "=" + itsValue, other + "=" + itsValue);
            }
          });
    }
  }

  /** Reads queries. */
  final class QueryParser {
    private static final String EXPECTED =
        " (expected: KIND/NAMESPACE/NAME, NAMESPACE/NAME, NAME, HOST:PORT, a URL or LABEL=VALUE)";
    private static final Pattern IP =
        Pattern.compile(
            "\\[?([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F.]*)\\]?");
    private static final Pattern WITH_PORT = Pattern.compile("(.+):([0-9]{1,5})");
    private static final Map<String, Role> KINDS = kinds();

    private QueryParser() {}

    private static Map<String, Role> kinds() {
      Map<String, Role> kinds = new LinkedHashMap<>();
      for (Role role : Role.values()) {
        kinds.put(role.text(), role);
        kinds.put(role == Role.INGRESS ? "ingresses" : role.text() + "s", role);
      }
      kinds.put("po", Role.POD);
      kinds.put("svc", Role.SERVICE);
      kinds.put("no", Role.NODE);
      kinds.put("ing", Role.INGRESS);
      kinds.put("ep", Role.ENDPOINTS);
      return kinds;
    }

    static Query parse(String text) {
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
            AddressQuery.host(address.group()),
            Optional.of(Integer.parseInt(address.group(2))));
      }
      return new ObjectQuery(text, EnumSet.allOf(Role.class), Optional.empty(), text);
    }

    private static Query url(String text) {
      try {
        String authority = URI.create(text).getRawAuthority();
        if (authority != null) {
          Matcher address = WITH_PORT.matcher(authority);
          return new AddressQuery(
              text,
              AddressQuery.host(authority),
              address.matches()
                  ? Optional.of(Integer.parseInt(address.group(2)))
                  : Optional.empty());
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("\"" + text + "\" is not a URL" + EXPECTED, e);
      }
      throw new IllegalArgumentException("\"" + text + "\" has no host" + EXPECTED);
    }

    private static Query object(String text) {
      List<String> parts = List.of(text.split("/", -1));
      if (parts.size() > 3 || parts.contains("")) {
        throw new IllegalArgumentException("\"" + text + "\"" + EXPECTED);
      }
      Role kind = KINDS.get(parts.get(0));
      if (parts.size() == 3 && kind == null) {
        throw new IllegalArgumentException(
            "kind \""
                + parts.get(0)
                + "\" (expected: one of pod, service, endpoints, endpointslice, node, ingress)");
      }
      String name = parts.get(parts.size() - 1);
      if (kind == null) {
        return new ObjectQuery(
            text, EnumSet.complementOf(EnumSet.of(Role.NODE)), Optional.of(parts.get(0)), name);
      }
      Optional<String> namespace = parts.size() == 3 ? Optional.of(parts.get(1)) : Optional.empty();
      return new ObjectQuery(text, EnumSet.of(kind), namespace, name);
    }
  }
}
