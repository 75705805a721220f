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
 * The command line's entry point.
 *
 * <p>It is picocli's handlers itself, since the VM of Java 25 cannot keep lambdas of picocli's
 * interfaces, which are compiled for Java 5, in the cache that makes a start faster.
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
      "  promdisco targets prometheus.yml --watch       then every change as it comes",
      "  promdisco targets p.yml --manifests dump/      from a dump, not from a server",
      "  promdisco check prometheus.yml                 every mistake, with its place",
      "  promdisco test tests/*.yml                     unit tests of relabelling rules",
      "",
      "Exit codes: 0 ok, 1 a finding, 2 bad usage or configuration, 3 no server."
    })
public final class Main
    implements Runnable,
        CommandLine.IExecutionStrategy,
        CommandLine.IParameterExceptionHandler,
        CommandLine.IExecutionExceptionHandler {
  /** Examples come before the list of options: they are on the first screen. */
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
          "Log at error, warn, info or debug. Default: warn; info under serve and allocate.")
  private Logging.@org.jspecify.annotations.Nullable Level logLevel;

  @Option(
      names = "--log.format",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "FORMAT",
      description = "Log as text or json, one object per line. Default: text.")
  private Logging.@org.jspecify.annotations.Nullable Format logFormat;

  private final Console console;

  private Main(Console console) {
    this.console = console;
  }

  /** Runs the process's command line and ends the process. */
  public static void main(String[] args) {
    Logging.use();
    // Looking for Groovy, which is not there, opens every jar of the class path.
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
          "promdisco: not enough memory (expected: less to read, or a larger heap: -Xmx)");
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

  /** What is wrong, with the values that are expected as the help spells them. */
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
    return message.replaceFirst(" is not an? (int|long)$", " (expected: a number, for example 5)");
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
