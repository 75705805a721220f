package io.promdisco.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.Promdisco;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.model.Labels;
import io.promdisco.scrape.DiscoveredTarget;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A state, as one line for each item, so that a difference can be read.
 *
 * @param lines targets, counts and gauges, sorted
 */
record SdState(List<String> lines) {
  private static final Set<String> GAUGES =
      Set.of(
          "prometheus_sd_discovered_targets",
          "prometheus_sd_failed_configs",
          "prometheus_target_scrape_pool_targets");

  /** Prometheus has a second manager, for Alertmanagers. */
  private static final String OTHER_MANAGER = "name=\"notify\"";

  /** Discovered labels that the recording leaves out. */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "__scheme__", "http",
          "__metrics_path__", "/metrics",
          "__scrape_interval__", "1h",
          "__scrape_timeout__", "10s",
          "__always_scrape_classic_histograms__", "false",
          "__convert_classic_histograms_to_nhcb__", "false",
          "__scrape_native_histograms__", "false");

  static SdState recorded(JsonNode expected) {
    List<String> lines = new ArrayList<>();
    for (JsonNode target : expected.get("active")) {
      lines.add(
          active(
              target.get("job").asText(),
              map(target.get("labels")),
              target.get("scrape_url").asText(),
              map(target.get("discovered"))));
    }
    for (JsonNode target : expected.get("dropped")) {
      lines.add(dropped(target.get("job").asText(), map(target.get("discovered"))));
    }
    expected
        .get("dropped_counts")
        .properties()
        .forEach(job -> lines.add(count(job.getKey(), job.getValue().asInt())));
    expected
        .get("gauges")
        .properties()
        .forEach(gauge -> lines.add(gauge.getKey() + " " + gauge.getValue().asDouble()));
    lines.removeIf(line -> line.contains(OTHER_MANAGER));
    expected.get("mtime_files").forEach(file -> lines.add("mtime " + file.asText()));
    for (JsonNode logged : expected.path("logged")) {
      switch (logged.get("msg").asText()) {
        case "Error reading file" -> lines.add("failing " + logged.get("path").asText());
        case "Unable to refresh target groups" ->
            lines.add("failing job " + logged.get("config").asText());
        case "Creating target failed" ->
            lines.add(
                "failed " + logged.get("scrape_pool").asText() + " " + logged.get("err").asText());
        default -> {
          // A missing folder is not a failure here, because its creation is noticed.
        }
      }
    }
    Collections.sort(lines);
    return new SdState(lines);
  }

  static SdState of(SdWorld world) {
    Promdisco promdisco = world.promdisco();
    List<String> lines = new ArrayList<>();
    for (PoolView pool : promdisco.pools()) {
      for (Target target : pool.activeTargets()) {
        lines.add(
            active(
                pool.job(),
                map(target.labels()),
                target.scrapeUrl(),
                map(target.discoveredLabels())));
      }
      for (DiscoveredTarget target : pool.droppedTargets(0)) {
        lines.add(dropped(pool.job(), map(target.discoveredLabels())));
      }
      lines.add(count(pool.job(), pool.counts().dropped()));
      pool.failedTargets(0).forEach(t -> lines.add("failed " + pool.job() + " " + t.message()));
    }
    promdisco.providers().forEach(provider -> addFailures(provider, lines));
    samples(world, GAUGES).forEach((name, value) -> lines.add(name + " " + value));
    samples(world, Set.of("prometheus_sd_file_mtime_seconds"))
        .forEach((name, value) -> lines.add("mtime " + name.replaceAll(".*filename=\"|\".*", "")));
    lines.replaceAll(world::recorded);
    Collections.sort(lines);
    return new SdState(lines);
  }

  private static void addFailures(ProviderStatus provider, List<String> lines) {
    for (ProviderStatus.Failure failure : provider.failures()) {
      boolean file = provider.config().mechanism().equals("file");
      lines.add("failing " + (file ? failure.part() : "job " + provider.jobs().get(0)));
    }
  }

  /** Returns samples with these names in exposition format: {@code name{label="value",…}}. */
  static Map<String, Double> samples(SdWorld world, Set<String> names) {
    Map<String, Double> out = new TreeMap<>();
    for (var family : Collections.list(world.registry().metricFamilySamples())) {
      for (Collector.MetricFamilySamples.Sample sample : family.samples) {
        if (names.contains(sample.name)) {
          Set<String> labels = new TreeSet<>();
          for (int i = 0; i < sample.labelNames.size(); i++) {
            labels.add(sample.labelNames.get(i) + "=\"" + sample.labelValues.get(i) + "\"");
          }
          String text = labels.isEmpty() ? "" : "{" + String.join(",", labels) + "}";
          out.put(sample.name + text, sample.value);
        }
      }
    }
    return out;
  }

  private static String active(
      String job, Map<String, String> labels, String url, Map<String, String> discovered) {
    return "active " + job + " " + labels + " " + url + " " + discovered;
  }

  private static String dropped(String job, Map<String, String> discovered) {
    return "dropped " + job + " " + discovered;
  }

  private static String count(String job, int dropped) {
    return "dropped " + job + ": " + dropped;
  }

  private static Map<String, String> map(Labels labels) {
    Map<String, String> map = new TreeMap<>(labels.toMap());
    DEFAULTS.forEach(map::remove);
    return map;
  }

  private static Map<String, String> map(JsonNode labels) {
    Map<String, String> map = new TreeMap<>();
    labels.properties().forEach(label -> map.put(label.getKey(), label.getValue().asText()));
    return map;
  }
}
