package io.promdisco.cli.output;

import io.promdisco.ruletest.Finding;
import io.promdisco.ruletest.RuleTestResult;
import io.promdisco.util.Nouns;
import io.promdisco.util.PrintableText;
import java.util.List;

/** Prints the results of tests for people. */
public final class TestResultPrinter {
  private final Console console;

  public TestResultPrinter(Console console) {
    this.console = console;
  }

  public void print(List<TestFileResult> files) {
    ProblemPrinter problems = new ProblemPrinter(console);
    for (TestFileResult file : files) {
      file.problems().forEach(problems::print);
      file.reasons()
          .forEach(reason -> console.line(Console.red("error: "), file.path(), ": ", reason));
      file.results().forEach(this::print);
    }
    summary(files);
  }

  private void print(RuleTestResult result) {
    String where = result.test().position().file() + ":" + result.test().position().line() + ": ";
    console.line(
        result.passed() ? Console.green("ok   ") : Console.red("FAIL "),
        where,
        result.test().name());
    for (Finding finding : result.findings()) {
      console.line("  line ", finding.position().line(), ": ", finding.message());
      List<Finding.Difference> differences = finding.differences();
      int width = differences.stream().mapToInt(d -> what(d).length()).max().orElse(0);
      for (Finding.Difference difference : differences) {
        String gap = " ".repeat(width - what(difference).length());
        console.line(
            "    ",
            what(difference),
            gap,
            "  expected ",
            Console.green(value(difference.expected())),
            ", found ",
            Console.red(value(difference.found())));
      }
    }
  }

  private void summary(List<TestFileResult> files) {
    int all = files.stream().mapToInt(file -> file.results().size()).sum();
    long failed = files.stream().mapToLong(TestFileResult::failures).sum();
    long unusable = files.stream().filter(file -> !file.usable()).count();
    String text =
        Nouns.count(all, "test")
            + ": "
            + (all - failed)
            + " passed, "
            + failed
            + " failed"
            + (unusable == 0 ? "" : "; " + Nouns.count(unusable, "file") + " cannot be used");
    console.line(failed + unusable > 0 ? Console.red(text) : Console.dim(text));
  }

  private static String value(String value) {
    return value.isEmpty() ? "nothing" : "\"" + value + "\"";
  }

  private static String what(Finding.Difference difference) {
    return PrintableText.of(difference.what());
  }
}
