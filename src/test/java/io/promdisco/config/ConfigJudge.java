package io.promdisco.config;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.load.ConfigLoader.LoadResult;
import io.promdisco.scrape.ConfiguredTargetChecks;
import io.promdisco.testing.ConfigOf;
import io.promdisco.testing.Promtool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Compares what promdisco and Prometheus make of configuration files: whether they accept a file,
 * and of an accepted one the effective configuration and the jobs.
 */
final class ConfigJudge {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String HIDDEN = "xxxxx";

  private final Path work;
  private final Promtool promtool;
  private final ConfigOf configOf;
  private final Map<Path, Path> copies = new HashMap<>();

  /**
   * @param clients the folder of the real programs
   * @param work an empty folder
   */
  ConfigJudge(Path clients, Path work) {
    this.work = work;
    this.promtool = new Promtool(clients, work);
    this.configOf = new ConfigOf(clients, work);
  }

  /**
   * A configuration file.
   *
   * @param folder what its paths are relative to
   * @param about its description, for messages
   * @param others further files in the folder, by name
   */
  @SuppressWarnings("ArrayRecordComponent") // Cases are never compared.
  record Case(Path folder, String about, byte[] content, Map<String, byte[]> others) {
    Case(Path folder, String about, byte[] content) {
      this(folder, about, content, Map.of());
    }
  }

  /**
   * Judges of a batch of files.
   *
   * @param accepted how many Prometheus accepts
   * @param differences one text for each file on which they differ
   */
  record Result(int accepted, List<Difference> differences) {}

  /**
   * A file on which promdisco and Prometheus differ.
   *
   * @param text what differs
   */
  record Difference(Case of, String text) {}

  /** Runs the real programs on all files at once, and promdisco on each. */
  Result judge(List<Case> cases) throws IOException, InterruptedException {
    Map<Path, Case> files = new LinkedHashMap<>();
    for (Case given : cases) {
      // A name that no pattern of a configuration matches.
      Path file = copy(given.folder).resolve(String.format("mutant-%04d.config", files.size()));
      Files.write(file, given.content);
      for (Map.Entry<String, byte[]> other : given.others.entrySet()) {
        Files.write(file.resolveSibling(other.getKey()), other.getValue());
      }
      files.put(file, given);
    }
    List<Path> names = List.copyOf(files.keySet());
    Map<Path, Promtool.Verdict> verdicts = promtool.check(names);
    Map<Path, Promtool.Verdict> syntax = promtool.check(names, List.of("--syntax-only"));
    Map<Path, JsonNode> shown = configOf.read(names);
    List<Difference> differences = new ArrayList<>();
    int accepted = 0;
    for (Path file : names) {
      Promtool.Verdict verdict = verdicts.get(file);
      JsonNode effective = shown.get(file);
      Promtool.Verdict alone = syntax.get(file);
      if (verdict == null || effective == null || alone == null) {
        throw new IOException("no answer about " + file);
      }
      accepted += verdict.valid() ? 1 : 0;
      String difference = difference(file, verdict, effective);
      if (difference.isEmpty() && !alone.crashed()) {
        difference = syntaxDifference(file, alone);
      }
      if (!difference.isEmpty()) {
        differences.add(new Difference(requireNonNull(files.get(file)), difference));
      }
    }
    for (Map.Entry<Path, Case> file : files.entrySet()) {
      Files.delete(file.getKey());
      for (String other : file.getValue().others.keySet()) {
        Files.delete(file.getKey().resolveSibling(other));
      }
    }
    return new Result(accepted, differences);
  }

