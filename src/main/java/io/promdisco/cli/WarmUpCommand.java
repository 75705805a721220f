package io.promdisco.cli;

import io.promdisco.Promdisco;
import io.promdisco.config.ConfigLoader;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.server.PromdiscoServer;
import io.promdisco.sim.DemoCluster;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Goes once through what commands do, so that the launcher can keep the class data of it. */
@Command(name = "warm-up", hidden = true)
final class WarmUpCommand implements Callable<Integer> {
  private final Console quiet;

  WarmUpCommand() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    quiet = new Console(nowhere, nowhere, false, false, 0);
  }

  @Override
  public Integer call() throws Exception {
    Logging.useByDefault(Logging.Level.ERROR);
    Path folder = Files.createTempDirectory("promdisco-warm-up");
    try {
      SimCluster cluster = new SimCluster();
      DemoCluster.create(cluster).step();
      try (SimApiServer server = SimApiServer.start(cluster, SimTls.options(folder))) {
        server.writeKubeconfig(folder.resolve("kubeconfig"));
        Path config = Files.writeString(folder.resolve("p.yml"), DemoCommand.configurationText());
        Main.run(quiet, "--version");
        Main.run(quiet, "targets", config.toString());
        Path dump = folder.resolve("dump");
        Main.run(quiet, "dump", config.toString(), "--to", dump.toString());
        Main.run(quiet, "targets", config.toString(), "--manifests", dump.toString());
        serve(config);
      }
    } finally {
      DemoCommand.deleteAll(folder);
    }
    return ExitCode.OK;
  }

  private static void serve(Path config) throws Exception {
    CollectorRegistry registry = new CollectorRegistry();
    PrometheusMetrics metrics = new PrometheusMetrics(registry);
    try (Promdisco promdisco = Promdisco.builder().metrics(metrics).build()) {
      Reload reload = new Reload(promdisco, new ConfigLoader(), config, metrics, registry);
      reload.apply(new ConfigLoader().load(config));
      promdisco.awaitSynced(Duration.ofSeconds(10));
      DefaultExports.register(registry);
      try (PromdiscoServer server =
          PromdiscoServer.start(new PromdiscoServer.Options("127.0.0.1", 0), reload)) {
        for (String path : new String[] {"/metrics", "/api/v1/targets", "/-/ready", "/"}) {
          URI.create(server.url() + path).toURL().openStream().close();
        }
      }
    }
  }
}
