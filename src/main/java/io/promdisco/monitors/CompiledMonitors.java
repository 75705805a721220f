package io.promdisco.monitors;

import io.promdisco.config.ScrapeConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What resources have become.
 *
 * @param global the section {@code global}; empty if nothing could be selected
 * @param jobs in their order
 * @param rejected what yields no job, and why: resources by kind, namespace and name, then jobs
 * @param references the Secrets and ConfigMaps that the selected resources name, existing or not: a
 *     program that follows a cluster has to read these, and no others
 */
public record CompiledMonitors(
    Map<String, Object> global,
    List<MonitorJob> jobs,
    List<Rejection> rejected,
    Set<DataName> references) {
  /** Copies the lists. */
  public CompiledMonitors {
    references = Set.copyOf(references);
    jobs = List.copyOf(jobs);
    rejected = List.copyOf(rejected);
  }

  /** Returns what there is when the settings are refused. */
  public static CompiledMonitors refused(InvalidSettingsException e) {
    return refused(Rejection.of(Rejection.Reason.INVALID_SETTINGS, String.valueOf(e.getMessage())));
  }

  static CompiledMonitors refused(Rejection rejection) {
    return new CompiledMonitors(Map.of(), List.of(), List.of(rejection), Set.of());
  }

  /** Whether nothing could be selected because of the settings. */
  public boolean isRefused() {
    return global.isEmpty();
  }

  /**
   * Checks that the settings let something be selected.
   *
   * @throws InvalidSettingsException if they do not
   */
  public void requireAccepted() throws InvalidSettingsException {
    if (isRefused()) {
      throw new InvalidSettingsException(rejected.get(0).toString());
    }
  }

  /** Returns the generated document, with secrets. */
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("global", global);
    document.put("scrape_configs", jobs.stream().map(MonitorJob::tree).toList());
    return document;
  }

  /** Returns the jobs that promdisco can discover. */
  public List<ScrapeConfig> configs() {
    return jobs.stream().map(MonitorJob::config).flatMap(Optional::stream).toList();
  }
}
