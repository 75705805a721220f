package io.promdisco.ruletest;

import io.promdisco.model.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An active target that must exist.
 *
 * @param discovered required labels before relabelling; an empty value means that the label must
 *     not exist
 * @param url the scrape URL; null for any
 * @param labels required labels after relabelling; an empty value means that the label must not
 *     exist
 * @param exact whether other labels after relabelling are forbidden
 * @param position the place of the expectation
 */
record ExpectedTarget(
    Map<String, String> discovered,
    @Nullable String url,
    Map<String, String> labels,
    boolean exact,
    Position position) {
  /** Copies the maps, sorted. */
  public ExpectedTarget {
    discovered = new TreeMap<>(discovered);
    labels = new TreeMap<>(labels);
  }

  boolean matches(FoundTarget found) {
    return found.has(discovered) && differences(found).isEmpty();
  }

  /** Whether the target has at least one of the expected values after relabelling. */
  boolean agreesSomewhere(FoundTarget found) {
    return found.url().equals(url)
        || labels.entrySet().stream()
            .anyMatch(
                label ->
                    !label.getValue().isEmpty()
                        && label.getValue().equals(found.labels().get(label.getKey())));
  }

  /** Returns the differences after relabelling, by label. */
  List<Finding.Difference> differences(FoundTarget found) {
    List<Finding.Difference> differences = new ArrayList<>();
    if (url != null && !url.equals(found.url())) {
      differences.add(new Finding.Difference("url", url, found.url()));
    }
    TreeSet<String> names = new TreeSet<>(labels.keySet());
    if (exact) {
      names.addAll(found.labels().toMap().keySet());
    }
    for (String name : names) {
      String expected = labels.getOrDefault(name, "");
      String actual = found.labels().getOrEmpty(name);
      if (!expected.equals(actual)) {
        differences.add(new Finding.Difference("label " + name, expected, actual));
      }
    }
    return differences;
  }
}
