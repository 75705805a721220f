package io.promdisco.cli.bench;

import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.sim.ManyPodsCluster;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.util.EscapingLogger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The second process of the benchmark: a simulated API server with many pods. It writes its
 * kubeconfig when it is ready, executes the lines of its standard input ({@code churn RATE}, {@code
 * put NAME IP}, {@code remove NAME}), and ends when the input ends.
 */
@Command(name = "bench-server", hidden = true)
public final class BenchServerCommand implements Callable<Integer> {
  static final String KUBECONFIG = "kubeconfig";

  @Option(names = "--pods", required = true)
  private int pods;

  @Option(names = "--folder", required = true)
  private Path folder = Path.of("");

  @Override
  public Integer call() throws Exception {
    Logging.useByDefault(Logging.Level.WARN);
    Path newFolder = Files.createDirectories(folder);
    SimCluster cluster = new SimCluster();
    ManyPodsCluster many = ManyPodsCluster.create(cluster, pods);
    try (SimApiServer server = SimApiServer.start(cluster, SimCertificates.options(newFolder));
        PodChanger hand = new PodChanger(many)) {
      Path written = server.writeKubeconfig(newFolder.resolve(KUBECONFIG + ".new"));
      Files.move(written, newFolder.resolve(KUBECONFIG), StandardCopyOption.ATOMIC_MOVE);
      runCommands(hand);
    }
    return ExitCode.OK;
  }

  private static void runCommands(PodChanger hand) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "churn" -> hand.churn(Integer.parseInt(words[1]));
        case "put" -> hand.put(words[1], words[2]);
        case "remove" -> hand.remove(words[1]);
        default -> throw new IOException("line: " + line + " (expected: churn, put or remove)");
      }
    }
  }

  /** Changes pods on one thread. */
  private static final class PodChanger implements AutoCloseable {
    private static final Logger log = EscapingLogger.of(BenchServerCommand.class);

    private final ManyPodsCluster many;
    private final ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "sd-bench-hand"));
    private @Nullable Future<?> churn;

    PodChanger(ManyPodsCluster many) {
      this.many = many;
    }

    /** Replaces this number of pods per second from now on; 0 stops it. */
    void churn(int rate) {
      if (churn != null) {
        churn.cancel(false);
        churn = null;
      }
      if (rate > 0) {
        long pause = TimeUnit.SECONDS.toNanos(1) / rate;
        churn =
            thread.scheduleAtFixedRate(
                () -> run(many::replaceNext), 0, pause, TimeUnit.NANOSECONDS);
      }
    }

    void put(String name, String ip) {
      thread.execute(() -> run(() -> many.putProbe(name, ip)));
    }

    void remove(String name) {
      thread.execute(() -> run(() -> many.removeProbe(name)));
    }

    private static void run(Runnable task) {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.error("a pod could not be changed", e);
      }
    }

    @Override
    public void close() {
      thread.shutdownNow();
    }
  }
}
