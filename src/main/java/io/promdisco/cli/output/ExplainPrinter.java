package io.promdisco.cli.output;

import io.promdisco.explain.Absence;
import io.promdisco.explain.AssignedCollectors;
import io.promdisco.explain.Explanation;
import io.promdisco.explain.JobExplanation;
import io.promdisco.explain.MonitorExplanation;
import io.promdisco.explain.MonitorJobExplanation;
import io.promdisco.explain.RuleEffectText;
import io.promdisco.explain.TracedTarget;
import io.promdisco.monitors.Rejection;
import io.promdisco.monitors.SelectionStep;
import io.promdisco.relabel.RelabelTrace.Step;
import io.promdisco.scrape.TargetOutcome;
import io.promdisco.util.Nouns;
import io.promdisco.util.PrintableText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints an answer of {@code explain} for people: job by job, rule by rule, and a sentence at the
 * end.
 */
public final class ExplainPrinter {
  private static final int MOST_CHOICES = 10;

  private final Console console;

  public ExplainPrinter(Console console) {
    this.console = console;
  }

  public void print(Explanation answer) {
    for (JobExplanation job : answer.jobs()) {
      console.line(Console.bold("job " + job.job()));
      job.absences().forEach(this::absence);
      job.targets().forEach(target -> target(job, target));
      int more = job.matched() - job.targets().size();
      if (more > 0) {
        console.line(Console.dim("  and " + more + " more (--limit shows more)"));
      }
      console.line();
    }
    if (!answer.meaning().isEmpty()) {
      console.line(answer.meaning());
    }
    if (!answer.choices().isEmpty()) {
      List<String> choices = answer.choices();
      boolean all = choices.size() <= MOST_CHOICES;
      console.line(
          all ? String.valueOf(choices.size()) : "more than " + MOST_CHOICES,
          " objects match: ",
          String.join(", ", choices.subList(0, Math.min(MOST_CHOICES, choices.size()))),
          all ? "" : ", ...",
          " (KIND/NAMESPACE/NAME means one)");
    }
    summary(answer.scraped(), answer.summary());
  }

  /** Prints what each setting says, then job by job what its rules drop, and a sentence. */
  public void print(MonitorExplanation answer) {
    for (MonitorExplanation.Monitor monitor : answer.monitors()) {
      console.line(Console.bold(monitor.object().text()));
      for (SelectionStep step : monitor.selection()) {
        console.line(
            "  ",
            step.selects() ? Console.green("selected") : Console.red("not selected"),
            "  ",
            Console.cyan(step.setting()),
            " ",
            step.reason());
      }
      for (Rejection rejection : monitor.rejections()) {
        if (rejection.reason() != Rejection.Reason.NOT_SELECTED) {
          String job = rejection.job().isEmpty() ? "" : rejection.job() + ": ";
          String reason = rejection.reason().text();
          console.line("  ", Console.red("left out"), "  ", job, reason, ": ", rejection.message());
        }
      }
      monitor.jobs().forEach(this::job);
      console.line();
    }
    if (answer.more() > 0) {
      String more = "and " + Nouns.count(answer.more(), "more monitor") + " of that name";
      console.line(Console.dim(more + " (KIND/NAMESPACE/NAME means one)"));
    }
    summary(answer.scraped(), answer.summary());
  }

  private void job(MonitorJobExplanation job) {
    JobExplanation targets = job.targets();
    console.line(Console.bold("job " + targets.job()), "  ", Console.dim(job.field()));
    console.line(
        "  ",
        Nouns.count(targets.matched(), "target"),
        " discovered: ",
        targets.active(),
        " active, ",
        targets.dropped(),
        " dropped, ",
        targets.failed(),
        " failed");
    job.drops().forEach(drops -> console.line("  ", MonitorExplanation.text(drops)));
    targets.absences().forEach(this::absence);
    for (TracedTarget target : targets.targets()) {
      if (target.outcome() != TargetOutcome.Dropped.DROPPED) {
        verdict(target.outcome());
      }
    }
  }

  private void summary(boolean scraped, String summary) {
    console.line(scraped ? Console.green(summary) : Console.yellow(summary));
  }

  private void absence(Absence absence) {
    String source = absence.source().isEmpty() ? "" : absence.source() + ": ";
    console.line("  not discovered: ", Console.dim(source), absence.reason());
  }

  private void target(JobExplanation job, TracedTarget target) {
    String by = target.source().isEmpty() ? "" : "  " + target.provider() + " " + target.source();
    console.line("  ", target.address(), by);
    int width =
        target.trace().steps().stream().mapToInt(step -> place(job, step).length()).max().orElse(0);
    target.trace().steps().forEach(step -> step(job, step, width));
    verdict(target.outcome());
    collectors(target.collectors());
  }

  private void collectors(@Nullable AssignedCollectors collectors) {
    if (collectors != null) {
      String names = String.join(", ", collectors.names());
      console.line(
          "    collector  ",
          names.isEmpty() ? Console.red("none") : names,
          Console.dim("  " + collectors.reason()));
    }
  }

  private static String place(JobExplanation job, Step step) {
    return PrintableText.of(job.place(step));
  }

  private void step(JobExplanation job, Step step, int width) {
    String place = place(job, step);
    String gap = " ".repeat(width - place.length() + 2);
    String verdict = RuleEffectText.verdict(step);
    boolean idle = step.kept() && !step.changed();
    console.line("    ", Console.cyan(place), gap, step.rule());
    console.line(
        "      -> ", step.kept() ? (idle ? Console.dim(verdict) : verdict) : Console.red(verdict));
  }

  private void verdict(TargetOutcome outcome) {
    if (outcome instanceof TargetOutcome.Kept kept) {
      String shown = kept.target().scrapeUrl() + "  " + kept.target().labels();
      console.line("    ", Console.green("active"), "  ", shown);
    } else if (outcome instanceof TargetOutcome.Failed failed) {
      console.line("    ", Console.red("failed"), "  ", failed.message());
    } else {
      console.line("    ", Console.red("dropped"));
    }
  }
}
