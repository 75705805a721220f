package io.promdisco.scrape;

import io.promdisco.Internal;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.Labels;
import io.promdisco.model.PrometheusDuration;
import io.promdisco.model.TargetGroup;
import io.promdisco.relabel.RelabelLimitException;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.Relabeler;
import io.promdisco.relabel.RequiredValues;
import io.promdisco.util.GoFormatting;
import io.promdisco.util.Utf8Text;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the targets of one job from what was discovered: adds the job's defaults, relabels and
 * checks.
 *
 * <p>Its visible state is immutable. Safe for all threads.
 *
 * @hidden
 */
@Internal
public final class TargetBuilder {
  private final String job;
  private final Map<String, List<String>> parameters;
  private final List<RelabelRule> rules;
  private final Labels defaults;
  private final Relabeler relabeler;

  /** Values that the configuration spells out: all targets share them. */
  private final Set<String> constants = new HashSet<>();

  // The newest of each, since the next target's are mostly equal: then they are shared, and checked
  // once. Both are immutable, so it does no harm when threads overwrite each other's.
  private Labels lastInternal = Labels.EMPTY;
  private @Nullable Schedule lastSchedule;

  /** Creates a builder with the settings of {@code config} that affect targets. */
  public TargetBuilder(ScrapeConfig config) {
    job = config.jobName();
    parameters = copy(config.params());
    rules = config.relabelRules();
    defaults = defaults(config);
    relabeler = new Relabeler(rules);
    rules.forEach(rule -> constants.add(rule.replacement()));
    for (int i = 0; i < defaults.size(); i++) {
      constants.add(defaults.value(i));
    }
  }

  /** Whether the configuration spells out this value, so that it takes no memory for a target. */
  boolean isConstant(String value) {
    return constants.contains(value);
  }

  private static Map<String, List<String>> copy(Map<String, List<String>> parameters) {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    parameters.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    return copy;
  }

  private static Labels defaults(ScrapeConfig config) {
    Map<String, String> all = new LinkedHashMap<>();
    config
        .params()
        .forEach(
            (name, values) -> {
              if (!values.isEmpty()) {
                all.put(TargetLabels.PARAM_PREFIX + name, values.get(0));
              }
            });
    all.put(TargetLabels.JOB, config.jobName());
    all.put(TargetLabels.SCRAPE_INTERVAL, PrometheusDuration.format(config.scrapeInterval()));
    all.put(TargetLabels.SCRAPE_TIMEOUT, PrometheusDuration.format(config.scrapeTimeout()));
    all.put(TargetLabels.METRICS_PATH, config.metricsPath());
    all.put(TargetLabels.SCHEME, config.scheme());
    all.put(
        TargetLabels.CONVERT_CLASSIC, Boolean.toString(config.convertClassicHistogramsToNhcb()));
    all.put(TargetLabels.ALWAYS_CLASSIC, Boolean.toString(config.alwaysScrapeClassicHistograms()));
    all.put(TargetLabels.SCRAPE_NATIVE, Boolean.toString(config.scrapeNativeHistograms()));
    all.values().removeIf(String::isEmpty);
    return Labels.of(all);
  }

  /** The job's name. */
  public String job() {
    return job;
  }

  /** The job's URL parameters. */
  Map<String, List<String>> parameters() {
    return parameters;
  }

  /** Whether a builder of the other job would make the same of every target. */
  boolean makesTheSameAs(TargetBuilder other) {
    return defaults.equals(other.defaults)
        && job.equals(other.job)
        && parameters.equals(other.parameters)
        && rules.equals(other.rules);
  }

  /**
   * Returns the values that the rules require of discovered labels, but not of labels that the job
   * adds.
   */
  List<RequiredValues> requiredValues() {
    return relabeler.requiredValues().stream()
        .filter(demand -> demand.sourceLabels().stream().noneMatch(defaults::has))
        .filter(demand -> demand.guards().stream().noneMatch(defaults::has))
        .toList();
  }

  /**
   * Returns the labels of a target before relabelling: its own, those of its group and the job's
   * defaults.
   */
  public Labels discovered(TargetGroup group, int index) {
    return view().at(group, index).copy();
  }

  /** Returns a view for {@link #build(String, DiscoveredLabels, TargetGroup, int)}. */
  DiscoveredLabels view() {
    return new DiscoveredLabels(defaults);
  }

  /**
   * Returns the outcome of the target at {@code index} of {@code group}.
   *
   * @param provider the provider that discovered it
   */
  public TargetOutcome build(String provider, TargetGroup group, int index) {
    return build(provider, view(), group, index);
  }

  /** Does the same with a view that is used again. */
  TargetOutcome build(String provider, DiscoveredLabels view, TargetGroup group, int index) {
    Labels all;
    try {
      all = relabeler.apply(view.at(group, index));
    } catch (RelabelLimitException e) {
      return new TargetOutcome.Failed(String.valueOf(e.getMessage()));
    }
    if (all == null) {
      return TargetOutcome.Dropped.DROPPED;
    }
    String problem = problem(all);
    if (problem != null) {
      return new TargetOutcome.Failed(problem);
    }
    String address = all.getOrEmpty(TargetLabels.ADDRESS);
    return new TargetOutcome.Kept(
        new Target(
            this, provider, group, index, publicLabels(all, address), address, internal(all)));
  }

