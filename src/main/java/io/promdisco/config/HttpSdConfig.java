package io.promdisco.config;

import java.time.Duration;

/**
 * One entry of {@code http_sd_configs}.
 *
 * @param url the URL that lists the targets
 * @param http HTTP client settings
 * @param refreshInterval the time between two requests; default 1 min
 */
public record HttpSdConfig(String url, HttpClientConfig http, Duration refreshInterval)
    implements SdConfig {
  @Override
  public String mechanism() {
    return "http";
  }

  /** Returns the URL for display and labels, with {@code xxxxx} instead of a password. */
  public String shownUrl() {
    return UrlChecks.redacted(url);
  }

  /** Leaves out the password in the URL. */
  @Override
  public String toString() {
    return "HttpSdConfig[url="
        + shownUrl()
        + ", http="
        + http
        + ", refreshInterval="
        + refreshInterval
        + "]";
  }

  @Override
  public void check(FieldProblems problems) {
    SdChecks.checkUrl(url, problems);
    http.check(problems);
    ScrapeChecks.positive("refresh_interval", refreshInterval, problems);
  }
}
