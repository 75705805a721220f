package io.promdisco.cli;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.testing.InterruptibleProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Starts the script {@code promdisco} in a checkout whose Java and whose build are scripts. */
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {
  private static final String JAVA =
      """
      #!/bin/sh
      case "$*" in *warm-up*) exit 1 ;; esac
      for last; do :; done
      echo "java ran: $last"
      """;

  /** Builds what must be built, and counts builds. */
  private static final String BUILD =
      """
      #!/bin/sh
      echo built >> builds
      mkdir -p target/lib
      echo whole | tee target/promdisco.jar > target/promdisco-program.jar
      """;

  /** Writes an incomplete jar and does not end. */
  private static final String ENDLESS_BUILD =
      """
      #!/bin/sh
      mkdir -p target/lib
      echo half | tee target/promdisco.jar > target/promdisco-program.jar
      sleep 600 &
      echo $! > sleeper
      wait
      """;

  @TempDir private Path folder = Path.of("");
  private Path checkout = Path.of("");
  private Path jdk = Path.of("");

  /** A running start. */
  private record Start(Process process, Path out, Path err) {}

  /** The result of a start. */
  private record Run(int code, String out, String err) {}

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = Files.createDirectories(folder.resolve("a check out"));
    Files.createDirectories(checkout.resolve("src/main"));
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    Files.copy(Path.of("promdisco"), checkout.resolve("promdisco"));
    script(checkout.resolve("mvnw"), BUILD);
    jdk = jdk("jdk 17", "17.0.1");
  }

  private Path jdk(String name, String version) throws IOException {
    Path made = folder.resolve(name);
    Files.createDirectories(made.resolve("bin"));
    script(made.resolve("bin/java"), JAVA);
    Files.writeString(made.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return made;
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Start start(Path from, Map<String, String> environment, String... command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(InterruptibleProcesses.command(List.of(command)))
            .directory(from.toFile());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().remove("JAVA_OPTS");
    builder.environment().putAll(environment);
    Path out = Files.createTempFile(folder, "start", ".out");
    Path err = Files.createTempFile(folder, "start", ".err");
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new Start(builder.start(), out, err);
  }

  private static Run end(Start start) throws IOException, InterruptedException {
    if (!start.process().waitFor(60, TimeUnit.SECONDS)) {
      start.process().destroyForcibly();
      throw new AssertionError("the script does not end");
    }
    return new Run(
        start.process().exitValue(), Files.readString(start.out()), Files.readString(start.err()));
  }

  private Run run(Path from, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    return end(start(from, environment, command));
  }

  private Run run(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = checkout.resolve("promdisco").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return run(folder, Map.of(), command);
  }

  private long builds() throws IOException {
    Path builds = checkout.resolve("builds");
    return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
  }

  @Test
  void firstStartBuildsAndTheNextDoesNot() throws Exception {
    assertThat(run("check"))
        .extracting(Run::code, Run::out)
        .containsExactly(0, "java ran: check\n");
    Run second = run("check");
    assertThat(second.code()).isZero();
    assertThat(second.err()).isEmpty();
    assertThat(builds()).isOne();
  }

  @Test
  void changedSourcesAreBuiltAgain() throws Exception {
    run("check");
    Path source = Files.writeString(checkout.resolve("src/main/A.java"), "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    run("check");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void runsFromEveryFolderThroughLinksAndWithCdpath() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path link = Files.createSymbolicLink(bin.resolve("pd"), Path.of("../a check out/promdisco"));
    Files.createSymbolicLink(folder.resolve("again"), link);
    Map<String, String> cdpath = Map.of("CDPATH", folder + ":/:.");
    for (List<String> start :
        List.of(
            List.of(folder.toString(), "a check out/promdisco"),
            List.of(checkout.toString(), "./promdisco"),
            List.of(bin.toString(), "./pd"),
            List.of("/", folder.resolve("again").toString()))) {
      Run run = run(Path.of(start.get(0)), cdpath, "bash", start.get(1), "x y");
      assertThat(run.code()).as("%s: %s", start, run.err()).isZero();
      assertThat(run.out()).isEqualTo("java ran: x y\n");
    }
    assertThat(builds()).isOne();
  }

  @Test
  void wrongJavaHomeIsNamed() throws Exception {
    Path none = folder.resolve("no jdk");
    Run run = run(folder, Map.of("JAVA_HOME", none.toString()), checkout + "/promdisco");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "promdisco: JAVA_HOME is "
                + none
                + ", where there is no program bin/java (expected: the folder of a Java of version"
                + " 17 or newer; correct JAVA_HOME, or unset it to use the java on the PATH)\n");
    Files.createDirectories(none.resolve("bin/java"));
    assertThat(run(folder, Map.of("JAVA_HOME", none.toString()), checkout + "/promdisco").err())
        .contains("no program bin/java");
  }

  @Test
  void oldJavaIsNamedWithItsVersion() throws Exception {
    for (String version : List.of("11.0.2", "1.8.0_392")) {
      Path old = jdk("old", version);
      Run run = run(folder, Map.of("JAVA_HOME", old.toString()), checkout + "/promdisco");
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err())
          .isEqualTo(
              "promdisco: JAVA_HOME is "
                  + old
                  + ", of version "
                  + version
                  + " (expected: 17 or newer; set JAVA_HOME)\n");
    }
  }

  @Test
  void newJavaIsUsed() throws Exception {
    Path current = jdk("new", "25.0.1");
    Run run = run(folder, Map.of("JAVA_HOME", current.toString()), checkout + "/promdisco", "x");
    assertThat(run.out()).isEqualTo("java ran: x\n");
  }

  @Test
  void aReadOnlyCheckoutThatIsNotBuiltIsReported() throws Exception {
    Files.writeString(checkout.resolve("target"), "a file where the folder would be");
    Run run = run("check");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("promdisco: not built, and " + checkout.toRealPath() + "/target cannot be")
        .contains("(expected: ");
  }

  @Test
  void failedBuildShowsItsOutputAndTheNextStartBuildsAgain() throws Exception {
    script(checkout.resolve("mvnw"), "#!/bin/sh\necho 'cannot find symbol'\nexit 1\n");
    Run run = run("check");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("failed\n", "cannot find symbol", "target/build.log");
    script(checkout.resolve("mvnw"), BUILD);
    assertThat(run("check").code()).isZero();
  }

  @Test
  void interruptedBuildEndsWith130AndLeavesNoPartialFiles() throws Exception {
    script(checkout.resolve("mvnw"), ENDLESS_BUILD);
    Start start = start(folder, Map.of(), "bash", checkout + "/promdisco", "check");
    eventually(() -> assertThat(checkout.resolve("sleeper")).exists().isNotEmptyFile());
    new ProcessBuilder("kill", "-INT", Long.toString(start.process().pid())).start().waitFor();
    Run run = end(start);
    assertThat(run.code()).isEqualTo(130);
    assertThat(checkout.resolve("target/promdisco-program.jar")).doesNotExist();
    long sleeper = Long.parseLong(Files.readString(checkout.resolve("sleeper")).strip());
    eventually(
        () ->
            assertThat(ProcessHandle.of(sleeper).map(ProcessHandle::isAlive).orElse(false))
                .isFalse());
    script(checkout.resolve("mvnw"), BUILD);
    assertThat(run("check").out()).isEqualTo("java ran: check\n");
    assertThat(builds()).isOne();
  }

  @Test
  @EnabledOnOs(OS.LINUX) // setsid(1)
  void interruptWhileAFasterStartIsPreparedEndsWith130() throws Exception {
    script(
        jdk.resolve("bin/java"),
        """
        #!/bin/sh
        case "$*" in *warm-up*) trap 'exit 130' INT; touch "$PREPARING"; sleep 600 & wait; exit ;; esac
        echo "java ran"
        """);
    Path preparing = folder.resolve("preparing");
    Start start =
        start(
            folder,
            Map.of("PREPARING", preparing.toString()),
            "setsid",
            "bash",
            checkout + "/promdisco",
            "check");
    eventually(() -> assertThat(preparing).exists());
    // Like a terminal: to all processes of the group.
    long group = start.process().pid();
    new ProcessBuilder("kill", "-INT", "--", "-" + group).start().waitFor();
    Run run = end(start);
    new ProcessBuilder("kill", "-KILL", "--", "-" + group).start().waitFor();
    assertThat(run.code()).isEqualTo(130);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void killedBuildIsBuiltAgain() throws Exception {
    script(checkout.resolve("mvnw"), ENDLESS_BUILD);
    Start start = start(folder, Map.of(), "bash", checkout + "/promdisco", "check");
    eventually(() -> assertThat(checkout.resolve("sleeper")).exists().isNotEmptyFile());
    start.process().destroyForcibly().waitFor();
    long sleeper = Long.parseLong(Files.readString(checkout.resolve("sleeper")).strip());
    ProcessHandle.of(sleeper).ifPresent(ProcessHandle::destroyForcibly);
    assertThat(checkout.resolve("target/promdisco-program.jar")).hasContent("half");
    script(checkout.resolve("mvnw"), BUILD);
    assertThat(run("check").out()).isEqualTo("java ran: check\n");
    assertThat(checkout.resolve("target/promdisco-program.jar")).hasContent("whole");
    assertThat(builds()).isOne();
  }

  @Test
  void twoFirstStartsAtTheSameTimeBuildOnce() throws Exception {
    script(
        checkout.resolve("mvnw"),
        """
        #!/bin/sh
        echo built >> builds
        until [ -f go ]; do sleep 0.05; done
        mkdir -p target/lib
        echo whole | tee target/promdisco.jar > target/promdisco-program.jar
        """);
    Start first = start(folder, Map.of(), "bash", checkout + "/promdisco", "one");
    eventually(() -> assertThat(builds()).isOne());
    Start second = start(folder, Map.of(), "bash", checkout + "/promdisco", "two");
    eventually(() -> assertThat(Files.readString(second.err())).contains("waiting for process"));
    Files.writeString(checkout.resolve("go"), "");
    assertThat(end(first).out()).isEqualTo("java ran: one\n");
    assertThat(end(second).out()).isEqualTo("java ran: two\n");
    assertThat(builds()).isOne();
  }

  @Test
  void exitCodeOfTheProgramIsThatOfTheScript() throws Exception {
    script(jdk.resolve("bin/java"), "#!/bin/sh\nexit 3\n");
    assertThat(run("targets").code()).isEqualTo(3);
  }
}