  private @Nullable String problem(Labels labels) {
    String address = labels.getOrEmpty(TargetLabels.ADDRESS);
    if (address.isEmpty()) {
      return "no address";
    }
    if (address.indexOf('/') >= 0) {
      return GoFormatting.quote(address) + " is not a valid hostname";
    }
    String problem = scheduleProblem(labels);
    if (problem == null) {
      problem = booleanProblem(labels);
    }
    for (int i = 0; i < labels.size() && problem == null; i++) {
      if (!Utf8Text.isEncodable(labels.value(i))
          && !labels.name(i).startsWith(TargetLabels.META_PREFIX)) {
        problem =
            "invalid label value for "
                + GoFormatting.quote(labels.name(i))
                + ": "
                + GoFormatting.quote(labels.value(i));
      }
    }
    return problem;
  }

  private @Nullable String scheduleProblem(Labels labels) {
    String interval = labels.getOrEmpty(TargetLabels.SCRAPE_INTERVAL);
    String timeout = labels.getOrEmpty(TargetLabels.SCRAPE_TIMEOUT);
    Schedule schedule = lastSchedule;
    if (schedule == null
        || !schedule.interval.equals(interval)
        || !schedule.timeout.equals(timeout)) {
      schedule = new Schedule(interval, timeout, Schedule.check(interval, timeout));
      lastSchedule = schedule;
    }
    return schedule.problem;
  }

  private static @Nullable String booleanProblem(Labels labels) {
    String problem =
        booleanProblem(labels, TargetLabels.CONVERT_CLASSIC, "convert classic histograms to nhcb");
    if (problem == null) {
      problem =
          booleanProblem(labels, TargetLabels.ALWAYS_CLASSIC, "always scrape classic histograms");
    }
    return problem != null
        ? problem
        : booleanProblem(labels, TargetLabels.SCRAPE_NATIVE, "scrape native histograms");
  }

  private static @Nullable String booleanProblem(Labels labels, String name, String what) {
    String value = labels.getOrEmpty(name);
    if (value.isEmpty() || GoFormatting.isBoolean(value)) {
      return null;
    }
    return "error parsing "
        + what
        + ": strconv.ParseBool: parsing "
        + GoFormatting.quote(value)
        + ": invalid syntax";
  }

  /** Returns the labels of the series; a missing instance is the address. */
  private static Labels publicLabels(Labels all, String address) {
    boolean hasInstance = !all.getOrEmpty(TargetLabels.INSTANCE).isEmpty();
    int size = hasInstance ? 0 : 1;
    for (int i = 0; i < all.size(); i++) {
      size += all.name(i).startsWith(TargetLabels.INTERNAL_PREFIX) ? 0 : 1;
    }
    Labels.Builder labels = Labels.builder(size);
    for (int i = 0; i < all.size(); i++) {
      if (!all.name(i).startsWith(TargetLabels.INTERNAL_PREFIX)) {
        labels.set(all.name(i), all.value(i));
      }
    }
    if (!hasInstance) {
      labels.set(TargetLabels.INSTANCE, address);
    }
    return labels.build();
  }

  /** Returns the internal labels without address and meta labels. */
  private Labels internal(Labels all) {
    int size = 0;
    for (int i = 0; i < all.size(); i++) {
      size += isInternal(all.name(i)) ? 1 : 0;
    }
    Labels.Builder internal = Labels.builder(size);
    for (int i = 0; i < all.size(); i++) {
      if (isInternal(all.name(i))) {
        internal.set(all.name(i), all.value(i));
      }
    }
    Labels built = internal.build();
    Labels last = lastInternal;
    if (built.equals(last)) {
      return last;
    }
    lastInternal = built;
    return built;
  }

  private static boolean isInternal(String name) {
    return name.startsWith(TargetLabels.INTERNAL_PREFIX)
        && !name.startsWith(TargetLabels.META_PREFIX)
        && !name.equals(TargetLabels.ADDRESS);
  }

  /** An interval and a timeout as spelled in the labels, and what is wrong with them. */
  private record Schedule(String interval, String timeout, @Nullable String problem) {
    static @Nullable String check(String interval, String timeout) {
      Duration every;
      try {
        every = PrometheusDuration.parse(interval);
      } catch (IllegalArgumentException e) {
        return "error parsing scrape interval: " + e.getMessage();
      }
      if (every.isZero()) {
        return "scrape interval cannot be 0";
      }
      Duration within;
      try {
        within = PrometheusDuration.parse(timeout);
      } catch (IllegalArgumentException e) {
        return "error parsing scrape timeout: " + e.getMessage();
      }
      if (within.isZero()) {
        return "scrape timeout cannot be 0";
      }
      if (within.compareTo(every) > 0) {
        return "scrape timeout cannot be greater than scrape interval ("
            + GoFormatting.quote(timeout)
            + " > "
            + GoFormatting.quote(interval)
            + ")";
      }
      return null;
    }
  }
}
