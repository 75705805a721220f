package io.promdisco.cli;

import io.promdisco.cli.output.Console;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a completion script for a shell. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Print a completion script for a shell.",
    footer = {
      "",
      "  source <(promdisco completion bash)      for bash, in ~/.bashrc",
      "  source <(promdisco completion zsh)       for zsh, in ~/.zshrc after compinit",
      "  promdisco completion fish | source       for fish, in ~/.config/fish/config.fish"
    })
final class CompletionCommand implements Runnable {
  /** The shell to complete for. */
  enum Shell {
    /** bash 3.2 and newer. */
    BASH,
    /** zsh, through its emulation of bash's completion. */
    ZSH,
    /** fish 3 and newer. */
    FISH
  }

  private final Console console;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "Shell: bash, zsh or fish.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Shell shell;

  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    CommandSpec root = spec.root();
    CommandTree.nameChoices(root);
    String script =
        switch (shell) {
          case BASH -> bash(root);
          case ZSH -> "autoload -U +X bashcompinit && bashcompinit\n" + bash(root);
          case FISH -> FishCompletion.of(root);
        };
    console.out().print(script);
    console.out().flush();
  }

  private static String bash(CommandSpec root) {
    return AutoComplete.bash(root.name().toLowerCase(Locale.ROOT), root.commandLine());
  }
}
