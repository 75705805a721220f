package io.promdisco.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts processes that can be interrupted. */
public final class InterruptibleProcesses {
  private InterruptibleProcesses() {}

  /**
   * The command with SIGINT as it is by default. A process inherits it as ignored when a shell runs
   * the tests in the background, and then nothing interrupts it.
   */
  public static List<String> command(List<String> command) {
    List<String> all = new ArrayList<>();
    if (Files.isReadable(Path.of("/proc/self/status"))) { // Linux, whose env can do it
      all.addAll(List.of("env", "--default-signal=INT"));
    }
    all.addAll(command);
    return all;
  }
}
