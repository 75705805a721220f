package io.promdisco.cli;

import io.promdisco.config.ConfigLoader;
import io.promdisco.config.Configuration;
import io.promdisco.config.Problem;
import io.promdisco.scrape.WrittenTargets;
import io.promdisco.util.Nouns;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks configuration files. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Check configuration files: every mistake at once, with file, line and column.")
final class CheckCommand implements Callable<Integer> {
  /** How the result is printed. */
  enum Form {
    /** For people. */
    TEXT,
    /** For programs: an array, one entry a file. */
    JSON,
    /** For code review tools. */
    SARIF
  }

  private final Console console;

  @Parameters(arity = "1..*", paramLabel = "CONFIG", description = "Configuration files.")
  private List<Path> files = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "text, json or sarif. Default: text.")
  private Form form = Form.TEXT;

  @Option(names = SourceOptions.SKIP_UNSUPPORTED, description = SourceOptions.SKIP_HELP)
  private boolean skipUnsupported;

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Logging.useByDefault(Logging.Level.WARN);
    ConfigLoader loader = SourceOptions.loader(skipUnsupported);
    Map<Path, CheckedFile> results = new LinkedHashMap<>();
    for (Path file : files) {
      results.computeIfAbsent(file, any -> CheckedFile.of(file, loader.read(file)));
    }
    switch (form) {
      case TEXT -> text(results);
      case JSON ->
          Structured.print(
              console,
              Structured.Form.JSON,
              results.entrySet().stream()
                  .map(checked -> entry(checked.getKey(), checked.getValue()))
                  .toList());
      case SARIF ->
          Structured.print(
              console, Structured.Form.JSON, SarifDocument.of(problems(results), Path.of("")));
    }
    boolean valid = results.values().stream().allMatch(CheckedFile::valid);
    return valid ? ExitCode.OK : ExitCode.FINDING;
  }

  /** What became of a file. */
  private record CheckedFile(Optional<Configuration> configuration, List<Problem> problems) {
    static CheckedFile of(Path file, ConfigLoader.LoadResult loaded) {
      return new CheckedFile(loaded.configuration(), WrittenTargets.check(file.toString(), loaded));
    }

    boolean valid() {
      return problems.stream().noneMatch(CheckCommand::isError);
    }
  }

  private static List<Problem> problems(Map<Path, CheckedFile> results) {
    return results.values().stream().flatMap(result -> result.problems().stream()).toList();
  }

  private void text(Map<Path, CheckedFile> results) {
    ProblemPrinter printer = new ProblemPrinter(console);
    results.forEach(
        (file, result) -> {
          result.problems().forEach(printer::print);
          if (result.valid()) {
            int jobs = result.configuration().map(c -> c.jobs().size()).orElse(0);
            console.line(Console.green("ok: "), file, ": ", Nouns.count(jobs, "job"));
          }
        });
    List<Problem> problems = problems(results);
    int errors = (int) problems.stream().filter(CheckCommand::isError).count();
    String summary =
        Nouns.count(results.size(), "file")
            + ": "
            + Nouns.count(errors, "error")
            + ", "
            + Nouns.count(problems.size() - errors, "warning");
    console.line(errors > 0 ? Console.red(summary) : Console.dim(summary));
    SourceOptions.hint(problems).ifPresent(console::line);
  }

  private static boolean isError(Problem problem) {
    return problem.severity() == Problem.Severity.ERROR;
  }

  private static Map<String, Object> entry(Path file, CheckedFile result) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("file", file.toString());
    entry.put("valid", result.valid());
    entry.put("problems", result.problems().stream().map(CheckCommand::problem).toList());
    entry.put("config", result.configuration().map(Configuration::effective).orElse(null));
    return entry;
  }

  private static Map<String, Object> problem(Problem problem) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("severity", problem.severity().name().toLowerCase(Locale.ROOT));
    map.putAll(Structured.position(problem.position()));
    map.put("path", problem.path());
    map.put("message", problem.message());
    return map;
  }
}
