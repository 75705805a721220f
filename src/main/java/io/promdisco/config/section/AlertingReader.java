package io.promdisco.config.section;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.SdChecks;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import io.promdisco.model.TargetGroup;
import io.promdisco.relabel.RelabelLimitException;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.Relabeler;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code alerting}, which is only checked and shown. */
final class AlertingReader {
  private static final String KEY = "alerting";
  private static final String MANAGERS = "alertmanagers";

  private static final Setting<HttpClientReader.Result> HTTP =
      HttpClientReader.field(HttpClientReader.Owner.OTHER);
  private static final Setting<String> SCHEME = Setting.text("scheme", "http");
  private static final Setting<String> PATH_PREFIX = Setting.text("path_prefix");
  private static final Setting<String> VERSION =
      Setting.text("api_version", "v2")
          .always()
          .checked(
              (manager, key, version) -> {
                if (manager.isSet(key) && !version.equals("v2")) {
                  manager.error(
                      key,
                      "expected Alertmanager api version to be one of [v2] but got " + version);
                }
              });
  private static final Setting<RelabelReader.Rules> RULES =
      RelabelReader.rules("relabel_configs", "empty or null Alertmanager target relabeling rule");
  private static final Setting<RelabelReader.Rules> MANAGER_ALERT_RULES =
      RelabelReader.rules(
          "alert_relabel_configs", "empty or null Alertmanager alert relabeling rule");
  static final SectionTable ALERTMANAGER =
      SectionTable.of(
          MANAGERS,
          HTTP,
          SCHEME,
          PATH_PREFIX,
          Setting.duration("timeout", Duration.ofSeconds(10)),
          VERSION,
          RULES,
          MANAGER_ALERT_RULES,
          CloudCredentials.SIGV4);
  private static final Setting<RelabelReader.Rules> ALERT_RULES =
      RelabelReader.rules("alert_relabel_configs", "empty or null alert relabeling rule");
  static final SectionTable ALERTING = SectionTable.of(KEY, ALERT_RULES);

  private final SdConfigReaders sources;
  private final ConfigPaths paths;
  private final NameValidation names;

  AlertingReader(SdConfigReaders sources, ConfigPaths paths, NameValidation names) {
    this.sources = sources;
    this.paths = paths;
    this.names = names;
  }

  Map<String, Object> read(Section root) {
    Section alerting = root.section(KEY);
    if (alerting == null) {
      return Map.of();
    }
    SettingValues read = ALERTING.readKnown(alerting, paths);
    read.get(ALERT_RULES).compile(names);
    List<Map<String, Object>> managers = new ArrayList<>();
    for (Section manager : alerting.sections(MANAGERS)) {
      managers.add(manager(manager));
    }
    alerting.finish();
    Map<String, Object> shown = read.shown();
    if (!managers.isEmpty()) {
      shown.put(MANAGERS, managers);
    }
    return shown;
  }

  /** Whether a section belongs to {@code alerting}. */
  static boolean contains(Section section) {
    return section.path().startsWith(KEY + ".");
  }

  private Map<String, Object> manager(Section section) {
    SettingValues manager = ALERTMANAGER.readKnown(section, paths);
    HttpClientConfig http = manager.get(HTTP).config();
    if (manager.get(CloudCredentials.SIGV4).isPresent()
        && (http.basicAuth().isPresent()
            || http.authorization().isPresent()
            || http.oauth2().isPresent())) {
      section.error(
          "sigv4", "at most one of basic_auth, authorization, oauth2, & sigv4 must be configured");
    }
    List<RelabelRule> rules = manager.get(RULES).compile(names);
    manager.get(MANAGER_ALERT_RULES).compile(names);
    Map<String, Object> shown = manager.shown();
    sources.read(section, paths, shown);
    sources.finish(section, "this Alertmanager");
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("__scheme__", manager.get(SCHEME));
    defaults.put("__alerts_path__", path(manager.get(PATH_PREFIX), manager.get(VERSION)));
    section.problems().onceAccepted(() -> checkTargets(section, rules, defaults));
    return shown;
  }

  private static String path(String prefix, String version) {
    String path = "/" + prefix + "/api/" + version + "/alerts";
    try {
      return Path.of(path).normalize().toString();
    } catch (InvalidPathException e) {
      return path;
    }
  }

  /** Checks addresses after the relabel rules, as for other targets. */
  private static void checkTargets(
      Section manager, List<RelabelRule> rules, Map<String, String> defaults) {
    Relabeler relabeler = new Relabeler(rules);
    manager
        .problems()
        .forEachGroupIn(
            manager,
            (path, group, positions) -> {
              for (int i = 0; i < group.targets().size(); i++) {
                String wrong = wrong(relabeler, labels(group, i, defaults));
                if (wrong != null) {
                  manager
                      .problems()
                      .error(
                          i < positions.size() ? positions.get(i) : manager.position(),
                          ProblemKind.BAD_TARGET,
                          path + ".targets[" + i + "]",
                          "after the rules of this Alertmanager: " + wrong);
                }
              }
            });
  }

  private static Labels labels(TargetGroup group, int index, Map<String, String> defaults) {
    Map<String, String> labels = new LinkedHashMap<>(defaults);
    group.labels().forEach(labels::put);
    group.targets().get(index).forEach(labels::put);
    labels.values().removeIf(String::isEmpty);
    return Labels.of(labels);
  }

  private static @Nullable String wrong(Relabeler relabeler, Labels labels) {
    try {
      return relabeler
          .apply(labels)
          .map(kept -> SdChecks.addressProblem(kept.getOrEmpty(SdChecks.ADDRESS)))
          .orElse(null);
    } catch (RelabelLimitException e) {
      return e.getMessage();
    }
  }
}
