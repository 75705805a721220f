package io.promdisco.explain;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.model.Labels;
import io.promdisco.model.SpellingSuggestions;
import io.promdisco.monitors.MonitorJob;
import io.promdisco.monitors.MonitorKind;
import io.promdisco.monitors.MonitorObject;
import io.promdisco.monitors.MonitorSnapshot;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelTrace;
import io.promdisco.scrape.TargetOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Gathers what the jobs of a monitor discover and which of their rules drop it, and says why they
 * discover nothing. For one thread and one query.
 */
public final class MonitorExplainer implements TargetCollector {
  private static final String META = "__meta_kubernetes_";

  /** Of so many monitors of one name at most the jobs are explained. */
  private static final int MOST_MONITORS = 10;

  private static final int MOST_NAMES = 5;
  private static final int MOST_VALUES = 5;

  private final MonitorQuery query;
  private final MonitorSnapshot snapshot;
  private final int limit;
  private final List<MonitorObject> monitors;
  private final int more;
  private final Map<String, ScrapeConfig> jobs = new LinkedHashMap<>();
  private final Map<String, Tally> tallies = new HashMap<>();

  /**
   * Begins without targets.
   *
   * @param chosen the jobs that count, among others those of monitors
   * @param limit how many targets of a job to trace at most; 1 or more
   */
  public MonitorExplainer(
      MonitorQuery query, MonitorSnapshot snapshot, List<ScrapeConfig> chosen, int limit) {
    this.query = query;
    this.snapshot = snapshot;
    this.limit = limit;
    List<MonitorObject> all =
        snapshot.objects().monitors(query.kind()).stream().filter(query::matches).toList();
    monitors = all.subList(0, Math.min(MOST_MONITORS, all.size()));
    more = all.size() - monitors.size();
    Set<String> names = new HashSet<>();
    for (MonitorObject monitor : monitors) {
      snapshot.jobs(monitor).forEach(job -> names.add(job.jobName()));
    }
    for (ScrapeConfig job : chosen) {
      if (names.contains(job.jobName())) {
        jobs.put(job.jobName(), job);
      }
    }
  }

  /** Returns the jobs to discover. */
  public List<ScrapeConfig> jobs() {
    return List.copyOf(jobs.values());
  }

  /** What a job has discovered. */
  private static final class Tally {
    private final Map<Class<?>, Integer> counts = new HashMap<>();
    private final List<TracedTarget> targets = new ArrayList<>();
    private final Map<Integer, DropTally> drops = new TreeMap<>();

    /** The objects that have targets, by their kind. */
    private final Map<Role, Set<ObjectKey>> objects = new EnumMap<>(Role.class);

    int count(Class<? extends TargetOutcome> outcome) {
      return counts.getOrDefault(outcome, 0);
    }

    void addDrop(RelabelTrace.Step step, Labels discovered) {
      DropTally drop =
          drops.computeIfAbsent(
              step.index(),
              any -> new DropTally(step.rule(), discovered.getOrEmpty("__address__")));
      drop.count++;
      if (drop.values.size() < MOST_VALUES) {
        drop.values.add(step.value());
      }
    }

    void addObjects(ScrapeConfig job, Labels discovered) {
      for (SdConfig config : job.sdConfigs()) {
        if (config instanceof KubernetesSdConfig kubernetes) {
          Role kind = AbsenceReasons.selectable(kubernetes.role());
          String name = discovered.get(META + kind.text() + "_name");
          if (name != null) {
            objects
                .computeIfAbsent(kind, any -> new HashSet<>())
                .add(new ObjectKey(discovered.getOrEmpty(META + "namespace"), name));
          }
        }
      }
    }
  }

  private static final class DropTally {
    private final RelabelRule rule;
    private final String address;
    private final Set<String> values = new LinkedHashSet<>();
    private int count;

    DropTally(RelabelRule rule, String address) {
      this.rule = rule;
      this.address = address;
    }
  }

  @Override
  public void addTarget(
      ScrapeConfig job, String provider, String source, Labels discovered, TargetOutcome outcome) {
    if (!jobs.containsKey(job.jobName())) {
      return;
    }
    Tally tally = tallies.computeIfAbsent(job.jobName(), any -> new Tally());
    tally.addObjects(job, discovered);
    tally.counts.merge(outcome.getClass(), 1, Integer::sum);
    if (outcome == TargetOutcome.Dropped.DROPPED) {
      RelabelTrace.Steps steps = new RelabelTrace.Steps(job.relabelRules(), discovered);
      steps.forEachRemaining(
          step -> {
            if (!step.kept()) {
              tally.addDrop(step, discovered);
            }
          });
    }
    if (tally.count(outcome.getClass()) <= limit) {
      RelabelTrace trace = RelabelTrace.of(job.relabelRules(), discovered);
      tally.targets.add(new TracedTarget(provider, source, trace, outcome, null));
    }
  }

