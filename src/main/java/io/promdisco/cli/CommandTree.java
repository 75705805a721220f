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

/** The commands and options for scripts and manual pages. */
final class CommandTree {
  private CommandTree() {}

  /** Returns the commands that are not hidden by name, in the order of the help. */
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

  /** Returns the options that are not hidden. */
  static List<OptionSpec> options(CommandSpec spec) {
    return spec.options().stream().filter(option -> !option.hidden()).toList();
  }

  /** Returns the first line of a command's description. */
  static String summary(CommandSpec spec) {
    String[] description = spec.usageMessage().description();
    return description.length == 0 ? "" : text(description[0]);
  }

  /** Returns the description of an option, with picocli's placeholders resolved. */
  static String description(String... lines) {
    return text(String.join(" ", lines));
  }

  private static String text(String description) {
    return CommandLine.Help.Ansi.OFF.string(String.format(description)).strip();
  }

  /** Makes completions offer the values of enumerations as they are spelled in the help. */
  static void nameChoices(CommandSpec spec) {
    spec.subcommands().values().forEach(line -> nameChoices(line.getCommandSpec()));
    for (OptionSpec option : new ArrayList<>(spec.options())) {
      if (option.type().isEnum()) {
        spec.remove(option);
        spec.addOption(
            option.toBuilder()
                .scopeType(CommandLine.ScopeType.LOCAL) // subcommands have their own
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

  /** Returns the values of an enumeration as users write them. */
  static List<String> choices(Class<?> type) {
    List<String> choices = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      choices.add(StructuredPrinter.word((Enum<?>) constant));
    }
    return choices;
  }
}
