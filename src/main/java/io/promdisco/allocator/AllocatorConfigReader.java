package io.promdisco.allocator;

import static io.promdisco.config.table.Setting.bool;
import static io.promdisco.config.table.Setting.file;
import static io.promdisco.config.table.Setting.text;
import static io.promdisco.config.table.Setting.texts;

import io.promdisco.allocation.Allocation;
import io.promdisco.allocation.Holders;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration file of the OpenTelemetry target allocator, strictly, and reports every
 * mistake with its place. Safe for all threads.
 */
public final class AllocatorConfigReader {
  private static final String HASHING = "consistent-hashing";
  private static final String LEAST_WEIGHTED = "least-weighted";
  private static final String PER_NODE = "per-node";
  private static final String EXCLUSIVE = "exclusive";
  private static final String FILTER = "relabel-config";

  private static final Setting<String> KEY = text("key");
  private static final Setting<String> OPERATOR =
      text("operator").documented("In, NotIn, Exists, DoesNotExist", "");
  private static final Setting<List<String>> VALUES = texts("values");
  private static final SectionTable EXPRESSION =
      SectionTable.of("collector_selector.matchExpressions", KEY, OPERATOR, VALUES);

  private static final Setting<Map<String, String>> LABELS = Setting.textMap("matchLabels");
  private static final Setting<Map<String, String>> LOWER_LABELS = Setting.textMap("matchlabels");
  private static final Setting<List<SettingValues>> EXPRESSIONS = expressions("matchExpressions");
  private static final Setting<List<SettingValues>> LOWER_EXPRESSIONS =
      expressions("matchexpressions");
  private static final SectionTable SELECTOR =
      SectionTable.of("collector_selector", LABELS, LOWER_LABELS, EXPRESSIONS, LOWER_EXPRESSIONS);

  private static final Setting<Boolean> HTTPS_ENABLED = bool("enabled", false);
  private static final Setting<String> HTTPS_LISTEN = text("listen_addr", ":8443");
  private static final Setting<String> CA = file("ca_file_path");
  private static final Setting<String> CERT = file("tls_cert_file_path");
  private static final Setting<String> CERT_KEY = file("tls_key_file_path");
  private static final SectionTable HTTPS =
      SectionTable.of("https", HTTPS_ENABLED, HTTPS_LISTEN, CA, CERT, CERT_KEY);

  private static final Setting<Boolean> CRS_ENABLED = bool("enabled", false);

  /** Their values are read where the resources are compiled. */
  private static final SectionTable CRS =
      SectionTable.of(
          "prometheus_cr",
          Stream.concat(
                  Stream.of(CRS_ENABLED),
                  Stream.of(
                          "allow_namespaces",
                          "deny_namespaces",
                          "secret_namespaces",
                          "service_monitor_selector",
                          "service_monitor_namespace_selector",
                          "pod_monitor_selector",
                          "pod_monitor_namespace_selector",
                          "probe_selector",
                          "probe_namespace_selector",
                          "scrape_config_selector",
                          "scrape_config_namespace_selector",
                          "scrape_interval",
                          "evaluation_interval",
                          "scrape_protocols",
                          "scrape_classes",
                          "deny_fs_access_through_sms")
                      .map(key -> Setting.of(key, "any", "", (in, name, paths) -> in.has(name))))
              .toArray(Setting<?>[]::new));

