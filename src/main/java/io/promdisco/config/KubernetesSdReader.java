package io.promdisco.config;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.KubernetesSdConfig.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@code kubernetes_sd_configs}. */
final class KubernetesSdReader implements SdConfigReader {
  private static final String ROLES = "pod, service, endpoints, endpointslice, node, ingress";
  private static final Map<Role, List<Role>> SELECTORS = new EnumMap<>(Role.class);

  static {
    SELECTORS.put(Role.POD, List.of(Role.POD, Role.NODE));
    SELECTORS.put(Role.SERVICE, List.of(Role.SERVICE));
    SELECTORS.put(Role.ENDPOINTSLICE, List.of(Role.POD, Role.SERVICE, Role.ENDPOINTSLICE));
    SELECTORS.put(Role.ENDPOINTS, List.of(Role.POD, Role.SERVICE, Role.ENDPOINTS));
    SELECTORS.put(Role.NODE, List.of(Role.NODE));
    SELECTORS.put(Role.INGRESS, List.of(Role.INGRESS));
  }

  @Override
  public String key() {
    return "kubernetes_sd_configs";
  }

  @Override
  public Result read(Section job, Paths paths) {
    List<SdConfig> configs = new ArrayList<>();
    List<Map<String, Object>> shown = new ArrayList<>();
    for (Section section : job.sections(key())) {
      read(section, paths, configs, shown);
    }
    return new Result(configs, shown);
  }

  private static void read(
      Section section, Paths paths, List<SdConfig> configs, List<Map<String, Object>> shown) {
    String apiServer = section.string("api_server");
    Role role = role(section);
    String kubeconfig = paths.resolve(section.string("kubeconfig_file"));
    section.expectFile("kubeconfig_file", kubeconfig);
    HttpClientReader.Result http = HttpClientReader.read(section, paths);
    boolean ownNamespace = false;
    List<String> namespaces = List.of();
    Section names = section.section("namespaces");
    if (names != null) {
      ownNamespace = names.bool("own_namespace", false);
      namespaces = HttpClientReader.orEmpty(names.strings("names"));
      names.finish();
    }
    List<Selector> selectors = selectors(section, role);
    AttachMetadata attach = attach(section);
    section.finish();
    check(section, kubeconfig, http.isDefault(), ownNamespace);
    advise(section, role, namespaces, attach);
    Shown visible = new Shown();
    if (section.hasValue("api_server")) {
      visible.always("api_server", Urls.shown(apiServer));
    }
    visible
        .always("role", role == null ? "" : role.text())
        .always("kubeconfig_file", kubeconfig)
        .all(http.shown());
    if (ownNamespace || !namespaces.isEmpty()) {
      visible.always(
          "namespaces",
          new Shown().always("own_namespace", ownNamespace).always("names", namespaces).map());
    }
    visible.unlessZero("selectors", shown(selectors));
    if (!attach.equals(AttachMetadata.NONE)) {
      visible.always(
          "attach_metadata",
          new Shown()
              .always("node", attach.node())
              .always("namespace", attach.namespace())
              .always("deployment", attach.deployment())
              .always("job", attach.job())
              .always("cronjob", attach.cronJob())
              .map());
    }
    shown.add(visible.map());
    if (role != null) {
      configs.add(
          new KubernetesSdConfig(
              role,
              Optional.of(apiServer).filter(text -> !text.isEmpty()),
              Optional.of(kubeconfig).filter(text -> !text.isEmpty()),
              http.config(),
              ownNamespace,
              namespaces,
              selectors,
              attach));
    }
  }

  private static @Nullable Role role(Section section) {
    String text = section.string("role");
    if (text.isEmpty()) {
      section.error("role", "role missing (one of: " + ROLES + ")");
      return null;
    }
    Role role = roleOf(text);
    if (role == null) {
      section.error("role", unknown(text));
    }
    return role;
  }

  private static String unknown(String role) {
    return "unknown Kubernetes SD role \""
        + role
        + "\" (expected: one of "
        + ROLES
        + Problems.hint(role, Arrays.stream(Role.values()).map(Role::text).toList())
        + ")";
  }

  private static @Nullable Role roleOf(String text) {
    for (Role role : Role.values()) {
      if (role.text().equals(text)) {
        return role;
      }
    }
    return null;
  }

