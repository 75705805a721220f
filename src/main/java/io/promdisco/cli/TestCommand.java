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
      "A test file names a configuration or the settings of monitors, the discovered objects"
          + " (dumps of Kubernetes objects, or targets written by hand), and the targets and labels"
          + " that the rules must produce. No server and no DNS is used. docs/testing-rules.md"
          + " describes the format."
          + " Exits with 1 if a test fails, with 2 if a file cannot be used."
    })
final class TestCommand implements Callable<Integer> {
  private static final long MOST_BYTES = 32 << 20;

  private final Console console;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Test files.")
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
      description = "Also write a report as JUnit XML to this file.")
  private @Nullable Path junit;

  @Option(
      names = "--update",
      description =
          "Show the differences, then write the targets that were found into the files as"
              + " the new expectation of the failed tests.")
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

  /** Rejects a named job without a test, unless a file could not be used. */
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

  /** Shows the change and makes it. Returns whether every failed test could be rewritten. */
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
          ": --update cannot rewrite values in braces or from an alias (expected: a key on"
              + " its own line)");
    }
    if (!rewriting.edits().isEmpty()) {
      Files.writeString(file.path(), rewriting.text());
    }
    return rewriting.refused().isEmpty();
  }
}
