package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Properties of the help and the options of all commands. */
class HelpTest {
  /** Options of these types accept any text. */
  private static final Set<Class<?>> FREE_TEXT = Set.of(String.class, Path.class);

  private static final String NONSENSE = "?!";

  @TempDir private Path folder = Path.of("");

  private static Collection<CommandSpec> commands() {
    CommandLine line = new CommandLine(CommandSpec.create().name("promdisco"));
    new Commands(Console.system()).addTo(line, List.of("help"));
    Map<String, CommandSpec> commands = CommandTree.commands(line.getCommandSpec());
    commands.remove("help"); // picocli's own
    return commands.values();
  }

  @Test
  void everyCommandThatTakesAConfigurationAlsoTakesItAsAnOption() {
    List<String> names = new ArrayList<>();
    for (CommandSpec command : commands()) {
      if (command.positionalParameters().stream()
          .anyMatch(parameter -> parameter.paramLabel().contains("CONFIG"))) {
        names.add(command.name());
        assertThat(command.optionsMap())
            .as(command.name())
            .containsKeys("--config", "--config.file");
      }
    }

    assertThat(names).contains("targets", "check", "explain", "rbac", "dump", "serve");
  }

  @Test
  void helpHasNoLineBreaksInsideAParagraph() {
    for (CommandSpec command : commands()) {
      Stream<String[]> arguments = command.args().stream().map(ArgSpec::description);
      assertThat(arguments.toList()).as(command.name()).allMatch(text -> text.length == 1);
      for (String paragraph : command.usageMessage().footer()) {
        assertThat(paragraph).as(command.name()).matches("|  .*|[A-Z].*\\.");
      }
      texts(command)
          .forEach(text -> assertThat(text).as(command.name()).doesNotContain("\n", "%n"));
    }
  }

  @Test
  void helpNamesTheChoicesOfAnOptionInLowerCase() {
    for (CommandSpec command : commands()) {
      for (OptionSpec option : choices(command)) {
        String help = option.description()[0];
        assertThat(CommandTree.choices(option.type()))
            .as(command.name() + " " + option.longestName())
            .filteredOn(help::contains)
            .hasSizeGreaterThan(1);
        for (Object constant : option.type().getEnumConstants()) {
          assertThat(help).as(command.name()).doesNotContain(((Enum<?>) constant).name());
        }
      }
    }
  }

  @Test
  void choicesAreAcceptedInAnyCase() {
    Cli cli = new Cli(folder);
    for (CommandSpec command : commands()) {
      for (OptionSpec option : choices(command)) {
        for (String choice : CommandTree.choices(option.type())) {
          for (String value : List.of(choice, choice.toUpperCase(Locale.ROOT))) {
            int code = cli.run(command.name(), option.longestName() + "=" + value, "--help");
            assertThat(code).as(cli.err()).isZero();
          }
        }
      }
    }
  }

  @Test
  void anErrorAboutTheValueOfAnOptionSaysWhatIsExpected() {
    Cli cli = new Cli(folder);
    for (CommandSpec command : commands()) {
      for (OptionSpec option : command.options()) {
        List<Class<?>> types = Arrays.asList(option.auxiliaryTypes());
        boolean converted = option.converters().length > 0;
        if (option.arity().max() == 0 || (!converted && FREE_TEXT.containsAll(types))) {
          continue;
        }

        int code = cli.run(command.name(), option.longestName() + "=" + NONSENSE);

        assertThat(code).as(command.name() + " " + option.longestName()).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err())
            .contains(option.longestName(), NONSENSE)
            .containsPattern("\\(expected: (one of|true or false|.*, for example )");
      }
    }
  }

  private static List<OptionSpec> choices(CommandSpec command) {
    return command.options().stream().filter(option -> option.type().isEnum()).toList();
  }

  private static List<String> texts(CommandSpec command) {
    List<String> texts = new ArrayList<>(List.of(command.usageMessage().description()));
    texts.addAll(List.of(command.usageMessage().footer()));
    command.args().forEach(argument -> texts.addAll(List.of(argument.description())));
    return texts;
  }
}
