package io.promdisco.config.section;

import io.promdisco.config.ProblemKind;
import io.promdisco.config.SdChecks;
import io.promdisco.config.yaml.Paths;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.Shown;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code alerting}, which is checked and shown only. */
final class AlertingReader {
  private static final String KEY = "alerting";

  private final Sources sources;
  private final Paths paths;
  private final NameValidation names;

  AlertingReader(Sources sources, Paths paths, NameValidation names) {
    this.sources = sources;
    this.paths = paths;
    this.names = names;
  }

  Map<String, Object> read(Section root) {
    Section alerting = root.section(KEY);
    if (alerting == null) {
      return Map.of();
    }
    List<Map<String, Object>> rules =
        rules(alerting, "alert_relabel_configs", "empty or null alert relabeling rule");
    List<Map<String, Object>> managers = new ArrayList<>();
    for (Section manager : alerting.sections("alertmanagers")) {
      managers.add(manager(manager));
    }
    alerting.finish();
    return new Shown()
        .unlessZero("alert_relabel_configs", rules)
        .unlessZero("alertmanagers", managers)
        .map();
  }

  /** Whether a section belongs to {@code alerting}. */
  static boolean contains(Section section) {
    return section.path().startsWith(KEY + ".");
  }

  private List<Map<String, Object>> rules(Section section, String key, String ifNull) {
    return RelabelReader.shown(compiled(section, key, ifNull));
  }

  private List<RelabelRule> compiled(Section section, String key, String ifNull) {
    return RelabelReader.compile(RelabelReader.read(section, key, ifNull), names);
  }

  private Map<String, Object> manager(Section manager) {
    HttpClientReader.Result http =
        HttpClientReader.read(manager, paths, HttpClientReader.Owner.OTHER);
    Optional<Map<String, Object>> sigv4 = new CloudLogins(manager).sigv4();
    if (sigv4.isPresent()
        && (http.config().basicAuth().isPresent()
            || http.config().authorization().isPresent()
            || http.config().oauth2().isPresent())) {
      manager.error(
          "sigv4", "at most one of basic_auth, authorization, oauth2, & sigv4 must be configured");
    }
    String version = manager.string("api_version", "v2");
    if (manager.isSet("api_version") && !version.equals("v2")) {
      manager.error(
          "api_version", "expected Alertmanager api version to be one of [v2] but got " + version);
    }
    String scheme = manager.string("scheme", "http");
    String prefix = manager.string("path_prefix");
    List<RelabelRule> rules =
        compiled(manager, "relabel_configs", "empty or null Alertmanager target relabeling rule");
    Map<String, Object> shownSources = new LinkedHashMap<>();
    Shown shown =
        new Shown()
            .all(http.shown())
            .unlessZero("scheme", scheme)
            .unlessZero("path_prefix", prefix)
            .unlessZero("timeout", manager.duration("timeout", Duration.ofSeconds(10)))
            .always("api_version", version)
            .unlessZero("relabel_configs", RelabelReader.shown(rules))
            .unlessZero(
                "alert_relabel_configs",
                rules(
                    manager,
                    "alert_relabel_configs",
                    "empty or null Alertmanager alert relabeling rule"));
    sigv4.ifPresent(settings -> shown.always("sigv4", settings));
    sources.read(manager, paths, shownSources);
    sources.finish(manager, "this Alertmanager");
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("__scheme__", scheme);
    defaults.put("__alerts_path__", path(prefix, version));
    manager.problems().onceAccepted(() -> checkTargets(manager, rules, defaults));
    return shown.all(shownSources).map();
  }

  private static String path(String prefix, String version) {
    String path = "/" + prefix + "/api/" + version + "/alerts";
    try {
      return Path.of(path).normalize().toString();
    } catch (InvalidPathException e) {
      return path;
    }
  }

  /** Alertmanagers have addresses, as other targets do, once the rules have been applied. */
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
                          "once the rules of this Alertmanager have been applied: " + wrong);
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
