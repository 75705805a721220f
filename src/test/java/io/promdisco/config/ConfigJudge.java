package io.promdisco.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.config.ConfigLoader.LoadResult;
import io.promdisco.scrape.WrittenTargets;
import io.promdisco.testing.ConfigOf;
import io.promdisco.testing.Promtool;
import java.io.IOException;
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

  /** What a mutated file is called: no pattern of a configuration should match it. */
  private static final String NAME = "mutant-%04d.config";

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
   * @param about what it is, for the message
   */
  record Case(Path folder, String about, byte[] content) {}

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

  /** Asks the real programs about all files at once, and promdisco about each. */
  Result judge(List<Case> cases) throws IOException, InterruptedException {
    Map<Path, Case> files = new LinkedHashMap<>();
    for (Case given : cases) {
      Path file = copy(given.folder).resolve(String.format(NAME, files.size()));
      Files.write(file, given.content);
      files.put(file, given);
    }
    List<Path> names = List.copyOf(files.keySet());
    Map<Path, Promtool.Verdict> verdicts = promtool.check(names);
    Map<Path, JsonNode> shown = configOf.read(names);
    List<Difference> differences = new ArrayList<>();
    int accepted = 0;
    for (Path file : names) {
      Promtool.Verdict verdict = verdicts.get(file);
      JsonNode effective = shown.get(file);
      if (verdict == null || effective == null) {
        throw new IOException("no answer about " + file);
      }
      accepted += verdict.valid() ? 1 : 0;
      String difference = difference(file, verdict, effective);
      if (!difference.isEmpty()) {
        differences.add(new Difference(files.get(file), difference));
      }
      Files.delete(file);
    }
    return new Result(accepted, differences);
  }

  /** The folder with everything in it, where files can be written beside the others. */
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

  private static String difference(Path file, Promtool.Verdict verdict, JsonNode theirs) {
    LoadResult loaded = new ConfigLoader().read(file);
    List<Problem> problems = WrittenTargets.check(file.toString(), loaded);
    boolean valid = problems.stream().noneMatch(p -> p.severity() == Problem.Severity.ERROR);
    if (verdict.crashed()) {
      return problems.isEmpty() ? "promtool crashes, promdisco says nothing" : "";
    }
    if (valid != verdict.valid()) {
      return "promtool "
          + (verdict.valid() ? "accepts" : "refuses")
          + " it ["
          + verdict.output()
          + "], promdisco does not: "
          + problems;
    }
    boolean loads = theirs.has("config") && !theirs.has("jobsError");
    if (loads != loaded.configuration().isPresent()) {
      return "Prometheus "
          + (loads ? "loads" : "does not load")
          + " it ["
          + theirs.path("error").asText()
          + theirs.path("jobsError").asText()
          + "], promdisco does not: "
          + problems;
    }
    StringBuilder out = new StringBuilder();
    if (loads) {
      Configuration ours = loaded.configuration().orElseThrow();
      compare("", theirs.get("config"), JSON.valueToTree(ours.effective()), out);
      List<Map<String, Object>> jobs = ours.jobs().stream().map(ScrapeConfig::effective).toList();
      compare("jobs", theirs.path("jobs"), JSON.valueToTree(jobs), out);
    }
    return out.toString();
  }

  private static void compare(String path, JsonNode theirs, JsonNode ours, StringBuilder out) {
    if (theirs.isMissingNode() && ours.isEmpty()) {
      return;
    }
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
   * A difference that is meant: Prometheus shows the password in a token URL, in the URL of {@code
   * http_sd_configs} and in what is no URL with a host; promdisco hides it.
   */
  private static boolean hides(String theirs, String ours) {
    int hidden = ours.indexOf(HIDDEN);
    return hidden >= 0
        && theirs.startsWith(ours.substring(0, hidden))
        && theirs.substring(hidden).endsWith(ours.substring(hidden + HIDDEN.length()));
  }

  /** How Go prints what JSON has no number for. */
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
