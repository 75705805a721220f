package io.promdisco.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Writes completions in the syntax of fish, for one level of commands. */
final class FishCompletion {
  private static final String FIRST = "__fish_use_subcommand";

  private final String program;
  private final StringBuilder script = new StringBuilder();

  private FishCompletion(String program) {
    this.program = program;
  }

  static String of(CommandSpec root) {
    FishCompletion fish = new FishCompletion(root.name());
    fish.line("complete -c " + root.name() + " -f");
    CommandTree.options(root).forEach(option -> fish.option(FIRST, option));
    CommandTree.commands(root)
        .forEach(
            (name, command) -> {
              fish.complete(
                  FIRST, "-a " + quoted(name) + " -d " + quoted(CommandTree.summary(command)));
              fish.command(root, name, command);
            });
    return fish.script.toString();
  }

  private void command(CommandSpec root, String name, CommandSpec command) {
    String seen = "__fish_seen_subcommand_from " + name;
    CommandTree.options(command).forEach(option -> option(seen, option));
    command.positionalParameters().stream()
        .filter(parameter -> !parameter.hidden())
        .map(FishCompletion::values)
        .distinct()
        .forEach(values -> complete(seen, values));
    if (name.equals("help")) {
      complete(seen, "-a " + quoted(String.join(" ", CommandTree.commands(root).keySet())));
    }
  }

  private void option(String condition, OptionSpec option) {
    List<String> words = new ArrayList<>();
    for (String name : option.names()) {
      words.add((name.startsWith("--") ? "-l " : "-s ") + name.replaceFirst("^--?", ""));
    }
    if (option.arity().max() > 0) {
      words.add("-r");
      words.add(values(option));
    }
    words.add("-d " + quoted(CommandTree.description(option.description())));
    complete(condition, String.join(" ", words));
  }

  /** Returns the values to offer: choices, files, or none. */
  private static String values(ArgSpec argument) {
    Iterable<String> choices = argument.completionCandidates();
    if (choices != null && choices.iterator().hasNext()) {
      return "-f -a " + quoted(String.join(" ", choices));
    }
    boolean files =
        argument.type() == Path.class || List.of(argument.auxiliaryTypes()).contains(Path.class);
    return files ? "-F" : "-f";
  }

  private void complete(String condition, String rest) {
    line("complete -c " + program + " -n " + quoted(condition) + " " + rest);
  }

  private void line(String line) {
    script.append(line).append('\n');
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
