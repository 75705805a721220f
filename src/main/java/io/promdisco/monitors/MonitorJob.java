package io.promdisco.monitors;

import io.promdisco.config.ScrapeConfig;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A job that a resource has become.
 *
 * @param source the resource
 * @param field the part of the resource that it stands for: {@code spec.endpoints[0]}, {@code spec}
 * @param tree the scrape configuration as the operator writes it, with secrets
 * @param config the same as promdisco runs it, shard 0; nothing if it uses service discovery that
 *     promdisco does not support
 */
public record MonitorJob(
    MonitorObject source, String field, Map<String, Object> tree, Optional<ScrapeConfig> config) {
  /** Takes the tree, which must not be changed afterwards. */
  public MonitorJob {
    tree = Collections.unmodifiableMap(tree);
  }

  /** The name of the job, as {@code serviceMonitor/shop/web/0}. */
  public String jobName() {
    return String.valueOf(tree.get("job_name"));
  }

  /**
   * Returns the field of the resource, or of the settings, that each relabelling rule comes from;
   * empty for a rule that all jobs of the kind have.
   */
  public List<String> ruleFields() {
    return tree.get("relabel_configs") instanceof List<?> rules
        ? rules.stream().map(rule -> rule instanceof JobTree made ? made.field() : "").toList()
        : List.of();
  }

  /** The name; the tree holds secrets. */
  @Override
  public String toString() {
    return jobName();
  }
}
