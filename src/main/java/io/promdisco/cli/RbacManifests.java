package io.promdisco.cli;

import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.providers.kubernetes.RequiredPermissions.Permission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes roles and bindings that let a service account read what is needed, and nothing else. */
final class RbacManifests {
  private static final String GROUP = "rbac.authorization.k8s.io";

  private final String name;
  private final String namespace;
  private final String account;

  /**
   * Creates manifests for a service account.
   *
   * @param name the name of all objects
   * @param namespace the namespace of the account
   * @param account the name of the account
   */
  RbacManifests(String name, String namespace, String account) {
    this.name = name;
    this.namespace = namespace;
    this.account = account;
  }

  /**
   * Returns a {@code ClusterRole} for cluster-wide permissions, and a {@code Role} for each
   * namespace.
   */
  List<Map<String, Object>> of(List<Permission> needed) {
    Map<String, List<Permission>> byNamespace = new TreeMap<>();
    for (Permission access : needed) {
      byNamespace.computeIfAbsent(access.namespace(), any -> new ArrayList<>()).add(access);
    }
    List<Map<String, Object>> objects = new ArrayList<>();
    byNamespace.forEach(
        (in, accesses) -> {
          String role = in.isEmpty() ? "ClusterRole" : "Role";
          Map<String, Object> rules = object(role, in);
          rules.put("rules", rules(accesses));
          objects.add(rules);
          Map<String, Object> binding = object(role + "Binding", in);
          binding.put(
              "roleRef", StructuredPrinter.map("apiGroup", GROUP, "kind", role, "name", name));
          binding.put(
              "subjects",
              List.of(
                  StructuredPrinter.map(
                      "kind", "ServiceAccount", "name", account, "namespace", namespace)));
          objects.add(binding);
        });
    return objects;
  }

  private Map<String, Object> object(String kind, String in) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("apiVersion", GROUP + "/v1");
    map.put("kind", kind);
    map.put(
        "metadata",
        in.isEmpty()
            ? StructuredPrinter.map("name", name)
            : StructuredPrinter.map("name", name, "namespace", in));
    return map;
  }

  /** What resources of one rule have in common. */
  private record RuleKey(String group, List<String> names, List<String> verbs) {
    static final Comparator<RuleKey> ORDER =
        Comparator.comparing(RuleKey::group).thenComparing(key -> key.names + " " + key.verbs);
  }

  /** One rule an API group, unless verbs or names differ. */
  private static List<Map<String, Object>> rules(List<Permission> accesses) {
    Map<RuleKey, TreeSet<String>> byKey = new TreeMap<>(RuleKey.ORDER);
    for (Permission access : accesses) {
      RuleKey key = new RuleKey(access.resource().group(), access.names(), access.verbs());
      byKey.computeIfAbsent(key, any -> new TreeSet<>()).add(access.resource().plural());
    }
    List<Map<String, Object>> rules = new ArrayList<>();
    byKey.forEach(
        (key, resources) -> {
          Map<String, Object> rule = new LinkedHashMap<>();
          rule.put("apiGroups", List.of(key.group));
          rule.put("resources", List.copyOf(resources));
          if (!key.names.isEmpty()) {
            rule.put("resourceNames", key.names);
          }
          rule.put("verbs", key.verbs);
          rules.add(rule);
        });
    return rules;
  }
}
