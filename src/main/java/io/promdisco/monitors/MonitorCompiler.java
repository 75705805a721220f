package io.promdisco.monitors;

import io.promdisco.config.ScrapeConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns resources into scrape configurations as prometheus-operator 0.93 does for Prometheus 3.13
 * in the target allocator. A resource is compiled again only if it, or what it uses of Secrets and
 * ConfigMaps, has changed since the last call; jobs of others are the same objects. No input or
 * output. For one thread at a time.
 *
 * <p>It differs on purpose where Prometheus refuses what the operator generates: with the operator
 * no change of any resource then has an effect; here the resource alone is left out, with the
 * reason {@code InvalidConfiguration}.
 *
 * @see <a href="https://prometheus-operator.dev/docs/api-reference/api/">API reference</a>
 */
public final class MonitorCompiler {
  /** The most endpoints of one resource. */
  public static final int MOST_ENDPOINTS = 1_000;

  private final MonitorSettings settings;
  private final JobCheck check;
  private Map<String, Compiled> last = Map.of();

  /** Makes a compiler for these settings. */
  public MonitorCompiler(MonitorSettings settings) {
    this.settings = settings;
    Map<String, Object> inherited = new LinkedHashMap<>(settings.global());
    inherited.remove("external_labels");
    check = new JobCheck(inherited);
  }

  /**
   * A resource that is selected, after its check.
   *
   * @param lookups what it has looked up in Secrets and ConfigMaps
   * @param problem why the operator refuses it; null: nothing is wrong
   * @param before what became of it at the last call, if the check was the same; otherwise null
   */
  private record Checked(
      MonitorObject object,
      References.Lookups lookups,
      @Nullable String problem,
      @Nullable Compiled before) {}

  /**
   * What became of a resource.
   *
   * @param rejection why it has no jobs, or only those of before; null: nothing is wrong
   * @param deniedJobs those that name files
   */
  private record Compiled(
      Checked checked,
      @Nullable Rejection rejection,
      List<MonitorJob> jobs,
      List<Rejection> deniedJobs) {
    static Compiled refused(Checked checked, @Nullable String problem) {
      return new Compiled(
          checked,
          Rejection.of(
              checked.object, Rejection.Reason.INVALID_CONFIGURATION, String.valueOf(problem)),
          List.of(),
          List.of());
    }

    /** With the jobs of before, while a Secret or ConfigMap is not known. */
    static Compiled unread(Checked checked, String why, @Nullable Compiled before) {
      return new Compiled(
          checked,
          why.isEmpty()
              ? null
              : Rejection.of(
                  checked.object, Rejection.Reason.DATA_NOT_READ, String.valueOf(checked.problem)),
          before == null ? List.of() : before.jobs,
          before == null ? List.of() : before.deniedJobs);
    }
  }

  /** Turns resources into scrape configurations. */
  public CompiledMonitors compile(MonitorObjects objects) {
    Optional<String> problem = settings.selectionProblem();
    if (problem.isPresent()) {
      return CompiledMonitors.refused(
          Rejection.of(Rejection.Reason.SELECTION_ERROR, problem.get()));
    }
    Optional<String> globalProblem = check.read(List.of()).problem();
    if (globalProblem.isPresent()) {
      return CompiledMonitors.refused(
          Rejection.of(Rejection.Reason.INVALID_SETTINGS, globalProblem.get()));
    }
    return new Run(objects).compile();
  }

  /** One compilation. */
  private final class Run {
    private final MonitorObjects objects;
    private final References references;
    private final Generation generation;
    private final List<Rejection> rejected = new ArrayList<>();

    Run(MonitorObjects objects) {
      this.objects = objects;
      references = new References(objects, settings.secretNamespaces());
      generation = settings.generation(references);
    }

    /** Checks all resources before the first job: a class uses what checks of others have read. */
    CompiledMonitors compile() {
      List<MonitorObject> chosen = new ArrayList<>();
      for (MonitorKind kind : MonitorKind.values()) {
        objects.monitors(kind).stream().filter(this::isSelected).forEach(chosen::add);
      }
      Map<String, String> refused = MonitorSize.refused(chosen, MonitorSize.most());
      List<Checked> selected = new ArrayList<>();
      for (MonitorObject object : chosen) {
        String problem = refused.get(object.id());
        selected.add(
            problem == null
                ? checked(object)
                : new Checked(object, new References.Lookups(), problem, null));
      }
      Map<String, Compiled> all = new LinkedHashMap<>();
      selected.forEach(checked -> all.put(checked.object.id(), compiled(checked)));
      last = new LinkedHashMap<>(all);
      last.keySet().removeAll(refused.keySet()); // There may be room next time.
      List<MonitorJob> jobs = new ArrayList<>();
      List<Rejection> denied = new ArrayList<>();
      Set<DataName> names = new HashSet<>();
      for (Compiled one : all.values()) {
        names.addAll(one.checked.lookups.names());
        jobs.addAll(one.jobs);
        denied.addAll(one.deniedJobs);
        if (one.rejection != null) {
          rejected.add(one.rejection);
        }
      }
      rejected.sort(Rejection.ORDER);
      rejected.addAll(denied);
      return new CompiledMonitors(settings.global(), jobs, rejected, names);
    }

