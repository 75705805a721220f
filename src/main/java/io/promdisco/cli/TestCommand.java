package io.promdisco.cli;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.JunitReport;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.StructuredOutputOption;
import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.cli.output.TestFileResult;
import io.promdisco.cli.output.TestResultDocument;
import io.promdisco.cli.output.TestResultPrinter;
import io.promdisco.cli.source.ClusterOptions;
import io.promdisco.cli.source.JobChoice;
import io.promdisco.cli.source.MonitorReading;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.yaml.StrictYaml;
import io.promdisco.ruletest.ExpectationRewriter;
import io.promdisco.ruletest.RuleTest;
import io.promdisco.ruletest.RuleTestException;
import io.promdisco.ruletest.RuleTestFile;
import io.promdisco.ruletest.RuleTestReader;
import io.promdisco.ruletest.RuleTestResult;
import io.promdisco.ruletest.RuleTestRunner;
import io.promdisco.ruletest.SharedInputs;
import io.promdisco.util.UserFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs unit tests of scrape configurations. */
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = "Run unit tests of scrape configurations.",
    footer = {
      "",
      "A file names a configuration or the settings of monitors, what is discovered (dumps of"
          + " Kubernetes objects, or targets written by hand), and which targets with which labels"
          + " the rules must make of that."
          + " Servers and DNS are not asked. How to write one: docs/testing-rules.md. Ends with 1"
          + " if a test fails, 2 if a file is unusable."
    })
final class TestCommand implements Callable<Integer> {
  private static final long MOST_BYTES = 32 << 20;

  private final Console console;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of tests.")
  private List<Path> files = List.of();

  @Option(
      names = MonitorReading.OPTION,
      paramLabel = "SETTINGS",
      description =
          "Test the jobs that the monitors of the dumps become, with the settings of the"
              + " OpenTelemetry target allocator, in files that name no settings.")
  private @Nullable Path settings;

  @Option(
      names = "--manifests",
      paramLabel = "FILE|DIR",
      description =
          "A dump with monitors and with what they discover (kubectl get ... -o yaml), beside those"
              + " that the files name. Repeatable.")
  private List<Path> manifests = List.of();

  @Mixin private final JobChoice jobs = new JobChoice();

  @Mixin private final StructuredOutputOption structured = new StructuredOutputOption();

  @Option(
      names = "--junit",
      paramLabel = "REPORT",
      description = "Write a report in the XML of JUnit too.")
  private @Nullable Path junit;

  @Option(
      names = "--update",
      description =
          "Write what was found into the files in the place of what failed tests expect, after"
              + " showing the change.")
  private boolean update;

  @Option(names = ClusterOptions.SKIP_UNSUPPORTED, description = ClusterOptions.SKIP_HELP)
  private boolean skipUnsupported;

  TestCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    Logging.useByDefault(Logging.Level.ERROR);
    for (Path dump : manifests) {
      if (dump.toString().equals("-")) {
        throw CommandException.usage("--manifests -: dumps are read twice (expected: a file)");
      }
      if (!Files.exists(dump)) {
        throw CommandException.usage("--manifests " + dump + ": no such file (expected: a dump)");
      }
    }
    ConfigLoader loader = ClusterOptions.loader(skipUnsupported).onlyJobs(jobs.names);
    List<TestFileResult> tested = new ArrayList<>();
    for (Path file : files.stream().distinct().toList()) {
      tested.add(run(file, loader));
    }
    refuseUntested(tested);
    if (structured.form == StructuredPrinter.Form.TEXT) {
      new TestResultPrinter(console).print(tested);
    } else {
      StructuredPrinter.print(console, structured.form, TestResultDocument.of(tested));
    }
    if (junit != null) {
      report(junit, tested);
    }
    boolean allWritten = true;
    if (update) {
      for (TestFileResult file : tested) {
        allWritten &= rewrite(file);
      }
    }
    if (!tested.stream().allMatch(TestFileResult::usable)) {
      return ExitCode.USAGE;
    }
    boolean passed = tested.stream().allMatch(TestFileResult::passed);
    return passed || (update && allWritten) ? ExitCode.OK : ExitCode.FINDING;
  }

  /** A named job without a test is a mistake, unless a file could not be used. */
  private void refuseUntested(List<TestFileResult> tested) {
    Set<String> found = new HashSet<>();
    tested.forEach(file -> file.results().forEach(result -> found.add(result.test().job())));
    for (String job : jobs.names) {
      if (!found.contains(job) && tested.stream().allMatch(TestFileResult::usable)) {
        throw CommandException.usage(
            "--job: no test of a job \"" + job + "\" (expected: one in the files)");
      }
    }
  }

  private TestFileResult run(Path file, ConfigLoader loader) throws InterruptedException {
    SharedInputs shared = new SharedInputs(Optional.ofNullable(settings), manifests);
    StrictYaml.Result<RuleTestFile> read =
        RuleTestReader.read(file, loader, jobs::includes, shared);
    if (read.value().isEmpty()) {
      return TestFileResult.unusable(file, read.problems(), List.of());
    }
    try {
      List<RuleTestResult> results = RuleTestRunner.run(read.value().get());
      return new TestFileResult(file, read.problems(), List.of(), results);
    } catch (RuleTestException e) {
      return TestFileResult.unusable(file, read.problems(), e.reasons());
    }
  }

  private static void report(Path report, List<TestFileResult> tested) {
    try {
      JunitReport.write(report, tested);
    } catch (IOException e) {
      throw CommandException.usage("--junit " + report + ": cannot be written (" + e + ")");
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = UserFiles.open(file, MOST_BYTES)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Shows the change, makes it, and returns whether every failed test could be rewritten. */
  private boolean rewrite(TestFileResult file) throws IOException {
    if (file.passed()) {
      return true;
    }
    ExpectationRewriter rewriting = new ExpectationRewriter(text(file.path()), file.results());
    for (ExpectationRewriter.Edit edit : rewriting.edits()) {
      console.errorLine(Console.cyan("@@ " + file.path() + ":" + edit.line() + " @@"));
      edit.before().forEach(line -> console.errorLine(Console.red("-" + line)));
      edit.after().forEach(line -> console.errorLine(Console.green("+" + line)));
    }
    for (RuleTest test : rewriting.refused()) {
      console.errorLine(
          Console.red("error: "),
          test.position(),
          ": --update: cannot be rewritten, it is written in braces or by an alias"
              + " (expected: a key in a line of its own)");
    }
    if (!rewriting.edits().isEmpty()) {
      Files.writeString(file.path(), rewriting.text());
    }
    return rewriting.refused().isEmpty();
  }
}
