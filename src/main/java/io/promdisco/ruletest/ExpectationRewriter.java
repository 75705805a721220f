package io.promdisco.ruletest;

import io.promdisco.config.yaml.YamlRange;
import io.promdisco.relabel.RelabelTrace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes results into a test file in place of the expectations. Only the lists {@code expect} and
 * {@code dropped} of failed tests are rewritten; comments in them are lost.
 */
public final class ExpectationRewriter {
  private static final Pattern BEFORE_A_KEY = Pattern.compile("[ -]*");

  private final List<String> lines;
  private final String lineEnd;
  private final List<Edit> edits = new ArrayList<>();
  private final List<RuleTest> refused = new ArrayList<>();

  /**
   * Lines that replace others.
   *
   * @param line the first replaced line, from 1
   * @param before the old lines
   * @param after the new lines
   */
  public record Edit(int line, List<String> before, List<String> after) {
    /** Copies the lists. */
    public Edit {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }

  /**
   * Computes the changes.
   *
   * @param content the content of the file when the tests were read
   */
  public ExpectationRewriter(String content, List<RuleTestResult> results) {
    lines = content.lines().toList();
    lineEnd = content.contains("\r\n") ? "\r\n" : "\n";
    for (RuleTestResult result : results) {
      if (!result.passed()) {
        rewrite(result);
      }
    }
    edits.sort(Comparator.comparingInt(Edit::line));
  }

  /** Returns the changes, in the order of the file. */
  public List<Edit> edits() {
    return List.copyOf(edits);
  }

  /** Returns failed tests that cannot be rewritten, because they are in braces or use an alias. */
  public List<RuleTest> refused() {
    return List.copyOf(refused);
  }

  /** Returns the file with the changes. */
  public String text() {
    List<String> text = new ArrayList<>(lines);
    for (int i = edits.size() - 1; i >= 0; i--) {
      Edit edit = edits.get(i);
      List<String> part = text.subList(edit.line() - 1, edit.line() - 1 + edit.before().size());
      part.clear();
      part.addAll(edit.after());
    }
    return String.join(lineEnd, text) + lineEnd;
  }

  private void rewrite(RuleTestResult result) {
    RuleTest test = result.test();
    List<Edit> own = new ArrayList<>();
    boolean possible = true;
    boolean targets =
        result.findings().stream().anyMatch(f -> f.kind() != Finding.Kind.NOT_DROPPED);
    if (targets) {
      possible = edit("expect", test.places().expected(), test, expected(result), own);
    }
    if (result.findings().stream().anyMatch(f -> f.kind() == Finding.Kind.NOT_DROPPED)) {
      possible &= edit("dropped", test.places().dropped(), test, dropped(result), own);
    }
    if (possible) {
      edits.addAll(own);
    } else {
      refused.add(test);
    }
  }

  /** Adds the edit of a list; returns whether it can be written. */
  private boolean edit(
      String key,
      @Nullable YamlRange place,
      RuleTest test,
      List<List<String>> items,
      List<Edit> own) {
    YamlRange job = test.places().job();
    YamlRange anchor = place == null ? job : place;
    if (anchor == null) {
      return false;
    }
    String first = lines.get(anchor.keyLine() - 1);
    String last = lines.get(anchor.endLine() - 1);
    String before = first.substring(0, offset(first, anchor.keyColumn()));
    String after = last.substring(offset(last, anchor.endColumn())).strip();
    if (!BEFORE_A_KEY.matcher(before).matches() || !(after.isEmpty() || after.startsWith("#"))) {
      return false;
    }
    String indent = " ".repeat(anchor.keyColumn() - 1);
    List<String> written = new ArrayList<>();
    if (place == null) {
      written.add(last);
      written.add(indent + key + ":");
      own.add(new Edit(anchor.endLine(), List.of(last), withItems(written, indent, items)));
    } else {
      boolean ownLine = place.startLine() > place.keyLine() && !items.isEmpty();
      String comment = after.isEmpty() ? "" : " " + after;
      written.add(ownLine ? first : before + key + ":" + (items.isEmpty() ? " []" : "") + comment);
      List<String> old = lines.subList(anchor.keyLine() - 1, anchor.endLine());
      own.add(new Edit(anchor.keyLine(), old, withItems(written, indent, items)));
    }
    return true;
  }

  private static List<String> withItems(
      List<String> written, String indent, List<List<String>> items) {
    for (List<String> item : items) {
      for (int i = 0; i < item.size(); i++) {
        written.add(indent + (i == 0 ? "  - " : "    ") + item.get(i));
      }
    }
    return written;
  }

  private static int offset(String line, int column) {
    return line.offsetByCodePoints(0, Math.min(column - 1, line.codePointCount(0, line.length())));
  }

  private static List<List<String>> expected(RuleTestResult result) {
    TargetComparison comparison = result.comparison();
    List<List<String>> items = new ArrayList<>();
    List<ExpectedTarget> expected = result.test().expected();
    for (int i = 0; i < expected.size(); i++) {
      ExpectedTarget entry = expected.get(i);
      Optional<FoundTarget> nearest = comparison.nearest(i);
      if (comparison.match(i).isPresent()) {
        items.add(item(entry.discovered(), entry.url(), entry.labels(), entry.exact()));
      } else if (nearest.isPresent()) {
        items.add(found(entry, nearest.get()));
      }
    }
    for (FoundTarget target : comparison.unexpected()) {
      items.add(item(Map.of(), target.url(), target.labels().toMap(), false));
    }
    return items;
  }

  private static List<String> found(ExpectedTarget entry, FoundTarget target) {
    Map<String, String> labels = new TreeMap<>();
    if (entry.exact()) {
      labels.putAll(target.labels().toMap());
    } else {
      entry.labels().keySet().forEach(name -> labels.put(name, target.labels().getOrEmpty(name)));
    }
    String url = entry.url() == null ? null : target.url();
    return item(entry.discovered(), url, labels, entry.exact());
  }

  private static List<List<String>> dropped(RuleTestResult result) {
    TargetComparison comparison = result.comparison();
    List<List<String>> items = new ArrayList<>();
    for (ExpectedDrop entry : result.test().dropped()) {
      List<FoundTarget> matching = comparison.matching(entry);
      List<RelabelTrace.Step> steps =
          matching.stream().flatMap(target -> comparison.dropping(target).stream()).toList();
      if (steps.isEmpty() || steps.size() < matching.size()) {
        continue; // No such target is dropped, or not all of them.
      }
      boolean same = steps.stream().map(RelabelTrace.Step::index).distinct().count() == 1;
      List<String> item = new ArrayList<>();
      map("discovered", entry.discovered(), item);
      if (entry.rule() != null && same) {
        item.add("rule: " + steps.get(0).index());
      }
      if (entry.line() != null && same) {
        steps.get(0).rule().position().ifPresent(at -> item.add("line: " + at.line()));
      }
      items.add(item);
    }
    return items;
  }

  private static List<String> item(
      Map<String, String> discovered,
      @Nullable String url,
      Map<String, String> labels,
      boolean exact) {
    List<String> item = new ArrayList<>();
    map("discovered", discovered, item);
    if (url != null) {
      item.add("url: " + YamlQuoting.of(url));
    }
    map("labels", labels, item);
    if (exact) {
      item.add("exact: true");
    }
    return item;
  }

  private static void map(String key, Map<String, String> map, List<String> item) {
    if (!map.isEmpty()) {
      item.add(key + ":");
      map.forEach(
          (name, value) -> item.add("  " + YamlQuoting.of(name) + ": " + YamlQuoting.of(value)));
    }
  }
}
