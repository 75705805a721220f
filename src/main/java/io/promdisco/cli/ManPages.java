package io.promdisco.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes manual pages in the man(7) format from the model of the commands. */
final class ManPages {
  private static final String EXIT =
      "0: success; 1: a finding, or a failed check; 2: bad usage or a bad configuration; 3:"
          + " a server could not be reached, or refused the request.";

  private static final CommandLine.Help.Ansi OFF = CommandLine.Help.Ansi.OFF;

  private final String version;
  private final StringBuilder page = new StringBuilder();

  private ManPages(String version) {
    this.version = version;
  }

  /** The pages by file name, the page of the program first. */
  static Map<String, String> of(CommandSpec root, String version) {
    Map<String, CommandSpec> commands = CommandTree.commands(root);
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put(root.name() + ".1", new ManPages(version).program(root, commands));
    commands.forEach(
        (name, command) ->
            pages.put(
                root.name() + "-" + name + ".1",
                new ManPages(version).command(root.name() + "-" + name, command, root)));
    return pages;
  }

  private String program(CommandSpec root, Map<String, CommandSpec> commands) {
    begin(root.name(), root);
    section("COMMANDS");
    commands.forEach(
        (name, command) -> {
          macro("TP");
          line("\\fB" + escaped(root.name() + "-" + name) + "\\fR(1)");
          line(escaped(CommandTree.summary(command)));
        });
    options(CommandTree.options(root));
    section("EXAMPLES");
    paragraphs(List.of(root.usageMessage().footer()));
    end();
    return page.toString();
  }

  private String command(String name, CommandSpec command, CommandSpec root) {
    begin(name, command);
    arguments(command);
    options(CommandTree.options(command));
    List<String> footer = List.of(command.usageMessage().footer());
    if (!footer.isEmpty()) {
      section("NOTES");
      paragraphs(footer);
    }
    end();
    section("SEE ALSO");
    line("\\fB" + escaped(root.name()) + "\\fR(1)");
    return page.toString();
  }

  private void begin(String name, CommandSpec spec) {
    line(
        ".TH \""
            + escaped(name.toUpperCase(Locale.ROOT))
            + "\" \"1\" \"\" \"promdisco "
            + escaped(version)
            + "\" \"User Commands\"");
    section("NAME");
    line(escaped(name) + " \\- " + escaped(CommandTree.summary(spec)));
    section("SYNOPSIS");
    CommandLine.Help help = new CommandLine.Help(spec, CommandLine.Help.defaultColorScheme(OFF));
    line(escaped(help.synopsis(0).replaceAll("\\s+", " ").strip()));
    section("DESCRIPTION");
    line(escaped(CommandTree.description(spec.usageMessage().description())));
  }

  private void arguments(CommandSpec command) {
    List<PositionalParamSpec> shown =
        command.positionalParameters().stream().filter(parameter -> !parameter.hidden()).toList();
    if (!shown.isEmpty()) {
      section("ARGUMENTS");
      shown.forEach(
          parameter -> entry("\\fI" + escaped(parameter.paramLabel()) + "\\fR", parameter));
    }
  }

  private void options(List<OptionSpec> options) {
    section("OPTIONS");
    for (OptionSpec option : options) {
      String label =
          option.arity().max() > 0 ? " \\fI" + escaped(option.paramLabel()) + "\\fR" : "";
      entry(
          Stream.of(option.names())
                  .map(name -> "\\fB" + escaped(name) + "\\fR")
                  .collect(Collectors.joining(", "))
              + label,
          option);
    }
  }

  private void entry(String head, ArgSpec argument) {
    macro("TP");
    line(head);
    line(escaped(CommandTree.description(argument.description())));
  }

  /** Paragraphs. Lines with columns are kept unchanged. */
  private void paragraphs(List<String> texts) {
    for (String text : texts.stream().map(CommandTree::description).toList()) {
      if (text.contains("  ")) {
        macro("nf");
        line(escaped(text));
        macro("fi");
      } else if (!text.isEmpty()) {
        macro("PP");
        line(escaped(text));
      }
    }
  }

  private void end() {
    section("EXIT STATUS");
    line(escaped(EXIT));
  }

  private void section(String title) {
    line(".SH \"" + title + "\"");
  }

  private void macro(String name) {
    line("." + name);
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  /** Escapes text so that troff prints it literally. */
  private static String escaped(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
