package io.promdisco.explain;

import io.promdisco.monitors.MonitorObject;
import io.promdisco.monitors.Rejection;
import io.promdisco.monitors.SelectionStep;
import io.promdisco.scrape.TargetOutcome;
import io.promdisco.util.Nouns;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Why monitors yield targets or none.
 *
 * @param query what was asked for
 * @param monitors what has that name, the first of it
 * @param more how many further monitors have that name
 * @param near names that could have been meant; only where nothing was found
 */
public record MonitorExplanation(
    MonitorQuery query, List<Monitor> monitors, int more, List<String> near) {
  /** Copies the lists. */
  public MonitorExplanation {
    monitors = List.copyOf(monitors);
    near = List.copyOf(near);
  }

  /**
   * One monitor.
   *
   * @param selection what each setting says of it
   * @param rejections why it, or some of its jobs, are left out
   * @param jobs what its jobs discover
   */
  public record Monitor(
      MonitorObject object,
      List<SelectionStep> selection,
      List<Rejection> rejections,
      List<MonitorJobExplanation> jobs) {
    /** Copies the lists. */
    public Monitor {
      selection = List.copyOf(selection);
      rejections = List.copyOf(rejections);
      jobs = List.copyOf(jobs);
    }

    private int active() {
      return jobs.stream().mapToInt(job -> job.targets().active()).sum();
    }

    private String summary() {
      String name = object.text();
      if (active() > 0) {
        long scraping = jobs.stream().filter(job -> job.targets().active() > 0).count();
        return name
            + " yields "
            + Nouns.count(active(), "active target")
            + " in "
            + Nouns.count(scraping, "job");
      }
      for (SelectionStep step : selection) {
        if (!step.selects()) {
          return name + " is not selected: " + step.setting() + " " + step.reason();
        }
      }
      List<String> reasons =
          rejections.stream()
              .map(
                  one ->
                      (one.job().isEmpty() ? "" : "job " + one.job() + ": ")
                          + one.reason().text()
                          + ": "
                          + one.message())
              .collect(Collectors.toList());
      jobs.forEach(job -> reasons.add("job " + job.targets().job() + " " + reason(job)));
      return reasons.isEmpty()
          ? name + " yields no job: it has no endpoints"
          : name + " yields no active target: " + String.join("; ", reasons);
    }

    /** The reason that explains most of why a job has no active target. */
    private String reason(MonitorJobExplanation job) {
      JobExplanation targets = job.targets();
      if (targets.failed() > 0) {
        return "keeps "
            + Nouns.count(targets.failed(), "target")
            + " that cannot be scraped: "
            + targets.targets().stream()
                .map(TracedTarget::outcome)
                .filter(TargetOutcome.Failed.class::isInstance)
                .map(outcome -> ((TargetOutcome.Failed) outcome).message())
                .findFirst()
                .orElse("");
      }
      List<String> reasons = new ArrayList<>();
      String selector = MonitorExplainer.selector(object.kind());
      boolean nothingSelected = targets.absences().stream().anyMatch(Monitor::isNothingSelected);
      for (RuleDrops drop : job.drops()) {
        if (!nothingSelected && !MonitorExplainer.isOf(selector, drop.field())) {
          reasons.add(text(drop));
        }
      }
      targets.absences().forEach(absence -> reasons.add("does not discover: " + absence.reason()));
      return reasons.isEmpty()
          ? "discovers no target that its selector keeps"
          : String.join(", and ", reasons);
    }

    /** Whether what rules drop has nothing to do with the monitor. */
    private static boolean isNothingSelected(Absence absence) {
      return absence.why() == Absence.Reason.SELECTOR || absence.why() == Absence.Reason.NOT_THERE;
    }
  }

  /** What a rule drops, for people. */
  public static String text(RuleDrops drops) {
    String compared =
        drops.values().stream().map(RuleEffectText::quoted).collect(Collectors.joining(", "));
    return "drops "
        + Nouns.count(drops.count(), "target")
        + " at "
        + RuleEffectText.place(drops.rule(), drops.index(), drops.field())
        + " ("
        + drops.rule()
        + "), which compares "
        + compared
        + meaning(drops.field());
  }

  /** What it means that a rule of this field drops a target; empty: the rule says it. */
  private static String meaning(String field) {
    return switch (field.substring(field.lastIndexOf('.') + 1)) {
      case "port" -> ": no port of that name";
      case "portNumber" -> ": no container port of that number";
      case "targetPort" -> ": no container port of that name or number";
      case "filterRunning" -> ": the pod has ended";
      default -> "";
    };
  }

  /** Whether an active target was found. */
  public boolean scraped() {
    return monitors.stream().anyMatch(monitor -> monitor.active() > 0);
  }

  /** In one sentence for each monitor. */
  public String summary() {
    return monitors.isEmpty()
        ? query.text()
            + ": there is no such "
            + query.kind().kind()
            + (near.isEmpty() ? "" : "; the nearest names: " + String.join(", ", near))
        : monitors.stream().map(Monitor::summary).collect(Collectors.joining("; "));
  }
}
