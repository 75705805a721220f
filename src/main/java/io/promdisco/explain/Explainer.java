package io.promdisco.explain;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.explain.Absence.Reason;
import io.promdisco.explain.ExplainQuery.AddressQuery;
import io.promdisco.explain.ExplainQuery.FoundQuery;
import io.promdisco.explain.ExplainQuery.ObjectQuery;
import io.promdisco.explain.ExplainQuery.WorkloadQuery;
import io.promdisco.model.Labels;
import io.promdisco.model.SpellingSuggestions;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.relabel.RelabelTrace;
import io.promdisco.scrape.TargetOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Collects the targets of jobs that match a query, and the reasons if there are none. For one
 * thread and one query.
 */
public final class Explainer implements TargetCollector {
  /** Looks why one source discovers nothing that matches. */
  public interface SourceInspector {
    /**
     * Returns the reasons without the source's name; empty if the source has none.
     *
     * @param config a source of a job
     */
    List<Absence> inspect(SdConfig config, ExplainQuery query) throws InterruptedException;

    /**
     * The reasons why objects that a monitor selects give no target, without the source's name.
     *
     * @param config one of the sources of the monitor's job
     */
    List<Absence> inspect(SdConfig config, ObjectSelection selection) throws InterruptedException;

    /**
     * The objects that have an address by which the source discovers nothing, and what it is to
     * them.
     */
    Map<ObjectQuery, String> owners(SdConfig config, AddressQuery query)
        throws InterruptedException;

    /**
     * Passes names that the source could discover to {@code names}, like {@link
     * ExplainQuery#names}.
     */
    void names(SdConfig config, ExplainQuery query, BiConsumer<String, String> names)
        throws InterruptedException;
  }

  private static final int MOST_NAMES = 5;
  private static final int MOST_OBJECTS = 10;

  private final ExplainQuery query;
  private final int limit;
  private final Function<String, List<String>> ruleFields;
  private final Map<String, Found> found = new LinkedHashMap<>();

  /** The objects whose targets match. */
  private final Set<String> objects = new LinkedHashSet<>();

  /** Names that could have been meant, and how to show them. */
  private final Map<String, String> names = new LinkedHashMap<>();

  /**
   * Creates an explainer without jobs.
   *
   * @param limit the maximum number of targets of a job to trace; 1 or more
   */
  public Explainer(ExplainQuery query, int limit, Function<String, List<String>> ruleFields) {
    this.query = query;
    this.limit = limit;
    this.ruleFields = ruleFields;
  }

  /** The matching targets of a job. */
  private static final class Found {
    private final List<TracedTarget> targets = new ArrayList<>();
    private final Map<Class<?>, Integer> counts = new HashMap<>();

    /** The pods of a workload from which these targets are made. */
    private final Set<ObjectKey> pods = new HashSet<>();

    int count(Class<? extends TargetOutcome> outcome) {
      return counts.getOrDefault(outcome, 0);
    }
  }

  @Override
  public void addTarget(
      ScrapeConfig job, String provider, String source, Labels discovered, TargetOutcome outcome) {
    if (!query.matches(discovered, outcome)) {
      query.names(discovered, outcome, names::putIfAbsent);
      return;
    }
    String object = query.object(discovered);
    if (!object.isEmpty() && objects.size() <= MOST_OBJECTS) {
      objects.add(object);
    }
    Found here = found.computeIfAbsent(job.jobName(), any -> new Found());
    if (query instanceof WorkloadQuery) {
      WorkloadQuery.pod(discovered).ifPresent(here.pods::add);
    }
    Class<? extends TargetOutcome> kind = outcome.getClass();
    here.counts.merge(kind, 1, Integer::sum);
    if (here.count(kind) <= limit) {
      RelabelTrace trace = RelabelTrace.of(job.relabelRules(), discovered);
      here.targets.add(new TracedTarget(provider, source, trace, outcome, null));
    }
  }

  /** Returns the answer for {@code jobs}, all of whose targets were added. */
  public Explanation explain(List<ScrapeConfig> jobs, SourceInspector sources)
      throws InterruptedException {
    List<JobExplanation> answers = new ArrayList<>();
    for (ScrapeConfig job : jobs) {
      Found here = found.getOrDefault(job.jobName(), new Found());
      List<TracedTarget> targets = new ArrayList<>(here.targets);
      targets.sort(Comparator.comparingInt(Explainer::rank));
      answers.add(
          new JobExplanation(
              job.jobName(),
              here.count(TargetOutcome.Kept.class),
              here.count(TargetOutcome.Dropped.class),
              here.count(TargetOutcome.Failed.class),
              targets.subList(0, Math.min(limit, targets.size())),
              absences(job, here, sources),
              ruleFields.apply(job.jobName())));
    }
    Explanation answer = new Explanation(query, answers, choices(), List.of());
    if (!answer.unknown()) {
      return answer;
    }
    for (ScrapeConfig job : jobs) {
      for (SdConfig config : job.sdConfigs()) {
        sources.names(config, query, names::putIfAbsent);
      }
    }
    return new Explanation(query, answers, choices(), near());
  }

