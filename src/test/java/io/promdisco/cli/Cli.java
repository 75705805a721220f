package io.promdisco.cli;

import io.promdisco.cli.output.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs command lines through the entry point, in a separate folder, and stores what they print. */
final class Cli {
  private final Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  Cli(Path folder) {
    this.folder = folder;
  }

  /** Runs a command line, and drops the output of earlier ones. */
  int run(String... args) {
    out.reset();
    err.reset();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            0);
    return Main.run(console, args);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8).replace(folder + "/", "");
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8).replace(folder + "/", "");
  }

  /** Writes a file into the folder and returns its path. */
  String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }
}
