package io.promdisco.monitors;

import java.util.List;

/** Checks resources of one kind and makes jobs of them. */
interface MonitorCompilation {
  /**
   * Checks a resource, and reads the Secrets and ConfigMaps that it names.
   *
   * @throws InvalidMonitorException if the operator refuses it
   */
  void check(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException;

  /**
   * Makes the jobs of a resource that has been checked.
   *
   * @throws InvalidMonitorException if a value is of another type than the CRD says
   */
  List<JobTree> jobs(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException;

  /** Returns what compiles resources of a kind. */
  static MonitorCompilation of(MonitorKind kind) {
    return switch (kind) {
      case SERVICE_MONITOR -> new EndpointMonitors(true);
      case POD_MONITOR -> new EndpointMonitors(false);
      case PROBE -> new Probes();
      case SCRAPE_CONFIG -> new ScrapeConfigs();
    };
  }
}
