package io.promdisco.scrape;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.common.collect.Iterators;
import io.promdisco.Internal;
import io.promdisco.util.Utf8Text;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answer of Prometheus's {@code GET /api/v1/targets}: active targets sorted by job and
 * labels, dropped ones sorted by job and discovered labels. Because promdisco does not scrape,
 * every target looks as if it had not been scraped yet, and the global URL is the scrape URL.
 *
 * <p>Written target by target, so the only memory it needs is a list of references.
 *
 * @hidden
 */
@Internal
public final class TargetsDocument {
  private static final Comparator<PoolView> BY_JOB =
      Comparator.comparing(PoolView::job, Utf8Text::compare);

  private TargetsDocument() {}

  /**
   * The targets to show.
   *
   * @hidden
   */
  public enum State {
    /** Active targets. */
    ACTIVE,
    /** Dropped targets and their numbers. */
    DROPPED,
    /** Both. */
    ANY,
    /** Neither; Prometheus treats unknown states like this. */
    NONE;

    /**
     * Parses the parameter {@code state} as Prometheus does: in any case, {@code any} if it is
     * missing or empty.
     */
    public static State parse(@Nullable String parameter) {
      String state = parameter == null ? "" : parameter.toLowerCase(Locale.ROOT);
      return switch (state) {
        case "", "any" -> ANY;
        case "active" -> ACTIVE;
        case "dropped" -> DROPPED;
        default -> NONE;
      };
    }

    private boolean showsActive() {
      return this == ACTIVE || this == ANY;
    }

    private boolean showsDropped() {
      return this == DROPPED || this == ANY;
    }
  }

  /**
   * Writes the document.
   *
   * @param pools all pools
   * @param scrapePool the job whose targets are shown; null or empty for all jobs. The numbers of
   *     dropped targets are always those of all jobs
   * @param warnings warnings for the reader, for example that targets may be out of date; called
   *     after the targets were read
   * @param out flushed and left open
   */
  public static void write(
      List<PoolView> pools,
      State state,
      @Nullable String scrapePool,
      Supplier<List<String>> warnings,
      OutputStream out)
      throws IOException {
    try (JsonGenerator json = JsonDocument.to(out)) {
      Iterator<DocumentPart> parts = parts(pools, state, scrapePool, warnings, Lists.OF_POOLS);
      while (parts.hasNext()) {
        parts.next().write(json);
      }
    }
  }

  /**
   * Provides the targets of a pool, so that documents can share lists.
   *
   * @hidden
   */
  public interface Lists {
    /** Takes the lists of each pool. */
    Lists OF_POOLS =
        new Lists() {
          @Override
          public List<Target> active(PoolView pool) {
            return pool.activeTargets();
          }

          @Override
          public List<DiscoveredTarget> dropped(PoolView pool) {
            return pool.droppedTargets(0);
          }
        };

    /** Same as {@link PoolView#activeTargets}. */
    List<Target> active(PoolView pool);

    /** Same as {@link PoolView#droppedTargets} without a limit. */
    List<DiscoveredTarget> dropped(PoolView pool);
  }

  /**
   * Returns the document in parts, each made on demand. The parameters are those of {@link #write}.
   *
   * @param lists provides the targets; called for a pool when its first part is needed
   */
  public static Iterator<DocumentPart> parts(
      List<PoolView> pools,
      State state,
      @Nullable String scrapePool,
      Supplier<List<String>> warnings,
      Lists lists) {
    List<PoolView> sorted = new ArrayList<>(pools);
    sorted.sort(BY_JOB);
    List<PoolView> shown = new ArrayList<>(sorted);
    if (scrapePool != null && !scrapePool.isEmpty()) {
      shown.removeIf(pool -> !pool.job().equals(scrapePool));
    }
    DocumentPart start =
        json -> {
          json.writeStartObject();
          json.writeStringField("status", "success");
          json.writeObjectFieldStart("data");
          json.writeArrayFieldStart("activeTargets");
        };
    DocumentPart between =
        json -> {
          json.writeEndArray();
          json.writeArrayFieldStart("droppedTargets");
        };
    DocumentPart end =
        json -> {
          json.writeEndArray();
          writeCounts(json, state.showsDropped() ? sorted : null);
          json.writeEndObject();
          writeWarnings(json, warnings.get());
          json.writeEndObject();
        };
    return Iterators.concat(
        Iterators.singletonIterator(start),
        ofEach(state.showsActive() ? shown : List.of(), pool -> active(pool, lists)),
        Iterators.concat(
            Iterators.singletonIterator(between),
            ofEach(state.showsDropped() ? shown : List.of(), pool -> dropped(pool, lists)),
            Iterators.singletonIterator(end)));
  }

  private static Iterator<DocumentPart> ofEach(
      List<PoolView> pools, Function<PoolView, Iterator<DocumentPart>> parts) {
    return Iterators.concat(Iterators.transform(pools.iterator(), parts::apply));
  }

  private static Iterator<DocumentPart> active(PoolView pool, Lists lists) {
    return Iterators.transform(
        lists.active(pool).iterator(), target -> json -> write(json, pool.job(), target));
  }

  private static void write(JsonGenerator json, String job, Target target) throws IOException {
    String url = target.scrapeUrl();
    json.writeStartObject();
    JsonDocument.labels(json, "discoveredLabels", target.discoveredLabels());
    JsonDocument.labels(json, "labels", target.labels());
    JsonDocument.text(json, "scrapePool", job);
    JsonDocument.text(json, "scrapeUrl", url);
    JsonDocument.text(json, "globalUrl", url);
    json.writeStringField("lastError", "");
    json.writeStringField("lastScrape", "0001-01-01T00:00:00Z");
    json.writeNumberField("lastScrapeDuration", 0);
    json.writeStringField("health", "unknown");
    json.writeStringField("scrapeInterval", target.scrapeInterval());
    json.writeStringField("scrapeTimeout", target.scrapeTimeout());
    json.writeEndObject();
  }

  private static Iterator<DocumentPart> dropped(PoolView pool, Lists lists) {
    List<DiscoveredTarget> dropped = new ArrayList<>(lists.dropped(pool));
    dropped.sort(DiscoveredTarget.BY_LABELS);
    return Iterators.transform(
        dropped.iterator(),
        target ->
            json -> {
              json.writeStartObject();
              JsonDocument.labels(json, "discoveredLabels", target.discoveredLabels());
              JsonDocument.text(json, "scrapePool", pool.job());
              json.writeEndObject();
            });
  }

  private static void writeWarnings(JsonGenerator json, List<String> warnings) throws IOException {
    if (!warnings.isEmpty()) {
      json.writeArrayFieldStart("warnings");
      for (String warning : warnings) {
        json.writeString(Utf8Text.encodable(warning));
      }
      json.writeEndArray();
    }
  }

  private static void writeCounts(JsonGenerator json, @Nullable List<PoolView> pools)
      throws IOException {
    if (pools == null) {
      json.writeNullField("droppedTargetCounts");
      return;
    }
    json.writeObjectFieldStart("droppedTargetCounts");
    for (PoolView pool : pools) {
      json.writeNumberField(Utf8Text.encodable(pool.job()), pool.counts().dropped());
    }
    json.writeEndObject();
  }
}
