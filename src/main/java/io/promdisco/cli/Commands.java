package io.promdisco.cli;

import io.promdisco.cli.bench.BenchCommand;
import io.promdisco.cli.bench.BenchServerCommand;
import io.promdisco.cli.output.Console;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * The commands by name, in the order of the help. A command is created only when it is needed:
 * creating all of them takes as long as the rest of {@code --version}.
 */
final class Commands {
  /** Commands that show the others. */
  private static final List<String> NEED_ALL = List.of("completion", "help", "man-pages");

  private static final List<String> VERSION = List.of("--version", "-V");

  private final Map<String, Supplier<Object>> commands = new LinkedHashMap<>();

  Commands(Console console) {
    commands.put("targets", () -> new TargetsCommand(console));
    commands.put("check", () -> new CheckCommand(console));
    commands.put("test", () -> new TestCommand(console));
    commands.put("explain", () -> new ExplainCommand(console));
    commands.put("diff", () -> new DiffCommand(console));
    commands.put("monitors", () -> new MonitorsCommand(console));
    commands.put("rbac", () -> new RbacCommand(console));
    commands.put("dump", () -> new DumpCommand(console));
    commands.put("serve", () -> new ServeCommand(console));
    commands.put("allocate", () -> new AllocateCommand(console));
    commands.put("demo", () -> new DemoCommand(console));
    commands.put("bench", () -> new BenchCommand(console));
    commands.put("bench-server", BenchServerCommand::new);
    commands.put("completion", () -> new CompletionCommand(console));
    commands.put("help", () -> new CommandLine.HelpCommand());
    commands.put("man-pages", ManPagesCommand::new);
    commands.put("warm-up", WarmUpCommand::new);
  }

  /** Adds the commands that may be needed: one if the arguments name it, otherwise all. */
  void addTo(CommandLine line, List<String> arguments) {
    if (!arguments.isEmpty() && VERSION.contains(arguments.get(0))) {
      return;
    }
    Supplier<Object> named =
        arguments.stream()
            .filter(commands::containsKey)
            .findFirst()
            .filter(name -> !NEED_ALL.contains(name))
            .map(commands::get)
            .orElse(null);
    if (named == null) {
      for (Supplier<Object> command : commands.values()) {
        line.addSubcommand(command.get());
      }
    } else {
      line.addSubcommand(named.get());
    }
  }
}
