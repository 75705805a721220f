package io.promdisco.cli;

import io.promdisco.explain.Absence;
import io.promdisco.explain.Explanation;
import io.promdisco.explain.JobAnswer;
import io.promdisco.explain.StepText;
import io.promdisco.explain.TracedTarget;
import io.promdisco.relabel.RelabelTrace.Step;
import io.promdisco.scrape.TargetOutcome;
import java.io.PrintStream;

/** Prints an explanation for people: job by job, rule by rule, and a sentence at the end. */
final class ExplainPrinter {
  private final Console console;
  private final PrintStream out;

  ExplainPrinter(Console console) {
    this.console = console;
    out = console.out();
  }

  void print(Explanation answer) {
    for (JobAnswer job : answer.jobs()) {
      out.println(console.bold("job " + Structured.harmless(job.job())));
      job.absences().forEach(this::absence);
      job.targets().forEach(this::target);
      int more = job.matched() - job.targets().size();
      if (more > 0) {
        out.println(console.dim("  and " + more + " more (--limit shows more)"));
      }
      out.println();
    }
    if (!answer.meaning().isEmpty()) {
      out.println(Structured.harmless(answer.meaning()));
    }
    if (!answer.choices().isEmpty()) {
      out.println(
          answer.choices().size()
              + " objects match: "
              + Structured.harmless(String.join(", ", answer.choices()))
              + " (KIND/NAMESPACE/NAME means one)");
    }
    String summary = Structured.harmless(answer.summary());
    out.println(answer.scraped() ? console.green(summary) : console.yellow(summary));
  }

  private void absence(Absence absence) {
    String source = absence.source().isEmpty() ? "" : absence.source() + ": ";
    out.println("  not discovered: " + console.dim(source) + Structured.harmless(absence.reason()));
  }

  private void target(TracedTarget target) {
    String by = target.source().isEmpty() ? "" : "  " + target.provider() + " " + target.source();
    out.println("  " + Structured.harmless(target.address() + by));
    int width =
        target.trace().steps().stream()
            .mapToInt(step -> StepText.place(step).length())
            .max()
            .orElse(0);
    target.trace().steps().forEach(step -> step(step, width));
    out.println("    " + verdict(target.outcome()));
  }

  private void step(Step step, int width) {
    String place = StepText.place(step);
    String gap = " ".repeat(width - place.length() + 2);
    String rule = Structured.harmless(step.rule().toString());
    String verdict = Structured.harmless(StepText.verdict(step));
    boolean idle = step.kept() && !step.changed();
    out.println("    " + console.cyan(place) + gap + rule);
    out.println(
        "      -> "
            + (step.kept() ? (idle ? console.dim(verdict) : verdict) : console.red(verdict)));
  }

  private String verdict(TargetOutcome outcome) {
    if (outcome instanceof TargetOutcome.Kept kept) {
      return console.green("active")
          + "  "
          + Structured.harmless(kept.target().scrapeUrl() + "  " + kept.target().labels());
    }
    if (outcome instanceof TargetOutcome.Failed failed) {
      return console.red("failed") + "  " + Structured.harmless(failed.message());
    }
    return console.red("dropped");
  }
}
