package io.promdisco.cli.output;

import io.promdisco.explain.Absence;
import io.promdisco.explain.Explanation;
import io.promdisco.explain.JobExplanation;
import io.promdisco.explain.RuleEffectText;
import io.promdisco.explain.TargetCollectors;
import io.promdisco.explain.TracedTarget;
import io.promdisco.relabel.RelabelTrace.Step;
import io.promdisco.scrape.TargetOutcome;
import io.promdisco.util.PrintableText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints an explanation for people: job by job, rule by rule, and a sentence at the end. */
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
      job.targets().forEach(this::target);
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
    String summary = answer.summary();
    console.line(answer.scraped() ? Console.green(summary) : Console.yellow(summary));
  }

  private void absence(Absence absence) {
    String source = absence.source().isEmpty() ? "" : absence.source() + ": ";
    console.line("  not discovered: ", Console.dim(source), absence.reason());
  }

  private void target(TracedTarget target) {
    String by = target.source().isEmpty() ? "" : "  " + target.provider() + " " + target.source();
    console.line("  ", target.address(), by);
    int width =
        target.trace().steps().stream().mapToInt(step -> place(step).length()).max().orElse(0);
    target.trace().steps().forEach(step -> step(step, width));
    verdict(target.outcome());
    collectors(target.collectors());
  }

  private void collectors(@Nullable TargetCollectors collectors) {
    if (collectors != null) {
      String names = String.join(", ", collectors.names());
      console.line(
          "    collector  ",
          names.isEmpty() ? Console.red("none") : names,
          Console.dim("  " + collectors.reason()));
    }
  }

  private static String place(Step step) {
    return PrintableText.of(RuleEffectText.place(step));
  }

  private void step(Step step, int width) {
    String place = place(step);
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