    private boolean isSelected(MonitorObject object) {
      Optional<String> reason =
          settings.notSelected(object, objects.namespaceLabels(object.namespace()));
      reason.ifPresent(
          why -> rejected.add(Rejection.of(object, Rejection.Reason.NOT_SELECTED, why)));
      return reason.isEmpty();
    }

    private Checked checked(MonitorObject object) {
      Compiled before = last.get(object.id());
      if (before != null
          && before.checked.object.equals(object)
          && references.checksAgain(before.checked.lookups)) {
        return new Checked(object, before.checked.lookups, before.checked.problem, before);
      }
      References.Lookups lookups = references.note();
      try {
        SpecNode spec = SpecNode.of("spec", object.spec());
        checkSize(spec);
        MonitorSize.check(object);
        MonitorCompilation.of(object.kind()).check(object, spec, generation);
        return new Checked(object, lookups, null, null);
      } catch (InvalidMonitorException e) {
        return new Checked(object, lookups, String.valueOf(e.getMessage()), null);
      }
    }

    private Compiled compiled(Checked found) {
      if (found.before != null && references.findsAgain(found.lookups)) {
        return found.before;
      }
      // Without what it was before, which would hold what that was before, and so on.
      Checked checked = new Checked(found.object, found.lookups, found.problem, null);
      String unread = checked.lookups.whyUnread();
      if (unread != null) {
        return Compiled.unread(checked, unread, last.get(checked.object.id()));
      }
      if (checked.problem != null) {
        return Compiled.refused(checked, checked.problem);
      }
      references.note(checked.lookups);
      try {
        SpecNode spec = SpecNode.of("spec", checked.object.spec());
        MonitorCompilation compilation = MonitorCompilation.of(checked.object.kind());
        return read(checked, compilation.jobs(checked.object, spec, generation));
      } catch (InvalidMonitorException e) {
        return Compiled.refused(checked, e.getMessage());
      }
    }
  }

  private static void checkSize(SpecNode spec) throws InvalidMonitorException {
    for (String name : List.of("endpoints", "podMetricsEndpoints")) {
      int size = spec.items(name).size();
      if (size > MOST_ENDPOINTS) {
        throw new InvalidMonitorException(
            name + ": " + size + " (expected: at most " + MOST_ENDPOINTS + ")");
      }
    }
  }

  /** Reads generated jobs as Prometheus does. */
  private Compiled read(Checked checked, List<JobTree> trees) {
    if (trees.isEmpty()) {
      return new Compiled(checked, null, List.of(), List.of());
    }
    JobCheck.Result result = check.read(trees);
    if (result.problem().isPresent()) {
      return Compiled.refused(checked, result.problem().get());
    }
    Map<String, ScrapeConfig> configs = new HashMap<>();
    result.configs().forEach(config -> configs.put(config.jobName(), config));
    List<MonitorJob> jobs = new ArrayList<>();
    List<Rejection> denied = new ArrayList<>();
    for (JobTree tree : trees) {
      String name = String.valueOf(tree.get("job_name"));
      Optional<String> file = settings.deniesFiles() ? file(tree) : Optional.empty();
      if (file.isPresent()) {
        denied.add(Rejection.ofJob(checked.object, name, file.get()));
      } else {
        jobs.add(
            new MonitorJob(
                checked.object, tree.field(), tree, Optional.ofNullable(configs.get(name))));
      }
    }
    return new Compiled(checked, null, jobs, denied);
  }

  /** Returns the first file that a job names to connect to its targets. */
  private static Optional<String> file(Map<String, Object> job) {
    Object token = job.get("bearer_token_file");
    if (token != null) {
      return Optional.of("authorization.credentials_file: " + token);
    }
    return file(job, "authorization", "credentials_file")
        .or(() -> file(job, "tls_config", "ca_file"))
        .or(() -> file(job, "tls_config", "cert_file"))
        .or(() -> file(job, "tls_config", "key_file"));
  }

  private static Optional<String> file(Map<String, Object> job, String section, String key) {
    return job.get(section) instanceof Map<?, ?> map && map.get(key) != null
        ? Optional.of(section + "." + key + ": " + map.get(key))
        : Optional.empty();
  }
}
