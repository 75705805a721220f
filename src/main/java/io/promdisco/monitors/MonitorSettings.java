package io.promdisco.monitors;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.config.Problem;
import io.promdisco.model.PrometheusDuration;
import io.promdisco.util.GoDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which resources count and what their jobs inherit: the section {@code prometheus_cr} of the
 * configuration of the OpenTelemetry target allocator, and {@code collector_namespace}. Unknown
 * keys are ignored, as the allocator ignores them. Immutable; safe for all threads.
 *
 * @see <a
 *     href="https://github.com/open-telemetry/opentelemetry-operator/tree/main/cmd/otel-allocator">
 *     The target allocator</a>
 */
public final class MonitorSettings {
  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final List<String> PROTOCOLS =
      List.of(
          "OpenMetricsText1.0.0",
          "OpenMetricsText0.0.1",
          "PrometheusText1.0.0",
          "PrometheusText0.0.4");

  private static final String SECTION = "prometheus_cr";
  private static final String SELECTOR = "_selector";
  private static final String NAMESPACE_SELECTOR = "_namespace_selector";
  private static final Set<String> KEYS =
      Set.of(
          "enabled",
          "allow_namespaces",
          "deny_namespaces",
          "secret_namespaces",
          "scrape_interval",
          "evaluation_interval",
          "scrape_protocols",
          "scrape_classes",
          "deny_fs_access_through_sms");

  private final List<String> warnings = new ArrayList<>();
  private final Map<MonitorKind, Selection> selections = new EnumMap<>(MonitorKind.class);
  private final Map<String, ScrapeClass> classes = new HashMap<>();
  private final Set<String> allowed;
  private final Set<String> denied;
  private final Set<String> secretNamespaces;
  private final boolean deniesFiles;
  private final JobTree global;
  private final String interval;
  private ScrapeClass defaultClass = ScrapeClass.NONE;
  private @Nullable String selectionProblem;

  /**
   * Which resources of a kind count.
   *
   * @param object null: none
   */
  private record Selection(@Nullable SelectorTerms object, SelectorTerms namespace) {}

  private MonitorSettings(SpecNode root, SpecNode spec)
      throws InvalidMonitorException, InvalidSettingsException {
    allowed = Set.copyOf(spec.texts("allow_namespaces"));
    denied = Set.copyOf(spec.texts("deny_namespaces"));
    secretNamespaces = Set.copyOf(spec.texts("secret_namespaces"));
    deniesFiles = spec.flag("deny_fs_access_through_sms", false);
    interval = PrometheusDuration.format(duration(spec, "scrape_interval", INTERVAL));
    String namespace = root.textOrEmpty("collector_namespace");
    checkStart(root, spec, namespace);
    global = global(spec, namespace);
    try {
      readClasses(spec);
    } catch (InvalidMonitorException e) {
      throw new InvalidSettingsException("failed to parse scrape classes: " + e.getMessage());
    }
    readSelections(spec);
    warnOfUnknownKeys(spec);
  }

  /**
   * Reads settings.
   *
   * @param document the file of the target allocator
   * @throws InvalidSettingsException if the allocator would not start with it
   */
  public static MonitorSettings of(JsonNode document) throws InvalidSettingsException {
    try {
      SpecNode root = SpecNode.of("", document);
      return new MonitorSettings(root, root.section(SECTION));
    } catch (InvalidMonitorException e) {
      throw new InvalidSettingsException(String.valueOf(e.getMessage()));
    }
  }

  private void checkStart(SpecNode root, SpecNode spec, String namespace)
      throws InvalidMonitorException, InvalidSettingsException {
    boolean hasJobs = !root.section("config").items("scrape_configs").isEmpty();
    if (!spec.flag("enabled", false) && !hasJobs) {
      throw new InvalidSettingsException(
          "at least one scrape config must be defined, or Prometheus CR watching must be enabled");
    }
    if (namespace.isEmpty()) {
      throw new InvalidSettingsException("collector namespace must be set");
    }
    if (!allowed.isEmpty() && !denied.isEmpty()) {
      throw new InvalidSettingsException(
          "only one of allowNamespaces or denyNamespaces can be set");
    }
  }