  /** The answer, once all targets of {@link #jobs} have been seen. */
  public MonitorExplanation explain(Explainer.SourceInspector sources) throws InterruptedException {
    List<MonitorExplanation.Monitor> answers = new ArrayList<>();
    for (MonitorObject monitor : monitors) {
      List<MonitorJobExplanation> explained = new ArrayList<>();
      for (MonitorJob job : snapshot.jobs(monitor)) {
        Optional<MonitorJobExplanation> answer = explain(job, sources);
        answer.ifPresent(explained::add);
      }
      answers.add(
          new MonitorExplanation.Monitor(
              monitor, snapshot.selection(monitor), snapshot.rejections(monitor), explained));
    }
    return new MonitorExplanation(query, answers, more, near());
  }

  /** What one job discovers; nothing if the job was not chosen. */
  private Optional<MonitorJobExplanation> explain(MonitorJob job, Explainer.SourceInspector sources)
      throws InterruptedException {
    List<String> fields = job.ruleFields();
    if (job.config().isEmpty()) {
      Absence unsupported =
          Absence.of(
              Absence.Reason.OTHER_SOURCE,
              "it uses service discovery that promdisco does not support");
      return Optional.of(
          new MonitorJobExplanation(
              job.field(),
              new JobExplanation(job.jobName(), 0, 0, 0, List.of(), List.of(unsupported), fields),
              List.of()));
    }
    ScrapeConfig config = jobs.get(job.jobName());
    if (config == null) {
      return Optional.empty();
    }
    Tally tally = tallies.getOrDefault(job.jobName(), new Tally());
    List<TracedTarget> targets = new ArrayList<>(tally.targets);
    targets.sort(Comparator.comparingInt(Explainer::rank));
    int active = tally.count(TargetOutcome.Kept.class);
    JobExplanation explained =
        new JobExplanation(
            job.jobName(),
            active,
            tally.count(TargetOutcome.Dropped.class),
            tally.count(TargetOutcome.Failed.class),
            targets.subList(0, Math.min(limit, targets.size())),
            active > 0 ? List.of() : absences(job, config, tally, sources),
            fields);
    List<RuleDrops> drops = new ArrayList<>();
    tally.drops.forEach(
        (index, drop) ->
            drops.add(
                new RuleDrops(
                    index,
                    drop.rule,
                    index < fields.size() ? fields.get(index) : "",
                    drop.count,
                    List.copyOf(drop.values),
                    drop.address)));
    return Optional.of(new MonitorJobExplanation(job.field(), explained, drops));
  }

  private static List<Absence> absences(
      MonitorJob job, ScrapeConfig config, Tally tally, Explainer.SourceInspector sources)
      throws InterruptedException {
    String selector = selector(job.source().kind());
    List<String> fields = job.ruleFields();
    List<RelabelRule> rules = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      if (isOf(selector, fields.get(i))) {
        rules.add(config.relabelRules().get(i));
      }
    }
    return Explainer.absences(
        config,
        source -> {
          Set<ObjectKey> discovered =
              source instanceof KubernetesSdConfig kubernetes
                  ? tally.objects.getOrDefault(
                      AbsenceReasons.selectable(kubernetes.role()), Set.of())
                  : Set.of();
          return sources.inspect(source, new ObjectSelection(selector, rules, discovered));
        });
  }

  /** The field that selects objects; empty: there is none. */
  static String selector(MonitorKind kind) {
    return switch (kind) {
      case SERVICE_MONITOR, POD_MONITOR -> "spec.selector";
      case PROBE -> "spec.targets.ingress.selector";
      case SCRAPE_CONFIG -> "";
    };
  }

  /** Whether a rule of this field is part of a selector. */
  static boolean isOf(String selector, String field) {
    return !selector.isEmpty() && field.startsWith(selector + ".");
  }

  /** Monitors that could have been meant, if there is none of that name. */
  private List<String> near() {
    if (!monitors.isEmpty()) {
      return List.of();
    }
    Map<String, String> names = new LinkedHashMap<>();
    for (MonitorKind kind : MonitorKind.values()) {
      for (MonitorObject other : snapshot.objects().monitors(kind)) {
        String name =
            query.namespace().isPresent() ? other.namespace() + "/" + other.name() : other.name();
        names.putIfAbsent(name, other.text());
      }
    }
    String asked = query.namespace().map(in -> in + "/").orElse("") + query.name();
    return SpellingSuggestions.nearest(asked, names.keySet(), MOST_NAMES).stream()
        .map(name -> names.getOrDefault(name, name))
        .toList();
  }
}
