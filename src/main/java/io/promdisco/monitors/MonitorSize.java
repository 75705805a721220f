package io.promdisco.monitors;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.relabel.RelabelRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Estimates how many settings the jobs of resources have, and limits them: a resource of some
 * kilobytes, whose selector is repeated for each of its endpoints, could fill the memory otherwise.
 * A setting takes about two kilobytes, with the rule that is made of it.
 */
final class MonitorSize {
  /** The most settings that are repeated for the endpoints of one resource. */
  static final long MOST_REPEATED = 20_000;

  /** Settings that every job has. */
  private static final int OF_JOB = 25;

  /** So many characters of a text count as another setting. */
  private static final int CHARACTERS = 64;

  /** So many instructions of a regex count as another setting. */
  private static final int INSTRUCTIONS = 20;

  /** So many texts of a list count as a setting. */
  private static final int ITEMS = 4;

  /** So many texts of a resource that may be large regexes are parsed. */
  private static final int MOST_PARSED = 200;

  /** So many instructions each further one counts. */
  private static final long INSTRUCTIONS_IF_NOT_PARSED = 5_000;

  /** Only with one of these does a short regex have many instructions. */
  private static final Pattern MAY_BE_LARGE = Pattern.compile("\\{[0-9]|\\\\[pP]");

  private static final long BYTES = 2 << 10;

  /** Instructions of the texts that were parsed. */
  private final Map<String, Long> instructions = new HashMap<>();

  private MonitorSize() {}

  /** The most settings of all resources together. */
  static long most() {
    return Runtime.getRuntime().maxMemory() / BYTES;
  }

  /**
   * Refuses a resource whose endpoints repeat too much.
   *
   * @throws InvalidMonitorException if it does
   */
  static void check(MonitorObject object) throws InvalidMonitorException {
    for (String name : List.of("endpoints", "podMetricsEndpoints")) {
      JsonNode endpoints = object.spec().path(name);
      long repeated = (endpoints.size() - 1) * new MonitorSize().shared(object.spec());
      if (endpoints.isArray() && repeated > MOST_REPEATED) {
        throw new InvalidMonitorException(
            name
                + ": "
                + endpoints.size()
                + " times the selector and other settings of the resource (expected: fewer"
                + " endpoints or a smaller selector, so that at most "
                + MOST_REPEATED
                + " settings are repeated)");
      }
    }
  }

  /** Returns by id why resources are left out: the largest first, so that the others have room. */
  static Map<String, String> refused(List<MonitorObject> objects, long most) {
    Map<String, Long> sizes = new HashMap<>();
    objects.forEach(object -> sizes.put(object.id(), new MonitorSize().of(object)));
    long total = sizes.values().stream().mapToLong(Long::longValue).sum();
    Map<String, String> refused = new HashMap<>();
    if (total <= most) {
      return refused;
    }
    List<Map.Entry<String, Long>> largestFirst = new ArrayList<>(sizes.entrySet());
    largestFirst.sort(
        Map.Entry.<String, Long>comparingByValue()
            .reversed()
            .thenComparing(Map.Entry.comparingByKey()));
    for (Map.Entry<String, Long> largest : largestFirst) {
      if (total <= most) {
        break;
      }
      total -= largest.getValue();
      refused.put(
          largest.getKey(),
          "too large: all resources together would have more than "
              + most
              + " settings, this one has about "
              + largest.getValue()
              + " (expected: fewer endpoints, rules or regexes, or a larger heap)");
    }
    return refused;
  }

  private long of(MonitorObject object) {
    JsonNode spec = object.spec();
    int jobs = Math.max(1, spec.path("endpoints").size() + spec.path("podMetricsEndpoints").size());
    return settings(spec) + (jobs - 1) * shared(spec) + (long) OF_JOB * jobs;
  }

  private long shared(JsonNode spec) {
    return settings(spec)
        - settings(spec.path("endpoints"))
        - settings(spec.path("podMetricsEndpoints"));
  }

  private long settings(JsonNode node) {
    long settings = 1;
    long items = 0;
    for (JsonNode each : node) {
      if (node.isArray() && each.isTextual()) {
        items++;
        settings += more(each);
      } else {
        settings += settings(each);
      }
    }
    return settings + items / ITEMS + more(node);
  }

  /** What a text counts that is long, or is a large regex. */
  private long more(JsonNode node) {
    String text = node.isTextual() ? node.textValue() : "";
    return text.length() / CHARACTERS + instructions(text) / INSTRUCTIONS;
  }

  private long instructions(String text) {
    if (!MAY_BE_LARGE.matcher(text).find()) {
      return 0;
    }
    return instructions.size() < MOST_PARSED || instructions.containsKey(text)
        ? instructions.computeIfAbsent(text, RelabelRule::regexSize)
        : INSTRUCTIONS_IF_NOT_PARSED;
  }
}
