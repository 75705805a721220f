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
    return Urls.redacted(url);
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
    checkUrl(url, problems);
    http.check(problems);
    ScrapeChecks.positive("refresh_interval", refreshInterval, problems);
  }

  static void checkUrl(String url, FieldProblems problems) {
    String wrong = Urls.problem(url);
    if (url.isEmpty()) {
      problems.note("url", "URL is missing (expected: url)");
    } else if (wrong != null) {
      problems.note("url", wrong);
    } else if (!Urls.scheme(url).equals("http") && !Urls.scheme(url).equals("https")) {
      problems.note("url", "URL scheme must be 'http' or 'https' (expected: http://host/path)");
    } else if (Urls.host(url).isEmpty()) {
      problems.note("url", "host is missing in URL (expected: http://host/path)");
    }
  }
}
