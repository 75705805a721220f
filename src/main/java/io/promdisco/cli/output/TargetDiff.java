package io.promdisco.cli.output;

import io.promdisco.model.Labels;
import io.promdisco.scrape.Target;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The difference between the old and the new targets of a job.
 *
 * @param job the job
 * @param added targets that only the new side has
 * @param removed targets that only the old side has
 * @param changed targets that both sides have, with differences
 * @param unchanged the number of targets that are the same on both sides
 */
public record TargetDiff(
    String job, List<Scraped> added, List<Scraped> removed, List<Change> changed, int unchanged) {

  /**
   * A target.
   *
   * @param url the scrape URL
   * @param labels the final labels
   * @param interval for example {@code 30s}
   * @param timeout for example {@code 10s}
   * @param discovered returns the labels before relabelling
   */
  public record Scraped(
      String job,
      String url,
      Labels labels,
      String interval,
      String timeout,
      Supplier<Labels> discovered) {
    private static final Comparator<Scraped> ORDER =
        Comparator.comparing(Scraped::url).thenComparing(Scraped::labels);

    public static Scraped of(Target target) {
      return new Scraped(
          target.job(),
          target.scrapeUrl(),
          target.labels(),
          target.scrapeInterval(),
          target.scrapeTimeout(),
          target::discoveredLabels);
    }

    /** Returns a target of a server. */
    public static Scraped of(TargetRow row) {
      return new Scraped(
          row.job(), row.url(), row.labels(), row.interval(), row.timeout(), row::discovered);
    }

    /** Returns a value that is equal for identical targets. */
    private Object all() {
      return List.of(url, labels, interval, timeout);
    }

    /**
     * Returns a value that is equal for targets with the same discovered labels, whatever the rules
     * of the job made of them.
     */
    private Object origin() {
      Map<String, String> origin = new TreeMap<>();
      discovered
          .get()
          .forEach(
              (name, value) -> {
                if (name.startsWith("__meta_") || name.equals("__address__")) {
                  origin.put(name, value);
                }
              });
      return origin;
    }

    /** Returns all fields that can differ. */
    private Map<String, String> fields() {
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("url", url);
      fields.put("interval", interval);
      fields.put("timeout", timeout);
      return fields;
    }
  }

  /** A target on both sides. */
  record Change(Scraped before, Scraped after) {
    /** Returns the fields that differ, with both values; null if the label does not exist. */
    Map<String, Values> differences() {
      Map<String, Values> differences = new LinkedHashMap<>();
      add(differences, "", before.fields(), after.fields());
      add(differences, "labels.", before.labels().toMap(), after.labels().toMap());
      return differences;
    }

    private static void add(
        Map<String, Values> to, String prefix, Map<String, String> old, Map<String, String> now) {
      TreeSet<String> names = new TreeSet<>(old.keySet());
      names.addAll(now.keySet());
      for (String name : names) {
        Values values = new Values(old.get(name), now.get(name));
        if (values.differ()) {
          to.put(prefix + name, values);
        }
      }
    }
  }

  /** A value on both sides. */
  record Values(@Nullable String before, @Nullable String after) {
    boolean differ() {
      return before == null ? after != null : !before.equals(after);
    }
  }

  /** Whether no target is added, removed or changed. */
  public boolean isEmpty() {
    return added.isEmpty() && removed.isEmpty() && changed.isEmpty();
  }

  /** Compares job by job, first the jobs of the old side, each in order. */
  public static List<TargetDiff> of(List<Scraped> old, List<Scraped> now) {
    Map<String, List<Scraped>> before = new LinkedHashMap<>();
    Map<String, List<Scraped>> after = new HashMap<>();
    old.forEach(target -> before.computeIfAbsent(target.job(), any -> list()).add(target));
    for (Scraped target : now) {
      before.computeIfAbsent(target.job(), any -> list());
      after.computeIfAbsent(target.job(), any -> list()).add(target);
    }
    List<TargetDiff> diffs = new ArrayList<>();
    before.forEach(
        (job, targets) -> diffs.add(of(job, targets, after.getOrDefault(job, List.of()))));
    return diffs;
  }

  private static List<Scraped> list() {
    return new ArrayList<>();
  }

  /**
   * Pairs identical targets first, then those with the same identity, then by URL, then by origin.
   */
  private static TargetDiff of(String job, List<Scraped> old, List<Scraped> now) {
    List<Scraped> removed = new ArrayList<>(old);
    List<Scraped> added = new ArrayList<>(now);
    int unchanged = pair(removed, added, Scraped::all).size();
    List<Change> changed = new ArrayList<>();
    changed.addAll(pair(removed, added, one -> List.of(one.url(), one.origin())));
    changed.addAll(pair(removed, added, Scraped::url));
    changed.addAll(pair(removed, added, Scraped::origin));
    changed.sort(Comparator.comparing(Change::before, Scraped.ORDER));
    removed.sort(Scraped.ORDER);
    added.sort(Scraped.ORDER);
    return new TargetDiff(job, added, removed, changed, unchanged);
  }

  /** Removes pairs with equal keys from both lists. */
  private static List<Change> pair(
      List<Scraped> removed, List<Scraped> added, Function<Scraped, Object> key) {
    if (removed.isEmpty() || added.isEmpty()) {
      return List.of();
    }
    Map<Object, Queue<Scraped>> byKey = new HashMap<>();
    removed.forEach(
        target -> byKey.computeIfAbsent(key.apply(target), any -> new ArrayDeque<>()).add(target));
    List<Change> pairs = new ArrayList<>();
    List<Scraped> left = new ArrayList<>();
    for (Scraped target : added) {
      Queue<Scraped> old = byKey.get(key.apply(target));
      Scraped first = old == null ? null : old.poll();
      if (first == null) {
        left.add(target);
      } else {
        pairs.add(new Change(first, target));
      }
    }
    added.clear();
    added.addAll(left);
    removed.clear();
    byKey.values().forEach(removed::addAll);
    return pairs;
  }
}
