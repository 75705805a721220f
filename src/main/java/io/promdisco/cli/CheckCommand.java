package io.promdisco.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.promdisco.config.ConfigLoader;
import io.promdisco.config.Configuration;
import io.promdisco.config.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    JSON
  }

  private final Console console;

  @Parameters(arity = "1..*", paramLabel = "CONFIG", description = "Configuration files.")
  private List<Path> files = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "text or json. Default: text.")
  private Form form = Form.TEXT;

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Logging.useByDefault(Logging.Level.WARN);
    boolean valid = true;
    List<Map<String, Object>> entries = new ArrayList<>();
    for (Path file : files) {
      ConfigLoader.LoadResult result = new ConfigLoader().read(file);
      valid &= result.valid();
      if (form == Form.TEXT) {
        text(file, result);
      } else {
        entries.add(entry(file, result));
      }
    }
    if (form == Form.JSON) {
      try {
        console
            .out()
            .println(
                new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(entries));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return valid ? ExitCode.OK : ExitCode.FINDING;
  }

  private void text(Path file, ConfigLoader.LoadResult result) {
    for (Problem problem : result.problems()) {
      boolean error = problem.severity() == Problem.Severity.ERROR;
      console
          .out()
          .println(
              (error ? console.red("error: ") : console.yellow("warning: ")) + problem.toString());
    }
    if (result.valid()) {
      console
          .out()
          .println(
              console.green("ok: ")
                  + file
                  + ": "
                  + result.configuration().map(c -> c.jobs().size()).orElse(0)
                  + " jobs");
    }
  }

  private static Map<String, Object> entry(Path file, ConfigLoader.LoadResult result) {
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
    map.put("file", problem.position().file());
    map.put("line", problem.position().line());
    map.put("column", problem.position().column());
    map.put("path", problem.path());
    map.put("message", problem.message());
    return map;
  }
}
