package io.promdisco.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.Promdisco;
import io.promdisco.model.Labels;
import io.promdisco.scrape.PoolView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Targets by job in a form that can be compared and read: one line for each. */
final class ComparableTargets {
  private ComparableTargets() {}

  /** Changes and filters discovered labels before they are compared. */
  record View(UnaryOperator<Map<String, String>> change, Predicate<Map<String, String>> shown) {
    static final View ALL = new View(labels -> labels, labels -> true);
  }

  static Map<String, List<String>> recorded(JsonNode expected, View view) {
    Map<String, List<String>> out = new TreeMap<>();
    expected
        .properties()
        .forEach(
            job -> {
              List<String> lines = new ArrayList<>();
              for (JsonNode target : job.getValue().get("active")) {
                add(
                    lines,
                    map(target.get("discoveredLabels")),
                    "active " + map(target.get("labels")) + " " + target.get("scrapeUrl").asText(),
                    view);
              }
              for (JsonNode target : job.getValue().get("dropped")) {
                add(lines, map(target.get("discoveredLabels")), "dropped", view);
              }
              lines.sort(null);
              out.put(job.getKey(), lines);
            });
    return out;
  }

  static Map<String, List<String>> of(Promdisco promdisco, View view) {
    Map<String, List<String>> out = new TreeMap<>();
    for (PoolView pool : promdisco.pools()) {
      List<String> lines = new ArrayList<>();
      pool.activeTargets()
          .forEach(
              target ->
                  add(
                      lines,
                      map(target.discoveredLabels()),
                      "active " + map(target.labels()) + " " + target.scrapeUrl(),
                      view));
      pool.droppedTargets(0)
          .forEach(target -> add(lines, map(target.discoveredLabels()), "dropped", view));
      lines.sort(null);
      out.put(pool.job(), lines);
    }
    return out;
  }

  private static void add(
      List<String> lines, Map<String, String> discovered, String rest, View view) {
    Map<String, String> changed = view.change().apply(discovered);
    if (view.shown().test(changed)) {
      lines.add(changed + " " + rest);
    }
  }

  private static Map<String, String> map(Labels labels) {
    return new TreeMap<>(labels.toMap());
  }

  private static Map<String, String> map(JsonNode labels) {
    Map<String, String> map = new TreeMap<>();
    labels.properties().forEach(label -> map.put(label.getKey(), label.getValue().asText()));
    return map;
  }
}
