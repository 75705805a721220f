package io.promdisco.server;

import com.google.common.primitives.Ints;
import io.javalin.http.HttpResponseException;
import io.promdisco.scrape.PoolView;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A search over targets, for people, of which a page is shown.
 *
 * @param words what must occur; none: every target fits
 * @param job the only job that is searched; empty: all
 * @param state which targets are searched
 * @param offset how many that fit are left out before the first that is shown
 * @param limit how many targets are shown at most; all that fit are counted
 */
record Search(Words words, String job, Listing.State state, int offset, int limit) {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1000;

  /** Reads the parameters, which are empty where they are missing. */
  static Search of(UnaryOperator<String> parameters) {
    String state = parameters.apply("state");
    Listing.State of = state.isEmpty() ? Listing.State.ACTIVE : Listing.State.of(state);
    if (of == null) {
      throw new HttpResponseException(
          400, "state: " + state + " (expected active, dropped, failed or any)");
    }
    return new Search(
        new Words(parameters.apply("q")),
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
      throw new HttpResponseException(
          400, name + ": " + text + " (expected " + min + " to " + max + ")");
    }
    return number;
  }

  /** Searches, and writes the page and how many fit. */
  void write(Listing listing, List<PoolView> pools, OutputStream out) throws IOException {
    List<Shown> shown = new ArrayList<>();
    int fitting = 0;
    for (PoolView pool : pools) {
      if (job.isEmpty() || pool.job().equals(job)) {
        fitting = add(listing.of(pool, state), fitting, shown);
      }
    }
    int total = fitting;
    Documents.success(
        out,
        json -> {
          json.writeNumberField("total", total);
          json.writeArrayFieldStart("targets");
          for (Shown target : shown) {
            json.writeStartObject();
            target.write(json);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /** Adds those of the page to {@code shown}; returns how many fit with these. */
  private int add(List<Shown> targets, int before, List<Shown> shown) {
    int fitting = before;
    if (words.isEmpty()) {
      int from = Math.max(0, Math.min(targets.size(), offset - fitting));
      int to = Math.min(targets.size(), from + limit - shown.size());
      shown.addAll(targets.subList(from, to));
      return fitting + targets.size();
    }
    for (Shown target : targets) {
      if (words.fit(target)) {
        if (fitting >= offset && shown.size() < limit) {
          shown.add(target);
        }
        fitting++;
      }
    }
    return fitting;
  }
}
