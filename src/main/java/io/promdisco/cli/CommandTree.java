package io.promdisco.cli;

import io.promdisco.cli.output.StructuredPrinter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The commands and options as scripts and manuals show them. */
final class CommandTree {
  private CommandTree() {}

  /** The commands that are shown, by name, in the order of the help. */
  static Map<String, CommandSpec> commands(CommandSpec root) {
    Map<String, CommandSpec> commands = new LinkedHashMap<>();
    root.subcommands()
        .forEach(
            (name, line) -> {
              CommandSpec spec = line.getCommandSpec();
              if (!spec.usageMessage().hidden() && name.equals(spec.name())) {
                commands.put(name, spec);
              }
            });
    return commands;
  }

  /** The options that are shown. */
  static List<OptionSpec> options(CommandSpec spec) {
    return spec.options().stream().filter(option -> !option.hidden()).toList();
  }

  /** The first line of what a command says of itself. */
  static String summary(CommandSpec spec) {
    String[] description = spec.usageMessage().description();
    return description.length == 0 ? "" : text(description[0]);
  }

  /** What is said of an option, without places for values that picocli would fill in. */
  static String description(String... lines) {
    return text(String.join(" ", lines));
  }

  private static String text(String description) {
    return CommandLine.Help.Ansi.OFF.string(String.format(description)).strip();
  }

  /** Has completions offer the values of enumerations as the help spells them. */
  static void nameChoices(CommandSpec spec) {
    spec.subcommands().values().forEach(line -> nameChoices(line.getCommandSpec()));
    for (OptionSpec option : new ArrayList<>(spec.options())) {
      if (option.type().isEnum()) {
        spec.remove(option);
        spec.addOption(
            option.toBuilder()
                .scopeType(CommandLine.ScopeType.LOCAL) // Subcommands have theirs already.
                .completionCandidates(choices(option.type()))
                .build());
      }
    }
    for (PositionalParamSpec parameter : new ArrayList<>(spec.positionalParameters())) {
      if (parameter.type().isEnum()) {
        spec.remove(parameter);
        spec.addPositional(
            parameter.toBuilder().completionCandidates(choices(parameter.type())).build());
      }
    }
  }

  /** The values of an enumeration as users write them. */
  static List<String> choices(Class<?> type) {
    List<String> choices = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      choices.add(StructuredPrinter.word((Enum<?>) constant));
    }
    return choices;
  }
}