  private static final Setting<String> LISTEN = text("listen_addr", ":8080");
  private static final Setting<String> KUBECONFIG =
      file("kube_config_file_path").documented("file", "in the cluster, or `~/.kube/config`");
  private static final Setting<String> NAMESPACE =
      text("collector_namespace").documented("text", "environment `OTELCOL_NAMESPACE`");
  private static final Setting<SettingValues> COLLECTOR_SELECTOR =
      Setting.defaultSection("collector_selector", SELECTOR);
  private static final Setting<List<String>> COLLECTORS = texts("collectors");
  private static final Setting<String> STRATEGY =
      choice("allocation_strategy", HASHING, List.of(HASHING, PER_NODE, LEAST_WEIGHTED));
  private static final Setting<String> FALLBACK =
      choice("allocation_fallback_strategy", "", List.of(HASHING, LEAST_WEIGHTED));
  private static final Setting<String> FILTER_STRATEGY =
      choice("filter_strategy", FILTER, List.of(FILTER));
  private static final Setting<String> HANDOVER =
      choice("handover", "gapless", List.of("gapless", EXCLUSIVE));
  private static final Setting<Duration> GRACE =
      Setting.duration("collector_not_ready_grace_period", Duration.ofSeconds(30));
  private static final Setting<Boolean> INSECURE =
      bool("allow_insecure_auth_secrets", false)
          .documented("boolean", "environment `ALLOW_INSECURE_AUTH_SECRETS`, or false");
  private static final Setting<SettingValues> HTTPS_SECTION =
      Setting.defaultSection("https", HTTPS);
  private static final Setting<SettingValues> CRS_SECTION =
      Setting.defaultSection("prometheus_cr", CRS);
  private static final Setting<Boolean> CONFIG =
      Setting.of("config", "Prometheus configuration", "", (root, key, paths) -> root.has(key));
  private static final SectionTable ROOT =
      SectionTable.of(
          "target allocator",
          LISTEN,
          KUBECONFIG,
          NAMESPACE,
          COLLECTOR_SELECTOR,
          COLLECTORS,
          CONFIG,
          STRATEGY,
          FALLBACK,
          FILTER_STRATEGY,
          HANDOVER,
          GRACE,
          INSECURE,
          HTTPS_SECTION,
          CRS_SECTION);

  /** The tables of the file, for the documentation. */
  public static final List<SectionTable> TABLES = List.of(ROOT, SELECTOR, EXPRESSION, HTTPS, CRS);

  private final ConfigLoader loader;
  private final UnaryOperator<@Nullable String> environment;
  private final @Nullable Boolean readsMonitors;

  /**
   * Reads scrape configs with {@code loader}.
   *
   * @param environment returns a variable of the environment, or null
   */
  public AllocatorConfigReader(ConfigLoader loader, UnaryOperator<@Nullable String> environment) {
    this(loader, environment, null);
  }

  private AllocatorConfigReader(
      ConfigLoader loader,
      UnaryOperator<@Nullable String> environment,
      @Nullable Boolean readsMonitors) {
    this.loader = loader;
    this.environment = environment;
    this.readsMonitors = readsMonitors;
  }

  /** A reader for which {@code prometheus_cr.enabled} has this value, whatever files say. */
  public AllocatorConfigReader readingMonitors(boolean enabled) {
    return new AllocatorConfigReader(loader, environment, enabled);
  }

  /**
   * What was read.
   *
   * @param settings nothing if the file is refused
   * @param scraping the section {@code config}, with the problems of the whole file
   * @param readsMonitors {@code prometheus_cr.enabled}
   */
  public record Result(
      Optional<AllocatorConfig> settings,
      ConfigLoader.LoadResult scraping,
      boolean readsMonitors) {}

  private static Setting<String> choice(String key, String missing, List<String> choices) {
    return Setting.choice(key, missing, choices)
        .accepted(
            value -> value.equals(missing) || choices.contains(value),
            value -> "\"" + value + "\" (expected: one of " + String.join(", ", choices) + ")");
  }

  private static Setting<List<SettingValues>> expressions(String key) {
    return Setting.of(
        key,
        "list of " + EXPRESSION.name(),
        "",
        (section, name, paths) ->
            section.sections(name, "empty expression").stream()
                .map(each -> EXPRESSION.read(each, paths))
                .toList());
  }

  /** Reads a file. */
  public Result read(Path file) {
    List<AllocatorConfig> read = new ArrayList<>();
    AtomicBoolean monitors = new AtomicBoolean();
    Path folder = file.getParent() == null ? Path.of("") : file.getParent();
    ConfigLoader.LoadResult result =
        loader.read(
            file,
            root -> {
              SettingValues values = ROOT.read(root, new ConfigPaths(folder));
              monitors.set(
                  readsMonitors == null ? values.get(CRS_SECTION).get(CRS_ENABLED) : readsMonitors);
              read.add(settings(values));
              return root.sectionOrEmpty("config");
            },
            (config, jobs) -> check(config, jobs, monitors.get()));
    boolean usable = result.configuration().isPresent() && !read.isEmpty();
    return new Result(usable ? Optional.of(read.get(0)) : Optional.empty(), result, monitors.get());
  }