  private static Duration duration(SpecNode spec, String name, Duration otherwise)
      throws InvalidMonitorException {
    String text = spec.text(name);
    try {
      return text == null ? otherwise : GoDuration.parse(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidMonitorException(
          SECTION + "." + name + ": " + e.getMessage() + " (expected: as 90s or 1h30m)");
    }
  }

  private JobTree global(SpecNode spec, String namespace) throws InvalidMonitorException {
    List<String> protocols =
        spec.has("scrape_protocols") ? spec.texts("scrape_protocols") : PROTOCOLS;
    JobTree tree = JobTree.of("scrape_interval", interval);
    tree.putPresent("scrape_protocols", protocols.isEmpty() ? null : protocols);
    tree.put(
        "external_labels",
        JobTree.of("prometheus", namespace + "/", "prometheus_replica", "$(POD_NAME)"));
    tree.put(
        "evaluation_interval",
        PrometheusDuration.format(duration(spec, "evaluation_interval", Duration.ZERO)));
    return tree;
  }

  private void readClasses(SpecNode spec) throws InvalidMonitorException {
    String nameOfDefault = "";
    for (SpecNode section : spec.items("scrape_classes")) {
      ScrapeClass scrapeClass = new ScrapeClass(section);
      scrapeClass.check();
      if (scrapeClass.isDefault()) {
        if (!nameOfDefault.isEmpty()) {
          throw new InvalidMonitorException("multiple default scrape classes defined");
        }
        nameOfDefault = scrapeClass.name();
      }
      classes.put(scrapeClass.name(), scrapeClass);
    }
    if (!nameOfDefault.isEmpty()) {
      defaultClass = classes.getOrDefault(nameOfDefault, ScrapeClass.NONE);
    }
  }

  private void readSelections(SpecNode spec) {
    try {
      for (MonitorKind kind : MonitorKind.values()) {
        SpecNode namespaces = selector(spec, kind.setting() + NAMESPACE_SELECTOR);
        SelectorTerms[] ofNamespaces = new SelectorTerms[1];
        InvalidMonitorException.within(
            "failed to convert namespace label selector to selector",
            () -> ofNamespaces[0] = SelectorTerms.checked(namespaces));
        String name = kind.setting() + SELECTOR;
        SelectorTerms object = spec.has(name) ? SelectorTerms.checked(selector(spec, name)) : null;
        selections.put(kind, new Selection(object, ofNamespaces[0]));
      }
    } catch (InvalidMonitorException e) {
      selectionProblem = e.getMessage();
    }
  }

  private void warnOfUnknownKeys(SpecNode spec) {
    Set<String> known = new TreeSet<>(KEYS);
    for (MonitorKind kind : MonitorKind.values()) {
      known.add(kind.setting() + SELECTOR);
      known.add(kind.setting() + NAMESPACE_SELECTOR);
    }
    for (String name : spec.names()) {
      if (!known.contains(name)) {
        warnings.add(
            SECTION + ": unknown key " + name + ", which is ignored" + Problem.hint(name, known));
      }
    }
  }

  /** Returns settings that have no effect, for people. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Returns a selector, whose keys may be written in small letters. */
  private static SpecNode selector(SpecNode spec, String name) throws InvalidMonitorException {
    return spec.section(name)
        .renamed(Map.of("matchlabels", "matchLabels", "matchexpressions", "matchExpressions"));
  }

  /** Returns why nothing can be selected. */
  Optional<String> selectionProblem() {
    return Optional.ofNullable(selectionProblem);
  }

  /** Returns why a resource is not selected; nothing if it is. */
  Optional<String> notSelected(MonitorObject object, Map<String, String> namespaceLabels) {
    String namespace = object.namespace();
    if (denied.contains(namespace) || !(allowed.isEmpty() || allowed.contains(namespace))) {
      return Optional.of("the namespace is not watched");
    }
    Selection selection = selections.get(object.kind());
    if (selection == null
        || selection.object == null
        || !selection.object.matches(object.labels())) {
      return Optional.of("the selector does not match");
    }
    return selection.namespace.matches(namespaceLabels)
        ? Optional.empty()
        : Optional.of("the namespace selector does not match");
  }

  /** Whether the settings may select resources of a kind. */
  public boolean selects(MonitorKind kind) {
    Selection selection = selections.get(kind);
    return selection != null && selection.object != null;
  }

  /** Returns the only namespaces whose resources count; none: all that are not denied. */
  public Set<String> allowedNamespaces() {
    return allowed;
  }

  /** Whether labels of namespaces decide which resources count. */
  public boolean readsNamespaces() {
    return selections.values().stream()
        .anyMatch(selection -> selection.object != null && !selection.namespace.terms().isEmpty());
  }

  /** Returns the namespaces of Secrets that may be read; none: all. */
  Set<String> secretNamespaces() {
    return secretNamespaces;
  }

  /** Whether jobs that name files are left out. */
  boolean deniesFiles() {
    return deniesFiles;
  }

  /** Returns the section {@code global} of the generated document. */
  JobTree global() {
    return global;
  }

  Generation generation(References references) {
    return new Generation(interval, classes, defaultClass, references);
  }
}
