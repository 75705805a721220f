package io.promdisco.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.promdisco.offline.ManifestReader;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.testing.SkipReason;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the commands of the documents as they are written.
 *
 * <p>All {@code sh} blocks of a page run in one shell, in their order, in a folder that contains
 * the folders {@code docs} and {@code config-examples}, with a simulated cluster in {@code
 * ~/.kube/config}. A block of another language after {@code <!-- file: NAME -->} is written to that
 * file before the following blocks run. {@code kubectl} accepts anything. A block after {@code <!--
 * not run: REASON -->} is left out. In the scripts, a free port replaces 9099.
 */
@Timeout(180)
class CommandsTest {
  private static final String PORT = "9099";

  /** Makes the shell stop at the first failure and leave nothing running. */
  private static final String PROLOGUE =
      "set -euo pipefail\ntrap 'jobs -p | xargs -r kill 2> /dev/null' EXIT\n";

  @TempDir private Path folder = Path.of("");

  static List<Page> pages() throws IOException {
    List<Page> pages = new ArrayList<>();
    for (Path path : Page.all()) {
      Page page = Page.read(path);
      if (page.blocks().stream().anyMatch(CommandsTest::isRun)) {
        pages.add(page);
      }
    }
    return pages;
  }

  static List<Page> allPages() throws IOException {
    List<Page> pages = new ArrayList<>();
    for (Path path : Page.all()) {
      pages.add(Page.read(path));
    }
    return pages;
  }

  private static boolean isRun(Page.Block block) {
    return block.language().equals("sh") && block.marked("not run").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void commandsOfAPageSucceedInTheirOrder(Page page) throws Exception {
    assumeThat(new File("/bin/bash")).as(SkipReason.BASH).exists();
    assumeThat(isOnPath("curl")).as(SkipReason.CURL).isTrue();
    SimCluster cluster = new SimCluster();
    cluster.load(ManifestReader.read(List.of(Path.of("docs/examples/cluster.yaml"))));
    try (SimApiServer server = SimApiServer.start(cluster)) {
      Path work = prepare(server);
      String port = Integer.toString(freePort());
      List<Page.Block> blocks = page.blocks();
      StringBuilder script = new StringBuilder(PROLOGUE);
      for (Page.Block block : blocks) {
        String file = block.marked("file");
        if (isRun(block)) {
          script.append("echo '--- line ").append(block.line()).append("' >&2\n");
          script.append(block.text());
        } else if (!file.isEmpty()) {
          script.append("mkdir -p \"$(dirname '").append(file).append("')\"\n");
          script.append("cat > '").append(file).append("' <<'END OF FILE'\n");
          script.append(block.text()).append("END OF FILE\n");
        }
      }
      Files.writeString(folder.resolve("script"), script.toString().replace(PORT, port));
      assertThat(run(work)).as(Files.readString(folder.resolve("output"))).isZero();
    }
  }

  /** A block is a command, the output of a command, or has a mark that says how it is used. */
  @ParameterizedTest
  @MethodSource("allPages")
  void everySnippetIsUsed(Page page) {
    List<Integer> unused =
        page.blocks().stream()
            .filter(block -> !block.language().equals("sh") && !block.language().equals("console"))
            .filter(block -> block.mark().isEmpty())
            .map(Page.Block::line)
            .toList();
    assertThat(unused)
        .as("lines of %s with snippets that no test uses (expected: <!-- file: NAME -->)", page)
        .isEmpty();
  }

  /** Creates the folder in which the commands run, and the programs that they call. */
  private Path prepare(SimApiServer server) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    program(
        bin.resolve("promdisco"),
        "exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xmx256m -cp '%s'"
                .formatted(Path.of(System.getProperty("java.home"), "bin", "java"), classPath())
            + " io.promdisco.cli.Main \"$@\"");
    program(
        bin.resolve("kubectl"),
        """
        case "$1" in
          get) cat docs/examples/cluster.yaml ;;
          apply) [ "$3" = - ] && cat > /dev/null || [ -f "$3" ] ;;
          create | rollout | logs) ;;
          *) echo "kubectl $1: not expected here" >&2; exit 1 ;;
        esac""");
    Path home = folder.resolve("home");
    Files.createDirectories(home.resolve(".kube"));
    server.writeKubeconfig(home.resolve(".kube/config"));
    Path work = Files.createDirectories(folder.resolve("work"));
    Files.createSymbolicLink(work.resolve("promdisco"), bin.resolve("promdisco"));
    for (String shared : List.of("docs", "config-examples")) {
      copy(Path.of(shared), work.resolve(shared));
    }
    return work;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/bash\n" + script + "\n");
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + ": cannot be made executable");
    }
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean isOnPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Runs the script, which ends what it has started, and returns its exit code. */
  private int run(Path work) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/bash", folder.resolve("script").toString())
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(folder.resolve("output").toFile());
    builder.environment().remove("KUBECONFIG");
    builder.environment().remove("KUBERNETES_SERVICE_HOST");
    builder.environment().put("HOME", folder.resolve("home").toString());
    builder
        .environment()
        .put("PATH", folder.resolve("bin") + File.pathSeparator + System.getenv("PATH"));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(150, TimeUnit.SECONDS))
          .as(Files.readString(folder.resolve("output")))
          .isTrue();
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
