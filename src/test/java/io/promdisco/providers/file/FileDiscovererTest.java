package io.promdisco.providers.file;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.FileSdConfig;
import io.promdisco.config.section.Globs;
import io.promdisco.discovery.Discoverer;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.MemorySink;
import io.promdisco.util.Closer;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.SystemTicker;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class FileDiscovererTest {
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  @TempDir Path outside;
  @TempDir Path folder;

  private final Closer closer = new Closer();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final MemorySink sink = new MemorySink("f");
  private final PrometheusMetrics metrics = new PrometheusMetrics(registry);
  private final FileDiscovererFactory factory =
      closer.add(new FileDiscovererFactory(closer.add(new SystemTicker()), metrics));

  @AfterEach
  void close() {
    closer.close();
  }

  private Discoverer start(String... patterns) throws Exception {
    return start(factory, sink, patterns);
  }

  private Discoverer start(FileDiscovererFactory from, MemorySink to, String... patterns)
      throws Exception {
    List<String> files = Arrays.stream(patterns).map(p -> folder.resolve(p).toString()).toList();
    Discoverer discoverer = closer.add(from.create(new FileSdConfig(files, INTERVAL), "file/0"));
    discoverer.start(to);
    return discoverer;
  }

  /** Replaces a file. */
  private Path write(String name, String content) throws IOException {
    Path target = folder.resolve(name);
    Files.createDirectories(target.getParent());
    Path whole = Files.writeString(outside.resolve("whole"), content);
    return Files.move(whole, target, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String targets(String... addresses) {
    return "[{\"targets\": [\"" + String.join("\", \"", addresses) + "\"]}]";
  }

  private void eventuallyTargets(String... addresses) {
    eventually(() -> assertThat(sink.addresses()).containsExactly(addresses));
  }

  private @Nullable Double mtime(Path file) {
    return registry.getSampleValue(
        "prometheus_sd_file_mtime_seconds",
        new String[] {"filename"},
        new String[] {file.toString()});
  }

  private double count(String name) {
    Double value = registry.getSampleValue(name);
    return value == null ? 0 : value;
  }

  @Test
  void filesThatMatchAreReadHiddenOnesToo() throws Exception {
    Path hidden = write(".hidden.yml", "- targets: [h:1]\n  labels: {env: prod}\n");
    write("t.json", targets("a:1", "b:1"));
    write("no.txt", targets("c:1"));
    start("*.json", "*.yml");
    eventually(() -> assertThat(sink.isSynced()).isTrue());
    assertThat(sink.addresses()).containsExactly("h:1", "a:1", "b:1");
    assertThat(sink.group(hidden + ":0").labels().toMap())
        .containsEntry("__meta_filepath", hidden.toString())
        .containsEntry("env", "prod")
        .hasSize(2);
  }

  @Test
  void missingFilesAreSyncedAndComeLater() throws Exception {
    start("t.json");
    eventually(() -> assertThat(sink.isSynced()).isTrue());
    write("t.json", targets("a:1"));
    eventuallyTargets("a:1");
  }

  @Test
  void aFileThatAListingMissesKeepsItsTargetsAsLongAsItExists() throws Exception {
    ManualTicker clock = new ManualTicker();
    AtomicBoolean missed = new AtomicBoolean();
    AtomicInteger listings = new AtomicInteger();
    Path file = write("t.json", targets("a:1"));
    FileDiscovererFactory lossy =
        closer.add(
            new FileDiscovererFactory(
                clock,
                metrics,
                MemoryBudget.standard(),
                pattern -> {
                  listings.incrementAndGet();
                  return missed.get() ? List.of() : Globs.files(pattern);
                }));
    start(lossy, sink, "*.json");
    eventuallyTargets("a:1");

    missed.set(true);
    scanAgain(clock, listings);
    assertThat(sink.addresses()).containsExactly("a:1");
    write("t.json", targets("b:1")); // It is still read.
    eventually(
        () -> {
          scanAgain(clock, listings);
          assertThat(sink.addresses()).containsExactly("b:1");
        });

    Files.delete(file);
    eventually(
        () -> {
          scanAgain(clock, listings);
          assertThat(sink.addresses()).isEmpty();
        });
  }

  /** Advances the time to the next scan, and waits until that scan is over. */
  private static void scanAgain(ManualTicker clock, AtomicInteger listings) {
    eventually(() -> assertThat(clock.pending()).isNotEmpty());
    int before = listings.get();
    clock.advance(INTERVAL);
    eventually(() -> assertThat(listings).hasValueGreaterThan(before));
    eventually(() -> assertThat(clock.pending()).isNotEmpty());
  }

  @Test
  void changeIsSeenBeforeTheNextScan() throws Exception {
    write("t.json", targets("a:1"));
    start("t.json");
    eventuallyTargets("a:1");
    write("t.json", targets("b:1"));
    eventuallyTargets("b:1");
  }

  @Test
  void onlyChangedGroupsArePutAndVanishedOnesEmptied() throws Exception {
    Path file = write("t.json", "[{\"targets\":[\"a:1\"]},{\"targets\":[\"b:1\"]}]");
    write("u.json", targets("u:1"));
    start("*.json");
    eventuallyTargets("a:1", "b:1", "u:1");
    sink.takeUpdated();
    write("t.json", targets("a:1"));
    eventuallyTargets("a:1", "u:1");
    assertThat(sink.takeUpdated()).containsExactly(file + ":1");
  }

  @Test
  void brokenFileKeepsItsGroupsAndSaysWhereItIsBroken() throws Exception {
    Path file = write("t.json", targets("a:1"));
    write("u.json", targets("u:1"));
    start("*.json");
    eventuallyTargets("a:1", "u:1");
    write("t.json", "[{\"targets\": [\"a:1\"],\n \"target\": []}]");
    write("u.json", targets("u:2"));
    eventuallyTargets("a:1", "u:2");
    eventually(() -> assertThat(sink.failures()).containsOnlyKeys(file.toString()));
    assertThat(sink.failures().get(file.toString())).startsWith(file + ":2:").contains("target");
    assertThat(count("prometheus_sd_file_read_errors_total")).isPositive();
    write("t.json", targets("a:2"));
    eventuallyTargets("a:2", "u:2");
    assertThat(sink.failures()).isEmpty();
  }

  @Test
  void aFileThatWasBrokenFromTheStartIsUnreadUntilItIsReadOrGone() throws Exception {
    Path first = write("a.json", "[");
    Path second = write("b.json", "[");
    write("t.json", targets("t:1"));
    start("*.json");
    eventually(
        () ->
            assertThat(sink.unread())
                .containsExactlyInAnyOrder(first.toString(), second.toString()));
    write("a.json", targets("a:1"));
    eventually(() -> assertThat(sink.unread()).containsExactly(second.toString()));
    assertThat(sink.addresses()).containsExactly("a:1", "t:1");
    write("a.json", "[");
    eventually(() -> assertThat(sink.failures()).containsKey(first.toString()));
    assertThat(sink.unread()).containsExactly(second.toString());
    Files.delete(second);
    eventually(() -> assertThat(sink.unread()).isEmpty());
  }

  @Test
  void deletedFileDropsItsTargetsAndItsFailure() throws Exception {
    Path broken = write("b.json", "[");
    Path file = write("t.json", targets("a:1"));
    start("*.json");
    eventually(() -> assertThat(sink.failures()).containsOnlyKeys(broken.toString()));
    assertThat(mtime(file)).isNotNull();
    Files.delete(file);
    Files.delete(broken);
    eventuallyTargets();
    eventually(() -> assertThat(sink.failures()).isEmpty());
    assertThat(mtime(file)).isNull();
  }

  @Test
  void linksAreFollowedAsKubernetesSwapsThem() throws Exception {
    write("..1/t.json", targets("a:1"));
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(folder.resolve("t.json"), Path.of("..data/t.json"));
    start("t.json", "..data/*.json");
    eventuallyTargets("a:1", "a:1");
    write("..2/t.json", targets("b:1"));
    Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2"));
    Files.move(
        folder.resolve("..data_tmp"),
        folder.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    eventuallyTargets("b:1", "b:1");
  }

  @Test
  void linkIntoAnotherFolderIsWatchedThere() throws Exception {
    Path real = Files.writeString(outside.resolve("real.json"), targets("a:1"));
    Files.createSymbolicLink(folder.resolve("t.json"), real);
    start("t.json");
    eventuallyTargets("a:1");
    Files.move(
        Files.writeString(outside.resolve("new"), targets("b:1")),
        real,
        StandardCopyOption.REPLACE_EXISTING);
    eventuallyTargets("b:1");
  }

  @Test
  void folderThatComesLaterIsNoticedAndOneThatIsReplacedToo() throws Exception {
    start("deep/er/*.json");
    eventually(() -> assertThat(sink.isSynced()).isTrue());
    write("deep/er/t.json", targets("a:1"));
    eventuallyTargets("a:1");
    Files.move(folder.resolve("deep/er"), folder.resolve("deep/old"));
    eventuallyTargets();
    write("deep/er/t.json", targets("b:1"));
    eventuallyTargets("b:1");
  }

  @Test
  void fileWhoseChangeIsNotNoticedIsReadAgainAtTheInterval() throws Exception {
    ManualTicker clock = new ManualTicker();
    FileDiscovererFactory unwatched = closer.add(new FileDiscovererFactory(clock, metrics));
    Path other = Files.writeString(outside.resolve("other.json"), targets("a:1"));
    Files.createLink(folder.resolve("t.json"), other);
    start(unwatched, sink, "t.json");
    eventuallyTargets("a:1");
    clock.awaitAlarms(1);
    Files.writeString(other, targets("b:1")); // No event: the folder of this name is not watched.
    clock.advance(INTERVAL);
    eventuallyTargets("b:1");
  }

  @Test
  void timeOfTheFileIsShownUntilItsLastReaderGoes() throws Exception {
    Path file = write("t.json", targets("a:1"));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_900L));
    MemorySink second = new MemorySink("g");
    Discoverer one = start("t.json");
    Discoverer two = start(factory, second, "t.*json");
    eventuallyTargets("a:1");
    eventually(() -> assertThat(second.isSynced()).isTrue());
    assertThat(mtime(file)).isEqualTo(1_700_000_000.0);
    one.close();
    assertThat(mtime(file)).isEqualTo(1_700_000_000.0);
    two.close();
    assertThat(mtime(file)).isNull();
  }

  @Test
  void fileThatLostGroupsHasNoTimeUntilItIsReadAgain() throws Exception {
    Path file = write("t.json", "[{\"targets\":[\"a:1\"]},{\"targets\":[\"b:1\"]}]");
    start("t.json");
    eventuallyTargets("a:1", "b:1");
    write("t.json", targets("b:1"));
    eventuallyTargets("b:1");
    assertThat(mtime(file)).isNull();
    write("t.json", targets("c:1"));
    eventually(() -> assertThat(mtime(file)).isNotNull());
  }

  @Test
  void folderWithTheNameOfAFileIsAnErrorNotTheEnd() throws Exception {
    Path odd = Files.createDirectories(folder.resolve("odd.json"));
    write("t.json", targets("a:1"));
    start("*.json");
    eventuallyTargets("a:1");
    assertThat(sink.failures().get(odd.toString()))
        .contains("odd.json: a directory (expected: a regular file)");
  }

  @Test
  @Timeout(60)
  void aPipeOrADeviceInThePlaceOfAFileIsAnErrorThatKeepsItsTargets() throws Exception {
    Path pipe = write("pipe.json", targets("a:1"));
    Path zero = write("zero.json", targets("b:1"));
    Path made = write("made.json", targets("c:1"));
    write("good.json", targets("d:1"));
    start("*.json");
    eventually(
        () -> assertThat(sink.addresses()).containsExactlyInAnyOrder("a:1", "b:1", "c:1", "d:1"));
    Path other = folder.resolve("other");
    assertThat(new ProcessBuilder("mkfifo", other.toString()).start().waitFor()).isZero();
    Files.move(other, pipe, StandardCopyOption.ATOMIC_MOVE);
    Files.createSymbolicLink(other, Path.of("/dev/zero"));
    Files.move(other, zero, StandardCopyOption.ATOMIC_MOVE);
    Files.createSymbolicLink(other, Path.of("/proc/self/status"));
    Files.move(other, made, StandardCopyOption.ATOMIC_MOVE);
    write("good.json", targets("e:1"));
    eventually(
        () -> {
          assertThat(sink.addresses()).containsExactlyInAnyOrder("a:1", "b:1", "c:1", "e:1");
          assertThat(sink.failures())
              .containsEntry(pipe.toString(), pipe + ": a named pipe (expected: a regular file)")
              .containsEntry(zero.toString(), zero + ": a device (expected: a regular file)")
              .containsEntry(
                  made.toString(),
                  made + ": a file that the kernel generates (expected: a regular file)");
        });
  }

  @Test
  @Timeout(60)
  void manyBrokenFilesFillNoLog() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      for (int i = 0; i < 200; i++) {
        write("broken" + i + ".json", "{");
      }
      start("broken*.json");
      eventually(() -> assertThat(sink.failures()).hasSize(200));
      eventually(
          () ->
              assertThat(log.lines("more files cannot be read; their known targets stay"))
                  .hasSize(1));
      assertThat(log.lines("WARN", "broken")).hasSize(FileDiscoverer.MOST_LOGGED);
    }
  }

  @Test
  @Timeout(60)
  void aFileThatBreaksRepeatedlyDoesNotFillTheLog() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      write("turns.json", targets("a:0"));
      start("turns.json");
      for (int i = 1; i <= 8; i++) {
        eventuallyTargets("a:" + (i - 1));
        write("turns.json", "[" + i);
        eventually(() -> assertThat(sink.failures()).hasSize(1));
        write("turns.json", targets("a:" + i));
      }
      eventuallyTargets("a:8");
      assertThat(sink.failures()).isEmpty();
      assertThat(log.lines("turns.json")).hasSize(2);
      assertThat(log.lines("turns.json", "can be read again")).hasSize(1);
    }
  }

  @Test
  @Timeout(60)
  void tooManyFilesKeepTheTargets() throws Exception {
    write("t0.json", targets("a:1"));
    start("t*.json");
    eventuallyTargets("a:1");
    for (int i = 1; i <= FileDiscoverer.MOST_FILES; i++) {
      Files.createFile(folder.resolve("t" + i + ".json"));
    }
    eventually(
        () ->
            assertThat(sink.failures())
                .containsEntry("files", "10001 files match (expected: at most 10000)"));
    assertThat(sink.addresses()).containsExactly("a:1");
  }

  @Test
  void fileThatIsTooLargeIsNotRead() throws Exception {
    Path file = write("t.json", "[");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {']'}), TargetFileContent.MOST_BYTES);
    }
    start("*.json");
    eventually(
        () ->
            assertThat(sink.failures().get(file.toString()))
                .isEqualTo(file + ": the file is too large (expected: at most 33554432 bytes)"));
  }

  @Test
  void closedDiscovererPutsNothing() throws Exception {
    write("t.json", targets("a:1"));
    MemorySink other = new MemorySink("g");
    Discoverer first = start("t.json");
    start(factory, other, "*.json");
    eventuallyTargets("a:1");
    first.close();
    write("t.json", targets("b:1"));
    eventually(() -> assertThat(other.addresses()).containsExactly("b:1"));
    assertThat(sink.addresses()).containsExactly("a:1");
  }

  @Test
  void patternsThatCanMatchNothingDoNotKeepTheOthersFromWorking() throws Exception {
    write("t.json", targets("a:1"));
    List<String> files = List.of("/no\0where/x.json", "[/x.json", folder.resolve("t.json") + "");
    closer.add(factory.create(new FileSdConfig(files, INTERVAL), "file/0")).start(sink);
    eventuallyTargets("a:1");
    write("t.json", targets("b:1"));
    eventuallyTargets("b:1");
  }

  @Test
  void scansAreTimed() throws Exception {
    start("t.json");
    eventually(() -> assertThat(count("prometheus_sd_file_scan_duration_seconds_count")).isOne());
  }
}
