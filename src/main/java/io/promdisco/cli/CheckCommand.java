package io.promdisco.cli;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.ProblemPrinter;
import io.promdisco.cli.output.SarifDocument;
import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.cli.source.ClusterOptions;
import io.promdisco.cli.source.SourceOptions;
import io.promdisco.config.Configuration;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.model.Position;
import io.promdisco.scrape.ConfiguredTargetChecks;
import io.promdisco.util.Nouns;
import io.promdisco.util.UserFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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
    description =
        "Check configuration files and report every mistake with its file, line and column.")
final class CheckCommand implements Callable<Integer> {
  /** The format of the result. */
  enum Form {
    /** Text for people. */
    TEXT,
    /** An array with one entry for each file, for programs. */
    JSON,
    /** SARIF, for code review tools. */
    SARIF
  }

  private static final Path STANDARD_INPUT = Path.of("-");

  private final Console console;

  @Parameters(
      arity = "0..*",
      paramLabel = "CONFIG",
      description = "Configuration files; - is standard input.")
  private List<Path> arguments = List.of();

  @Option(
      names = {SourceOptions.CONFIG, SourceOptions.CONFIG_FILE},
      paramLabel = "FILE",
      description = SourceOptions.CONFIG_HELP + " Repeatable.")
  private List<Path> options = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "Output format: text, json or sarif. Default: text.")
  private Form form = Form.TEXT;

  @Option(
      names = "--syntax-only",
      description =
          "Do not open the files that a configuration names: credentials, certificates,"
              + " targets, rules and further scrape configurations.")
  private boolean syntaxOnly;

  @Option(names = ClusterOptions.SKIP_UNSUPPORTED, description = ClusterOptions.SKIP_HELP)
  private boolean skipUnsupported;

  /** The contents of files that cannot be read twice, by name. */
  private final Map<String, byte[]> contents = new HashMap<>();

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Logging.useByDefault(Logging.Level.WARN);
    ConfigLoader usual = ClusterOptions.loader(skipUnsupported);
    ConfigLoader loader = syntaxOnly ? usual.leavingFiles() : usual;
    Map<String, CheckedFile> results = new LinkedHashMap<>();
    for (Path file : files()) {
      results.computeIfAbsent(name(file), name -> CheckedFile.of(name, read(loader, name, file)));
    }
    switch (form) {
      case TEXT -> text(results);
      case JSON ->
          StructuredPrinter.print(
              console,
              StructuredPrinter.Form.JSON,
              results.entrySet().stream()
                  .map(checked -> entry(checked.getKey(), checked.getValue()))
                  .toList());
      case SARIF ->
          StructuredPrinter.print(
              console,
              StructuredPrinter.Form.JSON,
              SarifDocument.of(Version.number(), problems(results), Path.of("")));
    }
    boolean valid = results.values().stream().allMatch(CheckedFile::valid);
    return valid ? ExitCode.OK : ExitCode.FINDING;
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>(arguments);
    files.addAll(options);
    if (files.isEmpty()) {
      throw CommandException.usage("check: no file (expected: promdisco check CONFIG...)");
    }
    return files;
  }

  private static String name(Path file) {
    return file.equals(STANDARD_INPUT) ? SarifDocument.STANDARD_INPUT : file.toString();
  }

  private ConfigLoader.LoadResult read(ConfigLoader loader, String name, Path file) {
    boolean standardInput = file.equals(STANDARD_INPUT);
    if (!standardInput && !UserFiles.isDescriptor(file)) {
      return loader.read(file);
    }
    try (InputStream in =
        standardInput
            ? UserFiles.standardInput(ConfigLoader.MOST_BYTES)
            : UserFiles.openArgument(file, ConfigLoader.MOST_BYTES)) {
      byte[] content = in.readAllBytes();
      contents.put(name, content);
      Path folder = file.getParent();
      return loader.read(name, content, folder == null ? Path.of("") : folder);
    } catch (IOException e) {
      String message =
          e instanceof UserFiles.RefusedException
              ? String.valueOf(e.getMessage())
              : "cannot be read: " + e.getMessage();
      Problem problem =
          new Problem(
              Problem.Severity.ERROR,
              ProblemKind.UNREADABLE,
              new Position(name, 1, 1),
              "",
              message);
      return new ConfigLoader.LoadResult(Optional.empty(), List.of(problem), List.of());
    }
  }

  /** The result of checking a file. */
  private record CheckedFile(Optional<Configuration> configuration, List<Problem> problems) {
    static CheckedFile of(String file, ConfigLoader.LoadResult loaded) {
      return new CheckedFile(loaded.configuration(), ConfiguredTargetChecks.check(file, loaded));
    }

    boolean valid() {
      return problems.stream().noneMatch(CheckCommand::isError);
    }
  }

  private static List<Problem> problems(Map<String, CheckedFile> results) {
    return results.values().stream().flatMap(result -> result.problems().stream()).toList();
  }

  private void text(Map<String, CheckedFile> results) {
    ProblemPrinter printer = new ProblemPrinter(console);
    contents.forEach(printer::addFile);
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
    ClusterOptions.hint(problems).ifPresent(console::line);
  }

  private static boolean isError(Problem problem) {
    return problem.severity() == Problem.Severity.ERROR;
  }

  private static Map<String, Object> entry(String file, CheckedFile result) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", file);
    map.put("valid", result.valid());
    map.put("problems", result.problems().stream().map(CheckCommand::problem).toList());
    map.put("config", result.configuration().map(Configuration::effective).orElse(null));
    return map;
  }

  private static Map<String, Object> problem(Problem problem) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("severity", StructuredPrinter.word(problem.severity()));
    map.putAll(StructuredPrinter.position(problem.position()));
    map.put("path", problem.path());
    map.put("message", problem.message());
    return map;
  }
}
