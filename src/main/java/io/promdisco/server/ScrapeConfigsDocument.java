package io.promdisco.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.RenderedDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The scrape configs in force without their service discovery, for programs that scrape. Made once
 * for each change. Safe for all threads.
 */
final class ScrapeConfigsDocument {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SOURCES = Pattern.compile(".*_sd_configs|static_configs");
  private static final Set<String> WITHOUT_REGEX = Set.of("keepequal", "dropequal");

  private static final Map<?, ?> DEFAULT_GLOBAL;
  private static final Map<?, ?> DEFAULT_JOB;

  static {
    byte[] yaml = "scrape_configs: [{job_name: a}]".getBytes(StandardCharsets.UTF_8);
    Configuration defaults =
        new ConfigLoader().read("defaults", yaml, Path.of("")).configuration().orElseThrow();
    DEFAULT_GLOBAL = (Map<?, ?>) defaults.effective().getOrDefault("global", Map.of());
    DEFAULT_JOB = defaults.jobs().get(0).effective();
  }

  private final Backend backend;
  private final boolean secrets;

  @GuardedBy("this")
  private List<ScrapeConfig> made = List.of();

  @GuardedBy("this")
  private @Nullable RenderedDocument json;

  /**
   * Creates documents of the scrape configs in force.
   *
   * @param secrets whether they contain secrets; otherwise {@code <secret>} replaces them
   */
  ScrapeConfigsDocument(Backend backend, boolean secrets) {
    this.backend = backend;
    this.secrets = secrets;
  }

  /** Returns the scrape configs by job, with their defaults. */
  synchronized RenderedDocument json() throws IOException {
    List<ScrapeConfig> now = configs();
    RenderedDocument known = json;
    if (known != null && isSame(now, made)) {
      return known;
    }
    Map<String, Object> document = new LinkedHashMap<>();
    now.forEach(config -> document.put(config.jobName(), shown(config)));
    byte[] content = JSON.writeValueAsString(document).getBytes(StandardCharsets.UTF_8);
    made = now;
    json = new RenderedDocument(content);
    return json;
  }

  /** Whether these are the same objects. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(List<ScrapeConfig> one, List<ScrapeConfig> other) {
    boolean same = one.size() == other.size();
    for (int i = 0; same && i < one.size(); i++) {
      same = one.get(i) == other.get(i);
    }
    return same;
  }

  private List<ScrapeConfig> configs() {
    return backend.pools().stream().map(PoolView::config).toList();
  }

  /**
   * Returns a configuration with jobs that read their targets over HTTP, without default settings.
   *
   * @param url returns the URL with the targets of a job
   */
  byte[] yaml(UnaryOperator<String> url) {
    List<Map<String, Object>> jobs = new ArrayList<>();
    for (ScrapeConfig config : configs()) {
      Map<String, Object> job = without(DEFAULT_JOB, shown(config));
      job.put("http_sd_configs", List.of(Map.of("url", url.apply(config.jobName()))));
      jobs.add(job);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    if (backend.config().get("global") instanceof Map<?, ?> global) {
      Map<String, Object> own = without(DEFAULT_GLOBAL, global);
      if (!own.isEmpty()) {
        document.put("global", own);
      }
    }
    document.put("scrape_configs", jobs);
    return ApiDocuments.yaml(document).getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> without(Map<?, ?> defaults, Map<?, ?> settings) {
    Map<String, Object> rest = new LinkedHashMap<>();
    settings.forEach(
        (key, value) -> {
          if (value != null && !value.equals(defaults.get(key))) {
            rest.put(String.valueOf(key), value);
          }
        });
    return rest;
  }

  private Map<String, Object> shown(ScrapeConfig config) {
    Map<String, Object> shown = new LinkedHashMap<>();
    config
        .effective()
        .forEach(
            (key, value) -> {
              if (!SOURCES.matcher(key).matches()) {
                shown.put(key, key.endsWith("relabel_configs") ? rules(value) : value);
              }
            });
    return secrets ? RevealedSecrets.in(shown, config.httpClient()) : shown;
  }

  /**
   * Removes the regex from rules that compare labels: collectors reject it, even if it is the
   * default.
   */
  private static Object rules(Object rules) {
    List<Object> shown = new ArrayList<>();
    for (Object rule : (List<?>) rules) {
      Map<Object, Object> copy = new LinkedHashMap<>((Map<?, ?>) rule);
      if (WITHOUT_REGEX.contains(String.valueOf(copy.get("action")))) {
        copy.remove("regex");
      }
      shown.add(copy);
    }
    return shown;
  }
}
