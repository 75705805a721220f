package io.promdisco.scrape;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import io.promdisco.model.TargetGroup;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scrape configs and target groups for tests. */
final class JobFixtures {
  private JobFixtures() {}

  /** A job with Prometheus's defaults. */
  static ScrapeConfig job(String name, RelabelRule... rules) {
    return job(name, 0, "/metrics", Map.of(), rules);
  }

  static ScrapeConfig job(
      String name,
      long keepDropped,
      String path,
      Map<String, List<String>> params,
      RelabelRule... rules) {
    return ScrapeConfig.builder(name)
        .metricsPath(path)
        .params(params)
        .keepDroppedTargets(keepDropped)
        .relabelRules(List.of(rules))
        .build();
  }

  static RelabelRule keep(String label, String regex) {
    return rule(List.of(label), regex, null, null, "keep");
  }

  static RelabelRule set(String label, String value) {
    return rule(null, null, label, value, "replace");
  }

  static RelabelRule copy(String from, String to) {
    return rule(List.of(from), null, to, null, "replace");
  }

  private static RelabelRule rule(
      @Nullable List<String> sources,
      @Nullable String regex,
      @Nullable String target,
      @Nullable String replacement,
      String action) {
    RelabelSpec spec =
        new RelabelSpec(sources, null, regex, null, target, replacement, action, null);
    return compile(spec, NameValidation.UTF8);
  }

  static RelabelRule compile(RelabelSpec spec, NameValidation names) {
    List<String> problems = new ArrayList<>();
    return RelabelRule.compile(spec, names, (field, what) -> problems.add(field + ": " + what))
        .orElseThrow(() -> new AssertionError(spec + ": " + problems));
  }

  /** A group of targets that have an address only. */
  static TargetGroup group(String source, Labels labels, String... addresses) {
    List<Labels> targets = new ArrayList<>();
    for (String address : addresses) {
      targets.add(Labels.of("__address__", address));
    }
    return new TargetGroup(source, targets, labels);
  }

  static TargetGroup group(String source, String... addresses) {
    return group(source, Labels.EMPTY, addresses);
  }
}
