package io.promdisco.config;

import io.promdisco.model.NameValidation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code alerting}, which is checked and shown only. */
final class AlertingReader {
  private final Sources sources;
  private final Paths paths;
  private final NameValidation names;

  AlertingReader(Sources sources, Paths paths, NameValidation names) {
    this.sources = sources;
    this.paths = paths;
    this.names = names;
  }

  Map<String, Object> read(Section root) {
    Section alerting = root.section("alerting");
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

  private List<Map<String, Object>> rules(Section section, String key, String ifNull) {
    return RelabelReader.shown(
        RelabelReader.compile(RelabelReader.read(section, key, ifNull), names));
  }

  private Map<String, Object> manager(Section manager) {
    HttpClientReader.Result http = HttpClientReader.read(manager, paths);
    Map<String, Object> sigv4 = RemoteReader.opaque(manager, "sigv4");
    if (!sigv4.isEmpty()
        && (http.config().basicAuth().isPresent()
            || http.config().authorization().isPresent()
            || http.config().oauth2().isPresent())) {
      manager.error(
          "sigv4", "at most one of basic_auth, authorization, oauth2, & sigv4 must be configured");
    }
    String version = manager.string("api_version", "v2");
    if (manager.hasValue("api_version") && !version.equals("v2")) {
      manager.error(
          "api_version", "expected Alertmanager api version to be one of [v2] but got " + version);
    }
    Map<String, Object> shownSources = new LinkedHashMap<>();
    Shown shown =
        new Shown()
            .all(http.shown())
            .unlessZero("sigv4", sigv4)
            .unlessZero("scheme", manager.string("scheme", "http"))
            .unlessZero("path_prefix", manager.string("path_prefix"))
            .unlessZero("timeout", manager.duration("timeout", Duration.ofSeconds(10)))
            .always("api_version", version)
            .unlessZero(
                "relabel_configs",
                rules(
                    manager,
                    "relabel_configs",
                    "empty or null Alertmanager target relabeling rule"))
            .unlessZero(
                "alert_relabel_configs",
                rules(
                    manager,
                    "alert_relabel_configs",
                    "empty or null Alertmanager alert relabeling rule"));
    sources.read(manager, paths, shownSources);
    sources.finish(manager, "this Alertmanager");
    return shown.all(shownSources).map();
  }
}
