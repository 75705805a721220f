package io.promdisco.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Goes once through what commands do, so that the launcher can keep the class data of it. */
@Command(name = "warm-up", hidden = true)
final class WarmUpCommand implements Callable<Integer> {
  WarmUpCommand(Console console) {}

  @Override
  public Integer call() throws IOException {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Console quiet = new Console(nowhere, nowhere, false, false, 0);
    return Main.run(quiet, "demo", "--steps", "3", "--pace", "100ms");
  }
}
