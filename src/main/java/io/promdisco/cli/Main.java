package io.promdisco.cli;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.StackTrace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The entry point of the command line.
 *
 * <p>It implements picocli's handlers itself. They are compiled for Java 5, and Java 25 cannot
 * store lambdas of such interfaces in the cache that speeds up the start.
 */
@Command(
    name = "promdisco",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Finds the targets of a Prometheus configuration.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  promdisco targets prometheus.yml               what is scraped, as a table",
      "  promdisco targets prometheus.yml --watch       the same, then every change",
      "  promdisco targets p.yml --manifests dump/      from a dump instead of a server",
      "  promdisco check prometheus.yml                 every mistake, with its place",
      "  promdisco test tests/*.yml                     unit tests of relabelling rules",
      "",
      "Exit codes: 0 ok, 1 finding, 2 bad usage or configuration, 3 server unreachable."
    })
public final class Main
    implements Runnable,
        CommandLine.IExecutionStrategy,
        CommandLine.IParameterExceptionHandler,
        CommandLine.IExecutionExceptionHandler {
  /** Examples come before the list of options, so that they are on the first screen. */
  private static final List<String> FIRST_SCREEN =
      List.of(
          UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING,
          UsageMessageSpec.SECTION_KEY_SYNOPSIS,
          UsageMessageSpec.SECTION_KEY_DESCRIPTION,
          UsageMessageSpec.SECTION_KEY_FOOTER_HEADING,
          UsageMessageSpec.SECTION_KEY_FOOTER,
          UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING,
          UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
          UsageMessageSpec.SECTION_KEY_OPTION_LIST);

  /** What systems say when the reader of a pipe has ended. */
  private static final Pattern BROKEN_PIPE = Pattern.compile("(?i)\\bpipe\\b");

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--log.level",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "LEVEL",
      description =
          "Log level: error, warn, info or debug. Default: warn; info for serve and allocate.")
  private Logging.@org.jspecify.annotations.Nullable Level logLevel;

  @Option(
      names = "--log.format",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "LOG_FORMAT",
      description = "Log format: text, or json with one object per line. Default: text.")
  private Logging.@org.jspecify.annotations.Nullable Format logFormat;

  private final Console console;

  private Main(Console console) {
    this.console = console;
  }

  /** Runs the process's command line and ends the process. */
  public static void main(String[] args) {
    Logging.use();
    // picocli would search all jars of the class path for Groovy, which is not used.
    System.setProperty("picocli.disable.closures", "true");
    Console console = Console.system();
    int code = run(console, args);
    console.out().flush();
    console.err().flush();
    System.exit(code);
  }

  /** Runs a command line and returns its exit code. */
  static int run(Console console, String... args) {
    Main main = new Main(console);
    CommandLine line = new CommandLine(main);
    new Commands(console).addTo(line, List.of(args));
    line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            console.color() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.getCommandSpec().usageMessage().sectionKeys(FIRST_SCREEN);
    line.setExecutionStrategy(main);
    line.setParameterExceptionHandler(main);
    line.setExecutionExceptionHandler(main);
    int code;
    try {
      code = line.execute(args);
    } catch (OutOfMemoryError e) {
      console.out().flush();
      console.errorLine(
          "promdisco: not enough memory (expected: smaller input, or a larger heap: -Xmx)");
      code = CommandLine.ExitCode.SOFTWARE;
    }
    return main.withOutputFailure(code);
  }

  /** Results that nobody received are a failure. A reader that wants no more needs no message. */
  private int withOutputFailure(int code) {
    IOException failure = console.outputFailure();
    if (failure == null) {
      return code;
    }
    String reason = String.valueOf(failure.getMessage());
    if (!BROKEN_PIPE.matcher(reason).find()) {
      console.errorLine(
          "promdisco: standard output: " + reason + " (expected: room for the whole output)");
    }
    return code == ExitCode.OK ? ExitCode.FINDING : code;
  }

  @Override
  public int execute(ParseResult parsed) {
    Logging.set(logLevel);
    Logging.set(logFormat);
    return new CommandLine.RunLast().execute(parsed);
  }

  @Override
  public int handleParseException(ParameterException error, String[] args) {
    CommandLine command = error.getCommandLine();
    StringWriter suggestions = new StringWriter();
    CommandLine.UnmatchedArgumentException.printSuggestions(error, new PrintWriter(suggestions));
    console.errorLine("promdisco: " + message(error));
    suggestions.toString().lines().forEach(console::errorLine);
    console.errorLine("Try '", command.getCommandSpec().qualifiedName(), " --help'.");
    return ExitCode.USAGE;
  }

  /** Returns what is wrong, with the expected values as they are spelled in the help. */
  private static String message(ParameterException error) {
    String message = String.valueOf(error.getMessage());
    ArgSpec argument = error.getArgSpec();
    if (argument != null && argument.typeInfo().isEnum() && error.getValue() != null) {
      String choices = String.join(", ", CommandTree.choices(argument.type()));
      return message.replaceFirst(
          ": expected one of .*",
          Matcher.quoteReplacement(
              ": \"" + error.getValue() + "\" (expected: one of " + choices + ")"));
    }
    return message
        .replaceFirst(" is not an? (int|long)$", " (expected: a number, for example 5)")
        .replaceFirst(" is not a boolean$", " (expected: true or false)")
        .replaceFirst(
            " \\((\\S+)\\) should be in KEY=VALUE format but was (.*)$",
            ": '$2' (expected: $1, for example app=web-.*)");
  }

  @Override
  public int handleExecutionException(Exception error, CommandLine command, ParseResult parsed) {
    if (error instanceof CommandException known) {
      console.out().flush();
      known.lines().forEach(console::errorLine);
      return known.exitCode();
    }
    console.out().flush();
    StackTrace.lines(error).forEach(line -> console.errorLine(line.replace("\t", "    ")));
    return CommandLine.ExitCode.SOFTWARE;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
