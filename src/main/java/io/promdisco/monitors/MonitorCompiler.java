package io.promdisco.monitors;

import io.promdisco.config.ScrapeConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns resources into scrape configurations as prometheus-operator 0.93 does for Prometheus 3.13
 * in the target allocator. Jobs that are the same as at the last call are the same objects. No
 * input or output. For one thread at a time.
 *
 * <p>It differs on purpose where Prometheus refuses what the operator generates: the operator's
 * users then have no news of any resource; here the resource alone is left out, with the reason
 * {@code InvalidConfiguration}.
 *
 * @see <a href="https://prometheus-operator.dev/docs/api-reference/api/">API reference</a>
 */
public final class MonitorCompiler {
  /** The most endpoints of one resource. */
  public static final int MOST_ENDPOINTS = 1_000;

  private final MonitorSettings settings;
  private final JobCheck check;
  private Map<String, Checked> lastChecks = Map.of();

  /** Makes a compiler for these settings. */
  public MonitorCompiler(MonitorSettings settings) {
    this.settings = settings;
    Map<String, Object> inherited = new LinkedHashMap<>(settings.global());
    inherited.remove("external_labels");
    check = new JobCheck(inherited);
  }

  /** Jobs of a resource, and what the check made of them. */
  private record Checked(List<JobTree> trees, JobCheck.Result result) {}

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

  /** A resource that its check has accepted. */
  private record Accepted(MonitorObject object, SpecNode spec) {}

  /** One compilation. */
  private final class Run {
    private final MonitorObjects objects;
    private final Generation generation;
    private final Map<String, Rejection> rejected = new LinkedHashMap<>();
    private final List<Rejection> deniedJobs = new ArrayList<>();
    private final Map<String, Checked> checks = new HashMap<>();

    Run(MonitorObjects objects) {
      this.objects = objects;
      generation = settings.generation(new References(objects, settings.secretNamespaces()));
    }

    /** Selects and checks all resources first: a check reads what a class of another names. */
    CompiledMonitors compile() {
      List<Accepted> accepted = new ArrayList<>();
      for (MonitorKind kind : MonitorKind.values()) {
        for (MonitorObject object : objects.monitors(kind)) {
          select(object, accepted);
        }
      }
      List<MonitorJob> jobs = new ArrayList<>();
      accepted.forEach(one -> jobs.addAll(jobs(one.object, one.spec)));
      lastChecks = checks;
      List<Rejection> all = new ArrayList<>();
      for (MonitorKind kind : MonitorKind.values()) {
        for (MonitorObject object : objects.monitors(kind)) {
          Rejection rejection = rejected.get(object.id());
          if (rejection != null) {
            all.add(rejection);
          }
        }
      }
      all.addAll(deniedJobs);
      return new CompiledMonitors(settings.global(), jobs, all);
    }

    private void select(MonitorObject object, List<Accepted> accepted) {
      Optional<String> reason =
          settings.notSelected(object, objects.namespaceLabels(object.namespace()));
      if (reason.isPresent()) {
        reject(object, Rejection.Reason.NOT_SELECTED, reason.get());
        return;
      }
      try {
        SpecNode spec = SpecNode.of("spec", object.spec());
        checkSize(spec);
        MonitorCompilation.of(object.kind()).check(object, spec, generation);
        accepted.add(new Accepted(object, spec));
      } catch (InvalidMonitorException e) {
        rejectInvalid(object, e.getMessage());
      }
    }

    private void checkSize(SpecNode spec) throws InvalidMonitorException {
      for (String name : List.of("endpoints", "podMetricsEndpoints")) {
        int size = spec.items(name).size();
        if (size > MOST_ENDPOINTS) {
          throw new InvalidMonitorException(
              name + ": " + size + " (expected: at most " + MOST_ENDPOINTS + ")");
        }
      }
    }

    private void reject(MonitorObject object, Rejection.Reason reason, String message) {
      rejected.put(object.id(), Rejection.of(object, reason, message));
    }

    private void rejectInvalid(MonitorObject object, @Nullable String message) {
      reject(object, Rejection.Reason.INVALID_CONFIGURATION, String.valueOf(message));
    }

    private List<MonitorJob> jobs(MonitorObject object, SpecNode spec) {
      Checked checked;
      try {
        checked = checked(object, MonitorCompilation.of(object.kind()).jobs(object, spec, generation));
      } catch (InvalidMonitorException e) {
        rejectInvalid(object, e.getMessage());
        return List.of();
      }
      checks.put(object.id(), checked);
      if (checked.result.problem().isPresent()) {
        rejectInvalid(object, checked.result.problem().get());
        return List.of();
      }
      Map<String, ScrapeConfig> configs = new HashMap<>();
      checked.result.configs().forEach(config -> configs.put(config.jobName(), config));
      List<MonitorJob> jobs = new ArrayList<>();
      for (JobTree tree : checked.trees) {
        String name = String.valueOf(tree.get("job_name"));
        Optional<String> file = settings.deniesFiles() ? deniedFile(tree) : Optional.empty();
        if (file.isPresent()) {
          deniedJobs.add(Rejection.ofJob(name, file.get()));
        } else {
          jobs.add(new MonitorJob(object, tree, Optional.ofNullable(configs.get(name))));
        }
      }
      return jobs;
    }

    private Checked checked(MonitorObject object, List<JobTree> trees) {
      Checked last = lastChecks.get(object.id());
      return last != null && last.trees.equals(trees)
          ? last
          : new Checked(trees, trees.isEmpty() ? noJobs() : check.read(trees));
    }

    private JobCheck.Result noJobs() {
      return new JobCheck.Result(List.of(), Optional.empty());
    }
  }

  /** Returns the first file that a job names to connect to its targets. */
  private static Optional<String> deniedFile(Map<String, Object> job) {
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
