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

/**
 * Gathers what jobs discover of what was asked for, and why they discover nothing of it. For one
 * thread and one query.
 */
public final class Explainer {
  /** Looks why one source discovers nothing that matches. */
  public interface SourceInspector {
    /**
     * The reasons, without the source's name; none if the source cannot tell.
     *
     * @param config one of a job's sources
     */
    List<Absence> inspect(SdConfig config, ExplainQuery query) throws InterruptedException;

    /**
     * The objects that have an address by which the source discovers nothing, and what it is to
     * them.
     */
    Map<ObjectQuery, String> owners(SdConfig config, AddressQuery query)
        throws InterruptedException;

    /** Gives names of what the source could discover, as {@link ExplainQuery#names}. */
    void names(SdConfig config, ExplainQuery query, BiConsumer<String, String> names)
        throws InterruptedException;
  }

  private static final int MOST_NAMES = 5;
  private static final int MOST_OBJECTS = 10;

  private final ExplainQuery query;
  private final int limit;
  private final Map<String, Found> found = new LinkedHashMap<>();

  /** The objects whose targets match. */
  private final Set<String> objects = new LinkedHashSet<>();

  /** What could have been asked for instead, and how it is shown. */
  private final Map<String, String> names = new LinkedHashMap<>();

  /**
   * Begins without jobs.
   *
   * @param limit how many targets of a job to trace at most; 1 or more
   */
  public Explainer(ExplainQuery query, int limit) {
    this.query = query;
    this.limit = limit;
  }

  /** The targets of a job that match. */
  private static final class Found {
    private final List<TracedTarget> targets = new ArrayList<>();
    private final Map<Class<?>, Integer> counts = new HashMap<>();

    /** The pods of a workload that these targets are made of. */
    private final Set<ObjectKey> pods = new HashSet<>();

    int count(Class<? extends TargetOutcome> outcome) {
      return counts.getOrDefault(outcome, 0);
    }
  }

  /**
   * Takes a target into account.
   *
   * @param job whose rules it goes through
   * @param provider who discovered it; may be empty
   * @param source its group; may be empty
   * @param outcome what becomes of it in that job
   */
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

  /** The answer for {@code jobs}, all of whose targets have been seen. */
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
              absences(job, here, sources)));
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
   * The objects that have the address which a query means, to explain these where no target has it.
   *
   * @return nothing if it means no address, or no object has it
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

  /** The objects that the query means, if they are several. */
  private List<String> choices() {
    return objects.size() < 2 ? List.of() : List.copyOf(objects);
  }

  private static int rank(TracedTarget target) {
    return target.outcome() instanceof TargetOutcome.Kept
        ? 0
        : target.outcome() instanceof TargetOutcome.Failed ? 1 : 2;
  }

  /** Why there are no targets, or why a workload has pods that give none. */
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
      for (Absence absence : sources.inspect(config, query)) {
        absences.add(absence.withSource(source));
      }
    }
    if (job.sdConfigs().isEmpty()) {
      absences.add(Absence.of(Reason.NOT_THERE, "the job has no source of targets"));
    }
    return absences;
  }

  /** The names that could have been meant. */
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

  /** What a source without objects of its own says. */
  public static List<Absence> notListed(ExplainQuery query) {
    boolean object =
        query instanceof WorkloadQuery
            || query instanceof FoundQuery
            || (query instanceof ObjectQuery named && !named.isBare());
    return List.of(
        object
            ? Absence.of(Reason.OTHER_SOURCE, "makes no targets of Kubernetes objects")
            : Absence.of(Reason.NOT_THERE, "no such target"));
  }
}