  private static AttachMetadata attach(Section section) {
    Section attach = section.layeredSection("attach_metadata");
    if (attach == null) {
      return AttachMetadata.NONE;
    }
    AttachMetadata config =
        new AttachMetadata(
            attach.bool("node", false),
            attach.bool("namespace", false),
            attach.bool("deployment", false),
            attach.bool("job", false),
            attach.bool("cronjob", false));
    attach.finish();
    return config;
  }

  private static List<Selector> selectors(Section section, @Nullable Role role) {
    List<Selector> selectors = new ArrayList<>();
    Set<Role> found = EnumSet.noneOf(Role.class);
    for (Section given : section.sections("selectors", "")) {
      String roleText = given.string("role");
      String label = given.string("label");
      String field = given.string("field");
      given.finish();
      Role of = roleOf(roleText);
      if (of == null && !roleText.isEmpty()) {
        given.error("role", unknown(roleText));
        continue;
      }
      if (role == null) {
        continue;
      }
      List<Role> allowed = SELECTORS.getOrDefault(role, List.of());
      if (of == null || !allowed.contains(of)) {
        given.error(
            role.text()
                + " role supports only "
                + allowed.stream().map(Role::text).collect(Collectors.joining(", "))
                + " selectors");
        continue;
      }
      if (!found.add(of)) {
        given.error("role", "duplicated selector role: " + of.text() + " (expected: once)");
      }
      problem(given, "label", SelectorSyntax.labelProblem(label));
      problem(given, "field", SelectorSyntax.fieldProblem(field));
      if (label.isBlank() && field.isEmpty()) {
        given.warn("selects all there are (expected: label or field)");
      }
      selectors.add(new Selector(of, label, field));
    }
    return selectors;
  }

  private static void problem(Section section, String key, @Nullable String wrong) {
    if (wrong != null) {
      section.error(key, wrong);
    }
  }

  private static List<Map<String, Object>> shown(List<Selector> selectors) {
    List<Map<String, Object>> out = new ArrayList<>();
    for (Selector selector : selectors) {
      out.add(
          new Shown()
              .always("role", selector.role().text())
              .unlessZero("label", selector.label())
              .unlessZero("field", selector.field())
              .map());
    }
    return out;
  }

  private static void check(
      Section section, String kubeconfig, boolean plainHttp, boolean ownNamespace) {
    boolean apiServer = section.hasValue("api_server");
    String wrong = Urls.problem(section.string("api_server"));
    if (wrong != null) {
      section.error("api_server", wrong + " (expected: https://host:port)");
    }
    if (apiServer && !kubeconfig.isEmpty()) {
      section.error(
          "kubeconfig_file",
          "cannot use 'kubeconfig_file' and 'api_server' simultaneously (expected: one of them)");
    } else if (!kubeconfig.isEmpty() && !plainHttp) {
      section.error(
          "kubeconfig_file",
          "cannot use a custom HTTP client configuration together with 'kubeconfig_file'"
              + " (expected: such settings in the kubeconfig)");
    } else if (!apiServer && !plainHttp) {
      section.error(
          "to use custom HTTP client configuration please provide the 'api_server' URL explicitly");
    }
    if (apiServer && ownNamespace) {
      section.error(
          "namespaces", "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously");
    }
    if (!kubeconfig.isEmpty() && ownNamespace) {
      section.error(
          "namespaces",
          "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously");
    }
  }

  /** Warns of what has no effect. */
  private static void advise(
      Section section, @Nullable Role role, List<String> namespaces, AttachMetadata attach) {
    if (role == null) {
      return;
    }
    boolean pods = role == Role.POD || role == Role.ENDPOINTS || role == Role.ENDPOINTSLICE;
    if (attach.node() && !pods) {
      section.warn(
          "attach_metadata",
          ProblemKind.NO_EFFECT,
          "node has no effect for role "
              + role.text()
              + " (expected: only for pod, endpoints and endpointslice)");
    }
    if (attach.namespace() && role == Role.NODE) {
      section.warn(
          "attach_metadata", ProblemKind.NO_EFFECT, "namespace has no effect for role node");
    }
    if (role == Role.NODE && !namespaces.isEmpty()) {
      section.warn(
          "namespaces",
          ProblemKind.NO_EFFECT,
          "no effect for role node: nodes are in no namespace");
    }
    if (namespaces.size() != new HashSet<>(namespaces).size()) {
      section.warn("namespaces", "a name is given twice (expected: once)");
    }
  }
}
