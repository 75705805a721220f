package io.promdisco.config;

import org.jspecify.annotations.Nullable;

/** A format in which a target may expose its metrics. */
public enum ScrapeProtocol {
  /** OpenMetrics 2.0.0. */
  OPEN_METRICS_TEXT_2_0_0(
      "OpenMetricsText2.0.0", "application/openmetrics-text;version=2.0.0", true),
  /** OpenMetrics 1.0.0. */
  OPEN_METRICS_TEXT_1_0_0(
      "OpenMetricsText1.0.0", "application/openmetrics-text;version=1.0.0", true),
  /** OpenMetrics 0.0.1. */
  OPEN_METRICS_TEXT_0_0_1(
      "OpenMetricsText0.0.1", "application/openmetrics-text;version=0.0.1", false),
  /** Prometheus's text format 1.0.0. */
  PROMETHEUS_TEXT_1_0_0("PrometheusText1.0.0", "text/plain;version=1.0.0", true),
  /** Prometheus's text format 0.0.4. */
  PROMETHEUS_TEXT_0_0_4("PrometheusText0.0.4", "text/plain;version=0.0.4", false),
  /** Delimited protobuf messages. */
  PROMETHEUS_PROTO(
      "PrometheusProto",
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
      false);

  private final String text;
  private final String mediaType;
  private final boolean escapes;

  ScrapeProtocol(String text, String mediaType, boolean escapes) {
    this.text = text;
    this.mediaType = mediaType;
    this.escapes = escapes;
  }

  /** The name in the configuration. */
  public String text() {
    return text;
  }

  /** The media type in an {@code Accept} header, without the parameters for escaping and weight. */
  public String mediaType() {
    return mediaType;
  }

  /** Whether the media type may have the parameter for escaping. */
  boolean escapes() {
    return escapes;
  }

  public static @Nullable ScrapeProtocol of(String text) {
    for (ScrapeProtocol protocol : values()) {
      if (protocol.text.equals(text)) {
        return protocol;
      }
    }
    return null;
  }
}
