package io.promdisco.cli;

import io.promdisco.cli.TestCommand.TestedFile;
import io.promdisco.ruletest.Finding;
import io.promdisco.ruletest.RuleTestResult;
import io.promdisco.util.Words;
import java.util.List;

/** Prints the results of tests for people. */
final class TestPrinter {
  private final Console console;

  TestPrinter(Console console) {
    this.console = console;
  }

  void print(List<TestedFile> files) {
    ProblemPrinter problems = new ProblemPrinter(console, console.out());
    for (TestedFile file : files) {
      file.problems().forEach(problems::print);
      file.reasons()
          .forEach(reason -> line(console.red("error: ") + file.path() + ": " + safe(reason)));
      file.results().forEach(this::print);
    }
    summary(files);
  }

  private void print(RuleTestResult result) {
    String where = result.test().position().file() + ":" + result.test().position().line() + ": ";
    line(
        (result.passed() ? console.green("ok   ") : console.red("FAIL "))
            + where
            + safe(result.test().name()));
    for (Finding finding : result.findings()) {
      line("  line " + finding.position().line() + ": " + safe(finding.message()));
      List<Finding.Difference> differences = finding.differences();
      int width = differences.stream().mapToInt(d -> d.what().length()).max().orElse(0);
      for (Finding.Difference difference : differences) {
        String gap = " ".repeat(width - difference.what().length());
        line(
            "    "
                + safe(difference.what())
                + gap
                + "  expected "
                + console.green(value(difference.expected()))
                + ", found "
                + console.red(value(difference.found())));
      }
    }
  }

  private void summary(List<TestedFile> files) {
    int all = files.stream().mapToInt(file -> file.results().size()).sum();
    long failed = files.stream().mapToLong(TestedFile::failures).sum();
    long unusable = files.stream().filter(file -> !file.usable()).count();
    String text =
        Words.count(all, "test")
            + ": "
            + (all - failed)
            + " passed, "
            + failed
            + " failed"
            + (unusable == 0 ? "" : "; " + Words.count(unusable, "file") + " cannot be used");
    line(failed + unusable > 0 ? console.red(text) : console.dim(text));
  }

  private static String value(String value) {
    return value.isEmpty() ? "nothing" : "\"" + safe(value) + "\"";
  }

  private static String safe(String text) {
    return Structured.harmless(text);
  }

  private void line(String text) {
    console.out().println(text);
  }
}