  /**
   * Returns a query for the objects that have the address of a query, to use if no target has it.
   *
   * @return empty if the query means no address, or no object has it
   */
  public static Optional<ExplainQuery> owners(
      ExplainQuery query, List<ScrapeConfig> jobs, SourceInspector sources)
      throws InterruptedException {
    Optional<AddressQuery> address = query.address();
    Map<ObjectQuery, String> owners = new LinkedHashMap<>();
    if (address.isPresent()) {
      for (ScrapeConfig job : jobs) {
        for (SdConfig config : job.sdConfigs()) {
          owners.putAll(sources.owners(config, address.get()));
        }
      }
    }
    return owners.isEmpty() ? Optional.empty() : Optional.of(new FoundQuery(query.text(), owners));
  }

  /** Returns the objects that the query matches, if there are several. */
  private List<String> choices() {
    return objects.size() < 2 ? List.of() : List.copyOf(objects);
  }

  static int rank(TracedTarget target) {
    return target.outcome() instanceof TargetOutcome.Kept
        ? 0
        : target.outcome() instanceof TargetOutcome.Failed ? 1 : 2;
  }

  /** Returns why there are no targets, or why some pods of a workload have none. */
  private List<Absence> absences(ScrapeConfig job, Found here, SourceInspector sources)
      throws InterruptedException {
    if (here.targets.isEmpty()) {
      return absences(job, query, sources);
    }
    return query instanceof WorkloadQuery workload
        ? absences(job, workload.without(here.pods), sources).stream()
            .filter(absence -> absence.why() != Reason.NOT_THERE)
            .filter(absence -> absence.why() != Reason.OTHER_SOURCE)
            .toList()
        : List.of();
  }

  private static List<Absence> absences(
      ScrapeConfig job, ExplainQuery query, SourceInspector sources) throws InterruptedException {
    return absences(job, config -> sources.inspect(config, query));
  }

  /** Looks at one source. */
  interface SourceInspection {
    List<Absence> inspect(SdConfig config) throws InterruptedException;
  }

  /** The reasons that the sources of a job give. */
  static List<Absence> absences(ScrapeConfig job, SourceInspection inspection)
      throws InterruptedException {
    List<Absence> absences = new ArrayList<>();
    Map<String, Integer> numbers = new HashMap<>();
    for (SdConfig config : job.sdConfigs()) {
      int number = numbers.merge(config.mechanism(), 1, Integer::sum) - 1;
      String source = config.mechanism() + "_sd_configs[" + number + "]";
      if (config instanceof KubernetesSdConfig kubernetes) {
        source += " (role " + kubernetes.role().text() + ")";
      } else if (config.mechanism().equals("static")) {
        source = "static_configs";
      }
      for (Absence absence : inspection.inspect(config)) {
        absences.add(absence.withSource(source));
      }
    }
    if (job.sdConfigs().isEmpty()) {
      absences.add(Absence.of(Reason.NOT_THERE, "the job has no service discovery"));
    }
    return absences;
  }

  /** Returns the names that could have been meant. */
  private List<String> near() {
    String asked = query.spelling();
    List<String> near =
        new ArrayList<>(SpellingSuggestions.nearest(asked, names.keySet(), MOST_NAMES));
    for (String name : names.keySet()) {
      boolean part = !name.isEmpty() && (name.contains(asked) || asked.contains(name));
      if (near.size() < MOST_NAMES && part && !near.contains(name)) {
        near.add(name);
      }
    }
    return near.stream().map(name -> names.getOrDefault(name, name)).toList();
  }

  /** Returns the reason for a source without own objects. */
  public static List<Absence> notListed(ExplainQuery query) {
    boolean object =
        query instanceof WorkloadQuery
            || query instanceof FoundQuery
            || (query instanceof ObjectQuery named && !named.isBare());
    return List.of(
        object
            ? Absence.of(Reason.OTHER_SOURCE, "does not discover in Kubernetes")
            : Absence.of(Reason.NOT_THERE, "no such target"));
  }
}
