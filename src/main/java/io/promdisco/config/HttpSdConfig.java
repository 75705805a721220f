package io.promdisco.config;

import java.time.Duration;

/**
 * One entry of {@code http_sd_configs}.
 *
 * @param url where the targets are had
 * @param http how to talk to it
 * @param refreshInterval how often; default 1 min
 */
public record HttpSdConfig(String url, HttpClientConfig http, Duration refreshInterval)
    implements SdConfig {
  @Override
  public String mechanism() {
    return "http";
  }

  /** The URL for people and labels: with {@code xxxxx} for a password. */
  public String shownUrl() {
    return UrlChecks.redacted(url);
  }

  /** Without the password in the URL. */
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
