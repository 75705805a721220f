package io.promdisco.cli;

import io.promdisco.cli.output.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the manual pages, for packagers of promdisco. */
@Command(
    name = "man-pages",
    hidden = true,
    mixinStandardHelpOptions = true,
    description = "Write the manual pages into a folder.")
final class ManPagesCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FOLDER",
      description = "The folder to write to. It is created if it does not exist.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path folder;

  @Override
  public void run() {
    try {
      Files.createDirectories(folder);
      for (Map.Entry<String, String> page : ManPages.of(spec.root(), Version.number()).entrySet()) {
        Files.writeString(folder.resolve(page.getKey()), page.getValue());
      }
    } catch (IOException e) {
      throw CommandException.usage("man-pages: " + folder + ": cannot be written (" + e + ")");
    }
  }
}
