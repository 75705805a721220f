package io.promdisco.cli;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.cli.output.ExitCode;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.sim.Fault;
import io.promdisco.sim.FaultRule;
import io.promdisco.sim.ManyPodsCluster;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.sim.SimOptions;
import io.promdisco.sim.SimOptions.StreamingLists;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The progress line while a server does not send its second page of pods. */
class ProgressLineTest {
  private static final String SHOWN = "pods 5[0-9][0-9] of 600";

  @TempDir private Path folder = Path.of("");
  private final SimCluster cluster = new SimCluster();

  private SimApiServer server(StreamingLists lists) throws IOException {
    ManyPodsCluster.create(cluster, 600);
    return SimApiServer.start(cluster, new SimOptions().streamingLists(lists));
  }

  private String config(SimApiServer server) throws IOException {
    Path kubeconfig = folder.resolve("kubeconfig");
    server.writeKubeconfig(kubeconfig);
    return Files.writeString(
            folder.resolve("p.yml"),
            """
            scrape_configs:
            - job_name: pods
              kubernetes_sd_configs:
              - {role: pod, kubeconfig_file: kubeconfig}
              relabel_configs:
              - {source_labels: [__meta_kubernetes_pod_name], regex: app-0000-.*-00000-0, action: keep}
            """)
        .toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"targets", "dump"})
  void onATerminalHowManyObjectsOfThoseAnnounced(String command) throws Exception {
    try (SimApiServer server = server(StreamingLists.REFUSED_AS_INVALID)) {
      server.faults().add(FaultRule.once(Resource.PODS, "list", Fault.Break.STALL).fromNth(2));
      try (Terminal terminal = Terminal.run(folder, command, config(server))) {
        eventually(() -> assertThat(terminal.screen()).containsPattern(SHOWN));
        server.faults().healAll(); // The page is cut off, and the command may report that.
        assertThat(terminal.exitCode()).isIn(ExitCode.OK, ExitCode.UNREACHABLE);
        assertThat(terminal.screen()).containsPattern("(?s)" + SHOWN + ".*\r\u001b\\[K");
      }
    }
  }

  @Test
  void streamingListShowsTheCountAlone() throws Exception {
    try (SimApiServer server = server(StreamingLists.SERVED)) {
      server
          .faults()
          .add(FaultRule.once(Resource.PODS, "watch", Fault.Break.STALL).afterFrames(321));
      try (Terminal terminal = Terminal.run(folder, "targets", config(server))) {
        eventually(() -> assertThat(terminal.screen()).contains("0 of 1 source", "pods 321\u001b"));
        server.faults().healAll();
        assertThat(terminal.exitCode()).isIn(ExitCode.OK, ExitCode.UNREACHABLE);
      }
    }
  }

  @Test
  void nothingIsShownInAPipe() throws Exception {
    try (SimApiServer server = server(StreamingLists.REFUSED_AS_INVALID)) {
      server.faults().add(FaultRule.once(Resource.PODS, "list", Fault.Break.STALL).fromNth(2));
      try (Terminal pipe = Terminal.piped(folder, "targets", config(server), "--timeout", "2s")) {
        assertThat(pipe.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(pipe.screen())
            .contains("0 active")
            .doesNotContain("\r", "\u001b")
            .doesNotContainPattern("pods [0-9]");
      }
    }
  }
}
