package io.promdisco.server;

import com.google.common.collect.Iterators;
import com.google.common.primitives.Ints;
import io.promdisco.scrape.DocumentPart;
import io.promdisco.scrape.PoolView;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A search over targets whose result is shown in pages.
 *
 * @param terms the words that must occur; empty to match every target
 * @param job the job to search; empty for all jobs
 * @param state the state of the targets to search
 * @param offset the number of matches before the first one that is shown
 * @param limit the maximum number of targets to show; all matches are counted
 */
record TargetSearch(
    SearchTerms terms, String job, TargetSearchCache.State state, int offset, int limit) {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1000;

  /** Reads the parameters; a missing one is empty. */
  static TargetSearch of(UnaryOperator<String> parameters) {
    String state = parameters.apply("state");
    TargetSearchCache.State of =
        state.isEmpty() ? TargetSearchCache.State.ACTIVE : TargetSearchCache.State.of(state);
    if (of == null) {
      throw new RequestException(
          400, "state: " + state + " (expected active, dropped, failed or any)");
    }
    return new TargetSearch(
        SearchTerms.of(parameters.apply("q")),
        parameters.apply("scrapePool"),
        of,
        number(parameters, "offset", 0, 0, Integer.MAX_VALUE),
        number(parameters, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT));
  }

  private static int number(
      UnaryOperator<String> parameters, String name, int missing, int min, int max) {
    String text = parameters.apply(name);
    if (text.isEmpty()) {
      return missing;
    }
    Integer number = Ints.tryParse(text);
    if (number == null || number < min || number > max) {
      throw new RequestException(
          400, name + ": " + text + " (expected " + min + " to " + max + ")");
    }
    return number;
  }

  /** Searches, and returns the page and the number of matches. */
  Iterator<DocumentPart> document(TargetSearchCache listing, List<PoolView> pools) {
    List<SearchedTarget> shown = new ArrayList<>();
    int fitting = 0;
    boolean newer = false;
    for (PoolView pool : pools) {
      if (job.isEmpty() || pool.job().equals(job)) {
        TargetSearchCache.Result result = listing.of(pool, state, terms);
        newer |= result.pending();
        for (List<SearchedTarget> part : result.lists()) {
          int from = Math.max(0, Math.min(part.size(), offset - fitting));
          int to = Math.min(part.size(), from + limit - shown.size());
          shown.addAll(part.subList(from, to));
          fitting += part.size();
        }
      }
    }
    int total = fitting;
    boolean pending = newer;
    DocumentPart counts =
        json -> {
          json.writeNumberField("total", total);
          json.writeBooleanField("pending", pending);
        };
    return ApiDocuments.success(
        Iterators.concat(
            ApiDocuments.one(counts),
            ApiDocuments.array(
                "targets",
                shown.iterator(),
                (json, target) -> {
                  json.writeStartObject();
                  target.write(json);
                  json.writeEndObject();
                })));
  }
}
