package io.promdisco.monitors;

import java.util.List;
import java.util.Locale;

/** The kinds of resources, in the order of their jobs. */
public enum MonitorKind {
  SERVICE_MONITOR("ServiceMonitor", "v1", "service_monitor", "smon"),
  POD_MONITOR("PodMonitor", "v1", "pod_monitor", "pmon"),
  PROBE("Probe", "v1", "probe", "prb"),
  SCRAPE_CONFIG("ScrapeConfig", "v1alpha1", "scrape_config", "scfg");

  /** Their API group. */
  public static final String GROUP = "monitoring.coreos.com";

  private final String kind;
  private final String version;
  private final String setting;
  private final String shortName;

  MonitorKind(String kind, String version, String setting, String shortName) {
    this.kind = kind;
    this.version = version;
    this.setting = setting;
    this.shortName = shortName;
  }

  /** {@code ServiceMonitor}. */
  public String kind() {
    return kind;
  }

  /** {@code servicemonitors}, as in URLs and RBAC rules. */
  public String plural() {
    return text() + "s";
  }

  /** {@code servicemonitor}, as in messages and queries. */
  public String text() {
    return kind.toLowerCase(Locale.ROOT);
  }

  /** What kubectl calls it, in small letters. */
  public List<String> names() {
    return List.of(text(), plural(), shortName);
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
