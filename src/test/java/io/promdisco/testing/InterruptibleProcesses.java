package io.promdisco.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts processes that can be interrupted. */
public final class InterruptibleProcesses {
  private InterruptibleProcesses() {}

  /**
   * The command, started with the default action for SIGINT. When a shell runs the tests in the
   * background, processes inherit SIGINT as ignored, and nothing could interrupt them.
   */
  public static List<String> command(List<String> command) {
    List<String> all = new ArrayList<>();
    if (Files.isReadable(Path.of("/proc/self/status"))) { // only on Linux, where env supports this
      all.addAll(List.of("env", "--default-signal=INT"));
    }
    all.addAll(command);
    return all;
  }
}
