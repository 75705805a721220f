package io.promdisco.cli;

import io.promdisco.cli.bench.SimCertificates;
import io.promdisco.cli.bench.TemporaryFolder;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.sim.DemoCluster;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Runs the code of all commands once, so that the launcher can store the class data. {@code serve}
 * runs in a separate process, because its stored class data is in its memory as long as it runs,
 * and this process loads more classes.
 */
@Command(name = "warm-up", hidden = true)
final class WarmUpCommand implements Callable<Integer> {
  private static final String LISTENS = "promdisco listens on ";
  private static final long PATIENCE_SECONDS = 20;

  /**
   * A job with a separate client and a single watch, which uses other code than several watches.
   */
  private static final String ALONE =
      """
        - job_name: alone
          kubernetes_sd_configs:
            - role: pod
              kubeconfig_file: alone
      """;

  @Parameters(
      arity = "0..*",
      description = "The program to which serve is added. Default: the other commands.")
  private List<String> program = List.of();

  private final Console quiet;

  WarmUpCommand() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    quiet = new Console(nowhere, nowhere, false, false, 0);
  }

  @Override
  public Integer call() throws Exception {
    Logging.useByDefault(Logging.Level.ERROR);
    try (TemporaryFolder temporary = TemporaryFolder.create("promdisco-warm-up")) {
      Path folder = temporary.path();
      SimCluster cluster = new SimCluster();
      DemoCluster.create(cluster).step();
      try (SimApiServer server = SimApiServer.start(cluster, SimCertificates.options(folder))) {
        server.writeKubeconfig(folder.resolve("kubeconfig"));
        server.writeKubeconfig(folder.resolve("alone"));
        String jobs = DemoCommand.configurationText() + ALONE;
        Path config = Files.writeString(folder.resolve("p.yml"), jobs);
        if (program.isEmpty()) {
          commands(config, folder.resolve("dump"));
        } else {
          serve(config);
        }
      }
    }
    return ExitCode.OK;
  }

  private void commands(Path config, Path dump) {
    Main.run(quiet, "--version");
    Main.run(quiet, "targets", config.toString());
    Main.run(quiet, "dump", config.toString(), "--to", dump.toString());
    Main.run(quiet, "targets", config.toString(), "--manifests", dump.toString());
  }

  private void serve(Path config) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("serve", "--listen", "127.0.0.1:0", config.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader said = process.inputReader()) {
      String line = said.readLine();
      while (line != null && !line.startsWith(LISTENS)) {
        line = said.readLine();
      }
      if (line == null) {
        throw CommandException.failure("serve ended: " + command);
      }
      String url = line.substring(LISTENS.length());
      awaitReady(url);
      for (String path : new String[] {"/metrics", "/api/v1/targets", "/"}) {
        URI.create(url + path).toURL().openStream().close();
      }
      process.toHandle().destroy(); // a normal end, in which the JVM stores its class data
      said.transferTo(Writer.nullWriter());
      process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Waits until all targets are discovered. */
  private static void awaitReady(String url) throws IOException, InterruptedException {
    URL ready = URI.create(url + "/-/ready").toURL();
    for (int i = 0; i < 20 * PATIENCE_SECONDS; i++) {
      if (((HttpURLConnection) ready.openConnection()).getResponseCode() == 200) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
