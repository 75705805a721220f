package io.promdisco.scrape;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import io.promdisco.model.PrometheusDuration;
import io.promdisco.model.TargetGroup;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Jobs and groups of recorded cases. */
final class RecordedJobs {
  private RecordedJobs() {}

  /** The job that the configuration reader makes from this JSON form. */
  static ScrapeConfig job(String name, JsonNode settings, @Nullable JsonNode rules) {
    NameValidation names =
        settings.path("metric_name_validation_scheme").asText("utf8").equals("legacy")
            ? NameValidation.LEGACY
            : NameValidation.UTF8;
    Duration interval = PrometheusDuration.parse(settings.path("scrape_interval").asText("1h"));
    Duration timeout = PrometheusDuration.parse(settings.path("scrape_timeout").asText("10s"));
    return builder(name, settings.path("scheme").asText("http"))
        .scrapeInterval(interval)
        .scrapeTimeout(timeout.compareTo(interval) > 0 ? interval : timeout)
        .metricsPath(settings.path("metrics_path").asText("/metrics"))
        .params(params(settings.path("params")))
        .nameValidation(names)
        .keepDroppedTargets(settings.path("keep_dropped_targets").asLong(0))
        .relabelRules(rules == null ? List.of() : rules(rules, names))
        .build();
  }

  /** A configuration file may have any scheme; the builder refuses some. */
  private static ScrapeConfig.Builder builder(String name, String scheme) {
    String file = "scrape_configs: [{job_name: '" + name + "', scheme: '" + scheme + "'}]";
    return new ConfigLoader()
            .read("p.yml", file.getBytes(StandardCharsets.UTF_8), Path.of(""))
            .configuration()
            .orElseThrow()
            .jobs()
            .get(0)
            .toBuilder();
  }

  private static Map<String, List<String>> params(JsonNode node) {
    Map<String, List<String>> params = new LinkedHashMap<>();
    node.properties()
        .forEach(
            field -> {
              List<String> values = new ArrayList<>();
              field.getValue().forEach(value -> values.add(value.asText()));
              params.put(field.getKey(), values);
            });
    return params;
  }

  private static List<RelabelRule> rules(JsonNode list, NameValidation names) {
    List<RelabelRule> rules = new ArrayList<>();
    for (JsonNode rule : list) {
      List<String> sources = null;
      if (rule.has("source_labels")) {
        sources = new ArrayList<>();
        for (JsonNode source : rule.get("source_labels")) {
          sources.add(source.asText());
        }
      }
      JsonNode modulus = rule.get("modulus");
      rules.add(
          JobFixtures.compile(
              new RelabelSpec(
                  sources,
                  text(rule, "separator"),
                  text(rule, "regex"),
                  modulus == null ? null : modulus.bigIntegerValue().longValue(),
                  text(rule, "target_label"),
                  text(rule, "replacement"),
                  text(rule, "action"),
                  null),
              names));
    }
    return rules;
  }

  private static @Nullable String text(JsonNode rule, String key) {
    JsonNode value = rule.get(key);
    return value == null ? null : value.asText();
  }

  /** {@code static_configs} as groups whose sources are their indexes. */
  static List<TargetGroup> groups(JsonNode staticConfigs) {
    List<TargetGroup> groups = new ArrayList<>();
    for (JsonNode config : staticConfigs) {
      List<Labels> targets = new ArrayList<>();
      config
          .path("targets")
          .forEach(target -> targets.add(Labels.of("__address__", target.asText())));
      groups.add(
          new TargetGroup(
              Integer.toString(groups.size()), targets, Labels.of(map(config.path("labels")))));
    }
    return groups;
  }

  static Map<String, String> map(JsonNode object) {
    Map<String, String> map = new TreeMap<>();
    object.properties().forEach(field -> map.put(field.getKey(), field.getValue().asText()));
    return map;
  }
}