  /** Returns a copy of the folder, in which files can be written beside the others. */
  private Path copy(Path folder) throws IOException {
    Path known = copies.get(folder);
    if (known != null) {
      return known;
    }
    Path copy = work.resolve("folder-" + copies.size());
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path to = copy.resolve(folder.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(to);
        } else {
          Files.copy(path, to);
        }
      }
    }
    copies.put(folder, copy);
    return copy;
  }

  /** Returns the differences without access to files that the configuration names. */
  private static String syntaxDifference(Path file, Promtool.Verdict verdict) {
    LoadResult loaded = new ConfigLoader().leavingFiles().read(file);
    List<Problem> problems = ConfiguredTargetChecks.check(file.toString(), loaded);
    boolean valid = problems.stream().noneMatch(p -> p.severity() == Problem.Severity.ERROR);
    return valid == verdict.valid()
        ? ""
        : "promtool --syntax-only "
            + (verdict.valid() ? "accepts" : "refuses")
            + " it ["
            + verdict.output()
            + "], promdisco does not: "
            + problems;
  }

  private static String difference(Path file, Promtool.Verdict verdict, JsonNode shown) {
    LoadResult loaded = new ConfigLoader().read(file);
    List<Problem> problems = ConfiguredTargetChecks.check(file.toString(), loaded);
    if (verdict.crashed()) {
      return problems.isEmpty() ? "promtool crashes, promdisco says nothing" : "";
    }
    return difference(answer(verdict, shown), loaded, problems, "");
  }

  /**
   * Returns the answer of the real programs for a file: {@code valid}, whether promtool accepts it,
   * and {@code loads}, whether Prometheus starts with it; if it does, its {@code config} and {@code
   * jobs}, otherwise the {@code message}.
   */
  static ObjectNode answer(Promtool.Verdict verdict, JsonNode shown) {
    ObjectNode answer = JSON.createObjectNode().put("valid", verdict.valid());
    boolean loads = shown.has("config") && !shown.has("jobsError");
    answer.put("loads", loads);
    if (!verdict.valid()) {
      answer.put("message", verdict.output());
    }
    if (loads) {
      answer.set("config", shown.get("config"));
      answer.set("jobs", shown.has("jobs") ? shown.get("jobs") : JSON.createArrayNode());
    }
    return answer;
  }

  /**
   * Returns how promdisco and the real programs differ; empty if they agree.
   *
   * @param folder the folder to remove from promdisco's paths, as it was removed from the answer
   */
  static String difference(
      JsonNode answer, LoadResult loaded, List<Problem> problems, String folder) {
    boolean valid = problems.stream().noneMatch(p -> p.severity() == Problem.Severity.ERROR);
    boolean theirs = answer.get("valid").asBoolean();
    if (valid != theirs) {
      return "promtool "
          + (theirs ? "accepts" : "refuses")
          + " it ["
          + answer.path("message").asText()
          + "], promdisco does not: "
          + problems;
    }
    boolean loads = answer.get("loads").asBoolean();
    if (loads != loaded.configuration().isPresent()) {
      return "Prometheus "
          + (loads ? "loads" : "does not load")
          + " it ["
          + answer.path("message").asText()
          + "], promdisco does not: "
          + problems;
    }
    StringBuilder out = new StringBuilder();
    if (loads) {
      Configuration ours = loaded.configuration().orElseThrow();
      List<Map<String, Object>> jobs = ours.jobs().stream().map(ScrapeConfig::effective).toList();
      compare("", answer.get("config"), json(ours.effective(), folder), out);
      compare("jobs", answer.get("jobs"), json(jobs, folder), out);
    }
    return out.toString();
  }

  private static JsonNode json(Object shown, String folder) {
    try {
      JsonNode json = JSON.valueToTree(shown);
      return folder.isEmpty() ? json : JSON.readTree(json.toString().replace(folder, ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void compare(String path, JsonNode theirs, JsonNode ours, StringBuilder out) {
    if (theirs.isObject() && ours.isObject()) {
      Set<String> keys = new TreeSet<>();
      for (JsonNode each : List.of(theirs, ours)) {
        for (Iterator<String> names = each.fieldNames(); names.hasNext(); ) {
          keys.add(names.next());
        }
      }
      for (String key : keys) {
        if (!theirs.has(key) || !ours.has(key)) {
          note(path + "." + key, theirs.get(key), ours.get(key), out);
        } else {
          compare(path + "." + key, theirs.get(key), ours.get(key), out);
        }
      }
    } else if (theirs.isArray() && ours.isArray() && theirs.size() == ours.size()) {
      for (int i = 0; i < theirs.size(); i++) {
        compare(path + "[" + i + "]", theirs.get(i), ours.get(i), out);
      }
    } else if (!same(theirs, ours)) {
      note(path, theirs, ours, out);
    }
  }

  private static boolean same(JsonNode theirs, JsonNode ours) {
    if (theirs.isNumber() && ours.isNumber() && Double.isFinite(ours.doubleValue())) {
      return theirs.decimalValue().compareTo(ours.decimalValue()) == 0
          || (ours.isDouble() && theirs.doubleValue() == ours.doubleValue());
    }
    return theirs.equals(ours)
        || (ours.isDouble() && goText(ours).equals(theirs.asText()))
        || hides(theirs.asText(), ours.asText());
  }

  /**
   * An intended difference: Prometheus shows the password in a token URL, in the URL of {@code
   * http_sd_configs} and in text that is not a URL with a host; promdisco hides it.
   */
  private static boolean hides(String theirs, String ours) {
    int hidden = ours.indexOf(HIDDEN);
    return hidden >= 0
        && theirs.startsWith(ours.substring(0, hidden))
        && theirs.substring(hidden).endsWith(ours.substring(hidden + HIDDEN.length()));
  }

  /** Returns how Go prints numbers that JSON cannot represent. */
  private static String goText(JsonNode number) {
    double value = number.doubleValue();
    return Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  }

  private static void note(String path, Object theirs, Object ours, StringBuilder out) {
    out.append(path)
        .append(" is ")
        .append(ours)
        .append(" (expected: ")
        .append(theirs)
        .append("); ");
  }
}
