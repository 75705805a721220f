package io.promdisco.monitors;

/** The kinds of resources, in the order of their jobs. */
public enum MonitorKind {
  SERVICE_MONITOR("ServiceMonitor", "v1", "service_monitor"),
  POD_MONITOR("PodMonitor", "v1", "pod_monitor"),
  PROBE("Probe", "v1", "probe"),
  SCRAPE_CONFIG("ScrapeConfig", "v1alpha1", "scrape_config");

  /** Their API group. */
  public static final String GROUP = "monitoring.coreos.com";

  private final String kind;
  private final String version;
  private final String setting;

  MonitorKind(String kind, String version, String setting) {
    this.kind = kind;
    this.version = version;
    this.setting = setting;
  }

  /** {@code ServiceMonitor}. */
  public String kind() {
    return kind;
  }

  /** {@code v1}. */
  public String version() {
    return version;
  }

  /** The beginning of the settings that select it: {@code service_monitor}. */
  String setting() {
    return setting;
  }
}
