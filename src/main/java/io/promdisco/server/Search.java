package io.promdisco.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.common.base.Splitter;
import com.google.common.primitives.Ints;
import io.javalin.http.HttpResponseException;
import io.promdisco.model.Labels;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A search over active targets, for people. Each word must occur in the job's name, the scrape URL
 * or a {@code name=value} of the target's labels, in any case.
 *
 * @param words in lower case; none: every target fits
 * @param job the only job that is searched; empty: all
 * @param limit how many targets are shown; all that fit are counted
 */
record Search(List<String> words, String job, int limit) {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1000;

  /** Reads the parameters, empty where they are missing. */
  static Search of(String query, String job, String limit) {
    List<String> words =
        Splitter.on(' ')
            .trimResults()
            .omitEmptyStrings()
            .splitToList(query.toLowerCase(Locale.ROOT));
    return new Search(words, job, limit.isEmpty() ? DEFAULT_LIMIT : number(limit));
  }

  private static int number(String limit) {
    Integer number = Ints.tryParse(limit);
    if (number == null || number < 1 || number > MAX_LIMIT) {
      throw new HttpResponseException(
          400, "limit: " + limit + " (expected 1 to " + MAX_LIMIT + ")");
    }
    return number;
  }

  /** Searches, and writes the first that fit and how many do. */
  void write(List<PoolView> pools, OutputStream out) throws IOException {
    List<Target> shown = new ArrayList<>();
    int fitting = 0;
    for (PoolView pool : pools) {
      if (job.isEmpty() || pool.job().equals(job)) {
        for (Target target : pool.activeTargets()) {
          if (fits(target)) {
            fitting++;
            if (shown.size() < limit) {
              shown.add(target);
            }
          }
        }
      }
    }
    int total = fitting;
    Documents.success(out, json -> write(json, shown, total));
  }

  private static void write(JsonGenerator json, List<Target> shown, int total) throws IOException {
    json.writeNumberField("total", total);
    json.writeArrayFieldStart("targets");
    for (Target target : shown) {
      json.writeStartObject();
      json.writeStringField("scrapePool", target.job());
      json.writeStringField("scrapeUrl", target.scrapeUrl());
      Documents.labels(json, "labels", target.labels());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private boolean fits(Target target) {
    for (String word : words) {
      if (!occurs(word, target)) {
        return false;
      }
    }
    return true;
  }

  private static boolean occurs(String word, Target target) {
    if (contains(target.job(), word) || contains(target.scrapeUrl(), word)) {
      return true;
    }
    Labels labels = target.labels();
    for (int i = 0; i < labels.size(); i++) {
      if (contains(labels.name(i) + "=" + labels.value(i), word)) {
        return true;
      }
    }
    return false;
  }

  private static boolean contains(String text, String word) {
    return text.toLowerCase(Locale.ROOT).contains(word);
  }
}
