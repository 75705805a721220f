package io.promdisco.config.section;

import io.promdisco.Internal;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.KubernetesSdConfig.Selector;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.SdChecks;
import io.promdisco.config.SdConfig;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code kubernetes_sd_configs}.
 *
 * @hidden
 */
@Internal
public final class KubernetesSdReader {
  private static final String ROLES = "pod, service, endpoints, endpointslice, node, ingress";

  private static final Setting<Optional<String>> API_SERVER = Setting.url("api_server");
  private static final Setting<String> ROLE =
      Setting.of("role", ROLES, "", KubernetesSdReader::role).always();
  private static final Setting<String> KUBECONFIG =
      Setting.file("kubeconfig_file")
          .always()
          .checked((section, key, file) -> section.expectFile(key, file));

  /** For an Alertmanager, the certificate files of its cluster are not checked. */
  private static final Setting<HttpClientReader.Result> HTTP =
      Setting.inline(
          "HTTP client",
          (section, key, paths) ->
              HttpClientReader.read(
                  section,
                  paths,
                  AlertingReader.contains(section)
                      ? HttpClientReader.Owner.OTHER
                      : HttpClientReader.Owner.KUBERNETES),
          HttpClientReader.Result::shown);

  private static final Setting<Boolean> OWN_NAMESPACE =
      Setting.bool("own_namespace", false).always();
  private static final Setting<List<String>> NAMES = Setting.texts("names").always();
  static final SectionTable NAMESPACES_KEYS = SectionTable.of("namespaces", OWN_NAMESPACE, NAMES);
  private static final Setting<Optional<SettingValues>> NAMESPACES =
      Setting.wholeSection("namespaces", NAMESPACES_KEYS)
          .shownAs(
              namespaces ->
                  namespaces
                      .filter(given -> given.get(OWN_NAMESPACE) || !given.get(NAMES).isEmpty())
                      .map(SettingValues::shown));

  private static final Setting<String> SELECTED = Setting.text("role").documented(ROLES, "");
  private static final Setting<String> LABEL = Setting.text("label");
  private static final Setting<String> FIELD = Setting.text("field");
  static final SectionTable SELECTOR_KEYS = SectionTable.of("selectors", SELECTED, LABEL, FIELD);
  private static final Setting<List<SettingValues>> SELECTORS =
      Setting.<List<SettingValues>>of(
              "selectors",
              "list of selectors",
              "",
              (section, key, paths) ->
                  section.sections(key, "").stream()
                      .map(given -> SELECTOR_KEYS.read(given, paths))
                      .toList())
          .shownAs(selectors -> selectors.stream().map(SettingValues::shown).toList());

  private static final Setting<Boolean> NODE = Setting.bool("node", false).always();
  private static final Setting<Boolean> NAMESPACE = Setting.bool("namespace", false).always();
  private static final Setting<Boolean> DEPLOYMENT = Setting.bool("deployment", false).always();
  private static final Setting<Boolean> JOB = Setting.bool("job", false).always();
  private static final Setting<Boolean> CRON_JOB = Setting.bool("cronjob", false).always();
  static final SectionTable ATTACH_KEYS =
      SectionTable.of("attach_metadata", NODE, NAMESPACE, DEPLOYMENT, JOB, CRON_JOB);
  private static final Setting<Optional<SettingValues>> ATTACH =
      Setting.section("attach_metadata", ATTACH_KEYS)
          .shownAs(
              attach ->
                  attach
                      .filter(given -> !attach(given).equals(AttachMetadata.NONE))
                      .map(SettingValues::shown));

  static final SectionTable TABLE =
      SectionTable.of(
          "kubernetes_sd_configs",
          API_SERVER,
          ROLE,
          KUBECONFIG,
          HTTP,
          NAMESPACES,
          SELECTORS,
          ATTACH);

  private KubernetesSdReader() {}

  /** The reader. */
  public static SdConfigReader reader() {
    return new SdTableReader(TABLE, KubernetesSdReader::config);
  }

  private static @Nullable SdConfig config(SettingValues given) {
    Section section = given.section();
    Role role = roleOf(given.get(ROLE));
    String kubeconfig = given.get(KUBECONFIG);
    HttpClientReader.Result http = given.get(HTTP);
    boolean ownNamespace = given.get(NAMESPACES).map(in -> in.get(OWN_NAMESPACE)).orElse(false);
    List<String> namespaces = given.get(NAMESPACES).map(in -> in.get(NAMES)).orElse(List.of());
    AttachMetadata attach =
        given.get(ATTACH).map(KubernetesSdReader::attach).orElse(AttachMetadata.NONE);
    List<Selector> selectors = selectors(given, role);
    SdChecks.checkServer(
        given.get(API_SERVER).orElse(null),
        !kubeconfig.isEmpty(),
        http.isDefault(),
        ownNamespace,
        section::note);
    advise(section, role, namespaces, attach);
    return role == null
        ? null
        : new KubernetesSdConfig(
            role,
            given.get(API_SERVER).filter(text -> !text.isEmpty()),
            Optional.of(kubeconfig).filter(text -> !text.isEmpty()),
            http.config(),
            ownNamespace,
            namespaces,
            selectors,
            attach);
  }

  private static String role(Section section, String key, ConfigPaths paths) {
    String text = section.string(key);
    section.checkOverridden(key, other -> roleOf(other) == null ? unknown(other) : null);
    if (text.isEmpty()) {
      section.error(key, "role missing (one of: " + ROLES + ")");
    } else if (roleOf(text) == null) {
      section.error(key, unknown(text));
      return "";
    }
    return text;
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

  private static AttachMetadata attach(SettingValues given) {
    return new AttachMetadata(
        given.get(NODE),
        given.get(NAMESPACE),
        given.get(DEPLOYMENT),
        given.get(JOB),
        given.get(CRON_JOB));
  }

  /** Returns the valid selectors; only these are shown. */
  private static List<Selector> selectors(SettingValues config, @Nullable Role role) {
    List<Selector> selectors = new ArrayList<>();
    List<SettingValues> good = new ArrayList<>();
    Set<Role> found = EnumSet.noneOf(Role.class);
    for (SettingValues given : config.get(SELECTORS)) {
      Section section = given.section();
      String roleText = given.get(SELECTED);
      String label = given.get(LABEL);
      String field = given.get(FIELD);
      Role of = roleOf(roleText);
      if (of == null && !roleText.isEmpty()) {
        section.error("role", unknown(roleText));
        continue;
      }
      if (role == null || !SdChecks.checkSelector(role, of, found, section::note) || of == null) {
        continue;
      }
      SdChecks.checkSyntax(label, field, section::note);
      if (label.isBlank() && field.isEmpty()) {
        section.warn("selects all objects (expected: label or field)");
      }
      selectors.add(new Selector(of, label, field));
      good.add(given);
    }
    config.set(SELECTORS, good);
    return selectors;
  }

  /** Warns about settings that have no effect. */
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
          "namespaces", ProblemKind.NO_EFFECT, "no effect for role node: nodes have no namespace");
    }
    if (namespaces.size() != new HashSet<>(namespaces).size()) {
      section.warn("namespaces", "a name is given twice (expected: once)");
    }
  }
}
