package io.promdisco.config.section;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.KubernetesSdConfig.Selector;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.SdChecks;
import io.promdisco.config.SdConfig;
import io.promdisco.config.Urls;
import io.promdisco.config.yaml.Paths;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.Shown;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code kubernetes_sd_configs}. */
public final class KubernetesSdReader implements SdConfigReader {
  private static final String ROLES = "pod, service, endpoints, endpointslice, node, ingress";

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
    String apiServer = section.url("api_server");
    Role role = role(section);
    String kubeconfig = paths.resolve(section.string("kubeconfig_file"));
    section.expectFile("kubeconfig_file", kubeconfig);
    HttpClientReader.Result http =
        HttpClientReader.read(
            section,
            paths,
            AlertingReader.contains(section)
                ? HttpClientReader.Owner.OTHER
                : HttpClientReader.Owner.KUBERNETES);
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
    SdChecks.checkServer(
        section.isSet("api_server") ? apiServer : null,
        !kubeconfig.isEmpty(),
        http.isDefault(),
        ownNamespace,
        section::note);
    advise(section, role, namespaces, attach);
    Shown visible = new Shown();
    if (section.isSet("api_server")) {
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
    section.checkOverridden("role", other -> roleOf(other) == null ? unknown(other) : null);
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
        + Problem.hint(role, Arrays.stream(Role.values()).map(Role::text).toList())
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
      if (!SdChecks.checkSelector(role, of, found, given::note) || of == null) {
        continue;
      }
      SdChecks.checkSyntax(label, field, given::note);
      if (label.isBlank() && field.isEmpty()) {
        given.warn("selects all there are (expected: label or field)");
      }
      selectors.add(new Selector(of, label, field));
    }
    return selectors;
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
