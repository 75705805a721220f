package io.promdisco.scrape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.promdisco.Internal;
import io.promdisco.model.Labels;
import io.promdisco.util.Utf8Text;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a job's active targets in the format of Prometheus's HTTP service discovery: groups of
 * addresses with the same labels.
 *
 * <p>A job that reads the document, has no rules and has the same name gets the same targets. So
 * the document also contains the labels that determine how to scrape ({@code __scheme__}, {@code
 * __metrics_path__}, {@code __scrape_interval__}, {@code __scrape_timeout__}, {@code
 * __unix_socket__}, {@code __param_<name>}, and the histogram settings that are on). An {@code
 * instance} that equals the address is left out, because Prometheus sets it.
 *
 * @hidden
 */
@Internal
public final class HttpSdDocument {
  private HttpSdDocument() {}

  /**
   * Writes the document.
   *
   * @param out flushed and left open
   */
  public static void write(List<Target> targets, OutputStream out) throws IOException {
    Map<Labels, List<String>> groups = new LinkedHashMap<>();
    for (Target target : targets) {
      groups.computeIfAbsent(labels(target), labels -> new ArrayList<>(2)).add(target.address());
    }
    write(groups, out);
  }

  /**
   * Writes the targets before relabelling, so that the reader can apply the rules.
   *
   * @param out flushed and left open
   */
  public static void writeDiscovered(List<Target> targets, OutputStream out) throws IOException {
    Map<Labels, List<String>> groups = new LinkedHashMap<>();
    for (Target target : targets) {
      Labels all = target.discoveredLabels();
      Labels.Builder rest = Labels.builder(all.size());
      for (int i = 0; i < all.size(); i++) {
        if (!all.name(i).equals(TargetLabels.ADDRESS)) {
          rest.set(all.name(i), all.value(i));
        }
      }
      groups
          .computeIfAbsent(rest.build(), labels -> new ArrayList<>(2))
          .add(all.getOrEmpty(TargetLabels.ADDRESS));
    }
    write(groups, out);
  }

  /**
   * Writes the targets as they were discovered, without the job's defaults, in an order that
   * depends only on the targets.
   *
   * @param out flushed and left open
   */
  public static void writeFound(Collection<Target> targets, OutputStream out) throws IOException {
    Map<Labels, List<String>> groups = new LinkedHashMap<>();
    for (Target target : targets.stream().sorted(Target.BY_LABELS).toList()) {
      groups
          .computeIfAbsent(target.foundLabels(), labels -> new ArrayList<>(2))
          .add(target.discoveredAddress());
    }
    write(groups, out);
  }

  private static void write(Map<Labels, List<String>> groups, OutputStream out) throws IOException {
    try (JsonGenerator json = JsonDocument.to(out)) {
      json.writeStartArray();
      for (Map.Entry<Labels, List<String>> group : groups.entrySet()) {
        json.writeStartObject();
        json.writeArrayFieldStart("targets");
        for (String address : group.getValue()) {
          json.writeString(Utf8Text.encodable(address));
        }
        json.writeEndArray();
        JsonDocument.labels(json, "labels", group.getKey());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }

  private static Labels labels(Target target) {
    Labels shown = target.labels();
    Labels internal = target.internalLabels();
    Labels.Builder labels = Labels.builder(shown.size() + internal.size());
    for (int i = 0; i < internal.size(); i++) {
      if (saysHowToScrape(internal.name(i), internal.value(i))) {
        labels.set(internal.name(i), internal.value(i));
      }
    }
    for (int i = 0; i < shown.size(); i++) {
      boolean implied =
          shown.name(i).equals(TargetLabels.INSTANCE) && shown.value(i).equals(target.address());
      if (!implied) {
        labels.set(shown.name(i), shown.value(i));
      }
    }
    return labels.build();
  }

  private static boolean saysHowToScrape(String name, String value) {
    return switch (name) {
      case TargetLabels.SCHEME,
          TargetLabels.METRICS_PATH,
          TargetLabels.SCRAPE_INTERVAL,
          TargetLabels.SCRAPE_TIMEOUT,
          TargetLabels.UNIX_SOCKET ->
          true;
      case TargetLabels.ALWAYS_CLASSIC, TargetLabels.CONVERT_CLASSIC, TargetLabels.SCRAPE_NATIVE ->
          !value.equals("false");
      default -> name.startsWith(TargetLabels.PARAM_PREFIX);
    };
  }
}
