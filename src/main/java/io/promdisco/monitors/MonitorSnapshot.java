package io.promdisco.monitors;

import java.util.List;

/**
 * What monitors were at one moment, and what they became. Immutable; safe for all threads.
 *
 * @param compiled what {@code settings} make of {@code objects}
 */
public record MonitorSnapshot(
    MonitorSettings settings, MonitorObjects objects, CompiledMonitors compiled) {
  /** Compares a resource with each setting that selects resources, in the order of the checks. */
  public List<SelectionStep> selection(MonitorObject object) {
    return settings.selection(object, objects.namespaceLabels(object.namespace()));
  }

  /** Returns what of a resource is left out, and why: all of it, or some of its jobs. */
  public List<Rejection> rejections(MonitorObject object) {
    return compiled.rejected().stream()
        .filter(
            rejection ->
                rejection.kind() == object.kind()
                    && rejection.namespace().equals(object.namespace())
                    && rejection.name().equals(object.name()))
        .toList();
  }

  /** Returns the jobs of a resource. */
  public List<MonitorJob> jobs(MonitorObject object) {
    return compiled.jobs().stream().filter(job -> job.source().equals(object)).toList();
  }
}
