package io.promdisco.providers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.Promdisco;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.scrape.TargetsDocument;
import io.promdisco.testing.PrometheusJudge;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random target files in promdisco and in a real Prometheus: which are accepted, and their targets.
 * Then each file changes, so that a broken file must keep its targets.
 *
 * <p>{@code -Dpromdisco.cases=N} makes N files (default: 1500), each with two contents; {@code
 * -Dpromdisco.seed=S} makes other ones.
 */
class TargetFileDifferentialIT {
  private static final int CASES = Integer.getInteger("promdisco.cases", 1500);
  private static final long SEED = Long.getLong("promdisco.seed", 1);

  /** A Prometheus reads all files of a folder again after each change of one. */
  private static final int FILES_OF_A_FOLDER = 50;

  /** The file of a folder that is read last. */
  private static final String LAST = "last.JSON";

  private static final int AT_ONCE = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(90);

  /** Every target becomes active, whatever its labels are, and is no duplicate. */
  private static final String JOB =
      """
      - job_name: %1$s
        proxy_url: 'http://127.0.0.1:9'
        file_sd_configs: [{files: ['%2$s/*.yml', '%2$s/*.json', '%2$s/*.yaml', '%2$s/*.JSON'], refresh_interval: 1s}]
        relabel_configs:
        - {source_labels: [__meta_filepath], target_label: file}
        - {source_labels: [__address__], target_label: address}
        - {target_label: __address__, replacement: '127.0.0.1:9'}
      """;

  private final List<String> differences = new ArrayList<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  @Test
  void everyFileHasTheTargetsThatItHasInPrometheus(@TempDir Path temporary) throws Exception {
    assumeTrue(PrometheusJudge.isAvailable(), "no -Dpromdisco.realclients=FOLDER");
    Path folder = temporary.toRealPath();
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(config, "scrape_configs: []\n");
    try (PrometheusJudge prometheus = PrometheusJudge.start(folder, config)) {
      for (int from = 0; from < CASES; from += AT_ONCE) {
        run(prometheus, folder, config, from, Math.min(CASES, from + AT_ONCE));
      }
    }
    System.out.println("target files against Prometheus, seed " + SEED + ": " + counts);
    if (!differences.isEmpty()) {
      Path report = Path.of("target", "target-file-differences.txt");
      Files.createDirectories(report.toAbsolutePath().getParent());
      Files.write(report, differences);
    }
    assertThat(differences.stream().limit(10)).as(differences.size() + " differences").isEmpty();
    assertThat(counts).containsKeys("contents with targets", "contents without targets");
  }

