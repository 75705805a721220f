package io.promdisco.cli.output;

import io.promdisco.cli.output.TargetDiff.Change;
import io.promdisco.cli.output.TargetDiff.Scraped;
import io.promdisco.cli.output.TargetDiff.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints the difference between two sets of targets, as text or as a document. */
public final class DiffPrinter {
  private final Console console;
  private final int limit;
  private int printed;

  /** The text form prints at most {@code limit} lines for each job. */
  public DiffPrinter(Console console, int limit) {
    this.console = console;
    this.limit = limit;
  }

  public void text(List<TargetDiff> diffs) {
    for (TargetDiff diff : diffs) {
      if (!diff.isEmpty()) {
        console.line(Console.bold("job " + diff.job()), ": ", counts(diff));
        printed = 0;
        diff.removed().forEach(target -> line(Console.red("-"), whole(target)));
        diff.added().forEach(target -> line(Console.green("+"), whole(target)));
        diff.changed().forEach(change -> line(Console.yellow("~"), changed(change)));
        if (printed > limit) {
          console.line(Console.dim("  and " + (printed - limit) + " more (--limit shows more)"));
        }
        console.line();
      }
    }
    console.line(counts(total(diffs)));
    console.out().flush();
  }

  private void line(Console.Painted mark, String text) {
    printed++;
    if (printed <= limit) {
      console.line("  ", mark, " ", text);
    }
  }

  private static String whole(Scraped target) {
    return target.url() + "  " + target.labels();
  }

  private static String changed(Change change) {
    String differences =
        change.differences().entrySet().stream()
            .filter(difference -> !difference.getKey().equals("url"))
            .map(difference -> difference(difference.getKey(), difference.getValue()))
            .collect(Collectors.joining(", "));
    String url = change.before().url();
    String now = change.after().url();
    return (url.equals(now) ? url : url + " -> " + now)
        + (differences.isEmpty() ? "" : "  " + differences);
  }

  private static String difference(String name, Values values) {
    String label = name.startsWith("labels.") ? name.substring("labels.".length()) : name;
    return label + ": " + value(values.before()) + " -> " + value(values.after());
  }

  private static String value(@Nullable String value) {
    return value == null ? "none" : '"' + value + '"';
  }

  /** Numbers of targets. */
  private record Counts(int removed, int added, int changed, int unchanged) {}

  private static Counts total(List<TargetDiff> diffs) {
    int removed = 0;
    int added = 0;
    int changed = 0;
    int unchanged = 0;
    for (TargetDiff diff : diffs) {
      removed += diff.removed().size();
      added += diff.added().size();
      changed += diff.changed().size();
      unchanged += diff.unchanged();
    }
    return new Counts(removed, added, changed, unchanged);
  }

  private static String counts(TargetDiff diff) {
    return counts(total(List.of(diff)));
  }

  private static String counts(Counts counts) {
    return String.format(
        Locale.ROOT,
        "%d removed, %d added, %d changed, %d unchanged",
        counts.removed(),
        counts.added(),
        counts.changed(),
        counts.unchanged());
  }

  /** Prints the whole difference as a document. */
  public void document(StructuredPrinter.Form form, List<TargetDiff> diffs) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("counts", document(total(diffs)));
    document.put("jobs", diffs.stream().map(DiffPrinter::document).toList());
    StructuredPrinter.print(console, form, document);
  }

  private static Map<String, Object> document(Counts counts) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("removed", counts.removed());
    map.put("added", counts.added());
    map.put("changed", counts.changed());
    map.put("unchanged", counts.unchanged());
    return map;
  }

  private static Map<String, Object> document(TargetDiff diff) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("job", diff.job());
    map.put("unchanged", diff.unchanged());
    map.put("removed", diff.removed().stream().map(DiffPrinter::document).toList());
    map.put("added", diff.added().stream().map(DiffPrinter::document).toList());
    List<Map<String, Object>> changed = new ArrayList<>();
    for (Change change : diff.changed()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("before", document(change.before()));
      entry.put("after", document(change.after()));
      entry.put("differs", List.copyOf(change.differences().keySet()));
      changed.add(entry);
    }
    map.put("changed", changed);
    return map;
  }

  private static Map<String, Object> document(Scraped target) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("url", target.url());
    map.put("interval", target.interval());
    map.put("timeout", target.timeout());
    map.put("labels", target.labels().toMap());
    return map;
  }
}
