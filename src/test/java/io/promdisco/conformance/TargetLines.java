package io.promdisco.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.Promdisco;
import io.promdisco.model.Labels;
import io.promdisco.scrape.PoolView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The targets of jobs in an order that can be compared. */
final class TargetLines {
  private static final String ADDRESS = "__address__";
  private static final Pattern EITHER =
      Pattern.compile(Pattern.quote(RandomObjects.EITHER) + "\\d");
  private static final Pattern KIND = Pattern.compile("__meta_kubernetes_([a-z]+)(_.*)?");

  /**
   * A target.
   *
   * @param rest its labels and its URL; {@code dropped} if it is dropped
   */
  record Line(Map<String, String> discovered, String rest) {
    static final Comparator<Line> ORDER = Comparator.comparing(Line::toString);

    @Override
    public String toString() {
      return discovered + " " + rest;
    }
  }

  private TargetLines() {}

  /** Returns the targets of a job; empty if it has none. */
  static List<Line> of(Map<String, List<Line>> jobs, String job) {
    return jobs.getOrDefault(job, List.of());
  }

  /** Returns the targets that Prometheus shows, by job. */
  static Map<String, List<Line>> of(JsonNode targets) {
    Map<String, List<Line>> jobs = new HashMap<>();
    for (JsonNode target : targets.get("activeTargets")) {
      add(
          jobs,
          target,
          "active " + map(target.get("labels")) + " " + target.get("scrapeUrl").asText());
    }
    for (JsonNode target : targets.get("droppedTargets")) {
      add(jobs, target, "dropped");
    }
    jobs.replaceAll((job, lines) -> ordered(lines));
    return jobs;
  }

  private static void add(Map<String, List<Line>> jobs, JsonNode target, String rest) {
    String job = target.get("scrapePool").asText();
    jobs.computeIfAbsent(job, any -> new ArrayList<>())
        .add(new Line(map(target.get("discoveredLabels")), rest));
  }

  /** Returns the targets of promdisco, by job. */
  static Map<String, List<Line>> of(Promdisco promdisco) {
    Map<String, List<Line>> jobs = new HashMap<>();
    for (PoolView pool : promdisco.pools()) {
      List<Line> lines = new ArrayList<>();
      pool.activeTargets()
          .forEach(
              target ->
                  lines.add(
                      new Line(
                          map(target.discoveredLabels()),
                          "active " + map(target.labels()) + " " + target.scrapeUrl())));
      pool.droppedTargets(0)
          .forEach(target -> lines.add(new Line(map(target.discoveredLabels()), "dropped")));
      jobs.put(pool.job(), ordered(lines));
    }
    return jobs;
  }

  private static Map<String, String> map(Labels labels) {
    return new TreeMap<>(labels.toMap());
  }

  private static Map<String, String> map(JsonNode labels) {
    TreeMap<String, String> map = new TreeMap<>();
    labels.properties().forEach(label -> map.put(label.getKey(), label.getValue().asText()));
    return map;
  }

  private static List<Line> ordered(List<Line> lines) {
    lines.sort(Line.ORDER);
    return lines;
  }

  /**
   * Removes what depends on the order of a map in Prometheus: which of several labels whose names
   * become one it shows, and so which targets are equal.
   */
  static List<Line> settled(List<Line> lines) {
    if (lines.stream().noneMatch(line -> EITHER.matcher(line.toString()).find())) {
      return lines;
    }
    return lines.stream().map(TargetLines::settled).distinct().sorted(Line.ORDER).toList();
  }

  private static Line settled(Line line) {
    TreeMap<String, String> discovered = new TreeMap<>(line.discovered);
    discovered.replaceAll((name, value) -> settled(value));
    return new Line(discovered, settled(line.rest));
  }

  private static String settled(String text) {
    return EITHER.matcher(text).replaceAll(RandomObjects.EITHER);
  }

  /** Returns what only the first list has. */
  static List<Line> without(List<Line> lines, List<Line> others) {
    Map<Line, Integer> left = new HashMap<>();
    others.forEach(line -> left.merge(line, 1, Integer::sum));
    List<Line> out = new ArrayList<>();
    for (Line line : lines) {
      if (left.merge(line, -1, Integer::sum) < 0) {
        out.add(line);
      }
    }
    return out;
  }

  /**
   * Returns the kinds of objects in whose labels two lists of targets differ; {@code targets} if
   * the targets themselves differ.
   */
  static Set<String> kinds(List<Line> one, List<Line> other) {
    TreeSet<String> kinds = new TreeSet<>();
    List<Line> left = new ArrayList<>(without(other, one));
    for (Line line : without(one, other)) {
      Line nearest = null;
      Set<String> least = new TreeSet<>();
      for (Line candidate : left) {
        Set<String> names = differing(line, candidate);
        boolean same =
            Objects.equals(line.discovered.get(ADDRESS), candidate.discovered.get(ADDRESS));
        if (same && (nearest == null || names.size() < least.size())) {
          nearest = candidate;
          least = names;
        }
      }
      if (nearest == null) {
        kinds.add("targets");
      } else {
        left.remove(nearest);
        least.forEach(name -> kinds.add(KIND.matcher(name).replaceAll("$1")));
      }
    }
    if (!left.isEmpty()) {
      kinds.add("targets");
    }
    return kinds;
  }

  private static Set<String> differing(Line one, Line other) {
    TreeSet<String> names = new TreeSet<>(one.discovered.keySet());
    names.addAll(other.discovered.keySet());
    names.removeIf(name -> Objects.equals(one.discovered.get(name), other.discovered.get(name)));
    return names;
  }
}