  private void run(PrometheusJudge prometheus, Path folder, Path config, int from, int to)
      throws Exception {
    StringBuilder yaml = new StringBuilder("global: {scrape_interval: 1h}\nscrape_configs:\n");
    Map<Path, Random> files = new LinkedHashMap<>();
    Set<Path> folders = new TreeSet<>();
    for (int i = from; i < to; i++) {
      String job = "job-" + i / FILES_OF_A_FOLDER;
      Path of = folder.resolve(job);
      if (folders.add(of)) {
        yaml.append(JOB.formatted(job, of));
      }
      Random random = new Random(SEED * 1_000_003 + i);
      List<String> endings = List.of(".yml", ".yml", ".json", ".json", ".yaml", ".JSON");
      String ending = endings.get(random.nextInt(endings.size()));
      files.put(of.resolve("f" + i + ending), random);
    }
    Files.writeString(config, yaml);
    Map<Path, List<byte[]>> contents = new HashMap<>();
    write(files, folders, contents, "first");
    assertThat(prometheus.reload()).isEmpty();
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.apply(new ConfigLoader().leavingTargetFiles().load(config));
      compare(prometheus, promdisco, contents, folders, "first");
      write(files, folders, contents, "second");
      compare(prometheus, promdisco, contents, folders, "second");
    }
  }

  /** Writes a content of each file; the files of a folder change together. */
  private static void write(
      Map<Path, Random> files, Set<Path> folders, Map<Path, List<byte[]>> contents, String step)
      throws IOException {
    for (Path folder : folders) {
      Path now = Files.createDirectory(version(folder, step));
      Files.writeString(now.resolve(LAST), "[{\"targets\": [\"" + step + "\"]}]");
    }
    for (Map.Entry<Path, Random> file : files.entrySet()) {
      boolean json = file.getKey().toString().toLowerCase(Locale.ROOT).endsWith(".json");
      byte[] content = new TargetFileGenerator(file.getValue()).next(json);
      contents.computeIfAbsent(file.getKey(), any -> new ArrayList<>()).add(content);
      Path folder = file.getKey().resolveSibling("").toAbsolutePath();
      Files.write(
          version(folder, step).resolve(String.valueOf(file.getKey().getFileName())), content);
    }
    for (Path folder : folders) {
      Path link = Files.createSymbolicLink(version(folder, "link"), version(folder, step));
      Files.move(link, folder, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static Path version(Path folder, String step) {
    return folder.resolveSibling(folder.getFileName() + "." + step);
  }

  private void compare(
      PrometheusJudge prometheus,
      Promdisco promdisco,
      Map<Path, List<byte[]>> contents,
      Set<Path> folders,
      String step)
      throws Exception {
    Map<String, List<String>> theirs = awaitAll(prometheus::targets, folders, step);
    Map<String, List<String>> ours = awaitAll(() -> targets(promdisco), folders, step);
    for (Map.Entry<Path, List<byte[]>> file : contents.entrySet()) {
      List<String> expected = theirs.getOrDefault(file.getKey().toString(), List.of());
      List<String> actual = ours.getOrDefault(file.getKey().toString(), List.of());
      counts.merge(
          expected.isEmpty() ? "contents without targets" : "contents with targets",
          1,
          Integer::sum);
      counts.merge("targets", expected.size(), Integer::sum);
      if (!expected.equals(actual)) {
        differences.add(difference(file.getKey(), file.getValue(), expected, actual));
      }
    }
  }

  private static String difference(
      Path file, List<byte[]> contents, List<String> expected, List<String> actual) {
    StringBuilder out = new StringBuilder(file.toString());
    for (byte[] content : contents) {
      out.append("\n  content: ").append(shown(content));
    }
    out.append("\n  in Prometheus: ").append(String.join("\n    ", expected));
    return out.append("\n  here: ").append(String.join("\n    ", actual)).toString();
  }

  /** The bytes as a string literal. */
  private static String shown(byte[] content) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : new String(content, StandardCharsets.ISO_8859_1).toCharArray()) {
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\\', '"' -> out.append('\\').append(c);
        default -> out.append(c >= ' ' && c < 0x7f ? "" + c : "\\x%02x".formatted((int) c));
      }
    }
    return out.append('"').toString();
  }

  /** A source of targets. */
  private interface Source {
    JsonNode get() throws IOException, InterruptedException;
  }

  private static JsonNode targets(Promdisco promdisco) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TargetsDocument.write(promdisco.pools(), TargetsDocument.State.ANY, null, List::of, out);
    return JSON.readTree(out.toByteArray()).get("data");
  }

  /** Returns the targets by file, after the last file of each folder was read. */
  private static Map<String, List<String>> awaitAll(Source source, Set<Path> folders, String step)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      Map<String, List<String>> byFile = byFile(source.get());
      boolean all =
          folders.stream()
              .map(folder -> byFile.getOrDefault(folder.resolve(LAST).toString(), List.of()))
              .allMatch(last -> last.size() == 1 && last.get(0).contains("\"" + step + "\""));
      if (all) {
        return byFile;
      }
      assertThat(System.nanoTime() - end).as("step %s does not end", step).isNegative();
      LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
    }
  }

  private static Map<String, List<String>> byFile(JsonNode data) {
    Map<String, List<String>> byFile = new HashMap<>();
    for (String state : List.of("activeTargets", "droppedTargets")) {
      for (JsonNode target : data.get(state)) {
        JsonNode discovered = target.get("discoveredLabels");
        byFile
            .computeIfAbsent(discovered.path("__meta_filepath").asText(), any -> new ArrayList<>())
            .add(
                state
                    + " discovered="
                    + sorted(discovered)
                    + " labels="
                    + sorted(target.path("labels"))
                    + " "
                    + target.path("scrapeUrl").asText());
      }
    }
    byFile.values().forEach(list -> list.sort(null));
    return byFile;
  }

  private static String sorted(JsonNode labels) {
    Map<String, String> sorted = new TreeMap<>();
    labels.properties().forEach(label -> sorted.put(label.getKey(), label.getValue().toString()));
    return sorted.toString();
  }
}