  /** Notes jobs that cannot be served. */
  private static void check(Section config, List<ScrapeConfig> jobs, boolean readsMonitors) {
    if (jobs.isEmpty() && !readsMonitors) {
      config.error(
          "scrape_configs",
          "no job (expected: at least one scrape config, or prometheus_cr.enabled)");
    }
  }

  private AllocatorConfig settings(SettingValues root) {
    warn(root);
    List<String> collectors = root.get(COLLECTORS);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < collectors.size(); i++) {
      if (collectors.get(i).isEmpty() || !names.add(collectors.get(i))) {
        root.section()
            .error(
                COLLECTORS.key(),
                i,
                "\"" + collectors.get(i) + "\" (expected: a name that no other collector has)");
      }
    }
    String namespace = variable("OTELCOL_NAMESPACE", root.get(NAMESPACE));
    if (namespace.isEmpty() && collectors.isEmpty()) {
      root.error(
          NAMESPACE,
          "missing (expected: the namespace of the collectors' pods, here or in the environment"
              + " variable OTELCOL_NAMESPACE; outside Kubernetes their names under collectors)");
    }
    String insecure = variable("ALLOW_INSECURE_AUTH_SECRETS", "");
    SettingValues https = root.get(HTTPS_SECTION);
    return new AllocatorConfig(
        root.get(LISTEN),
        new AllocatorConfig.Https(
            https.get(HTTPS_ENABLED),
            https.get(HTTPS_LISTEN),
            https.get(CA),
            https.get(CERT),
            https.get(CERT_KEY)),
        root.get(KUBECONFIG),
        namespace,
        selector(root.get(COLLECTOR_SELECTOR)),
        collectors,
        strategy(root),
        root.get(HANDOVER).equals(EXCLUSIVE)
            ? Holders.Handover.EXCLUSIVE
            : Holders.Handover.GAPLESS,
        root.get(GRACE),
        insecure.isEmpty() ? root.get(INSECURE) : Boolean.parseBoolean(insecure));
  }

  private static void warn(SettingValues root) {
    for (Setting<String> field : List.of(STRATEGY, FALLBACK)) {
      if (root.get(field).equals(LEAST_WEIGHTED)) {
        root.warn(
            field, LEAST_WEIGHTED + " means " + HASHING + " here (expected: " + HASHING + ")");
      }
    }
    if (!root.get(FALLBACK).isEmpty() && !root.get(STRATEGY).equals(PER_NODE)) {
      root.warn(FALLBACK, "has no effect (expected: with allocation_strategy " + PER_NODE + ")");
    }
  }

  private static Allocation.Strategy strategy(SettingValues root) {
    if (!root.get(STRATEGY).equals(PER_NODE)) {
      return Allocation.Strategy.CONSISTENT_HASHING;
    }
    return root.get(FALLBACK).isEmpty()
        ? Allocation.Strategy.PER_NODE
        : Allocation.Strategy.PER_NODE_OR_ANY;
  }

  private String variable(String name, String otherwise) {
    String value = environment.apply(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }

  /** The selector in the form of URLs: {@code app=collector,tier in (a,b),!old}. */
  private static String selector(SettingValues selector) {
    List<String> parts = new ArrayList<>();
    selector.get(LABELS).forEach((name, value) -> parts.add(name + "=" + value));
    selector.get(LOWER_LABELS).forEach((name, value) -> parts.add(name + "=" + value));
    List<SettingValues> expressions = new ArrayList<>(selector.get(EXPRESSIONS));
    expressions.addAll(selector.get(LOWER_EXPRESSIONS));
    for (SettingValues each : expressions) {
      String key = each.get(KEY);
      String values = " (" + String.join(",", each.get(VALUES)) + ")";
      switch (each.get(OPERATOR)) {
        case "In" -> parts.add(key + " in" + values);
        case "NotIn" -> parts.add(key + " notin" + values);
        case "Exists" -> parts.add(key);
        case "DoesNotExist" -> parts.add("!" + key);
        default ->
            each.error(
                OPERATOR,
                "\""
                    + each.get(OPERATOR)
                    + "\" (expected: one of In, NotIn, Exists, DoesNotExist)");
      }
    }
    return String.join(",", parts);
  }
}
