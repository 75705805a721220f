package io.promdisco.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.common.collect.Iterators;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.scrape.DocumentPart;
import io.promdisco.scrape.TargetChange;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The number of targets of each job at the end of each minute of the last hour, and how many were
 * added, changed and removed in that minute. Needs less than 1.5 kB for each job. Safe for all
 * threads.
 */
final class Timeline {
  private static final int MINUTES = 60;

  private final Ticker ticker;
  private final long firstMinute;

  @GuardedBy("this")
  private final Map<String, Series> series = new HashMap<>();

  @GuardedBy("this")
  private long minute;

  Timeline(Ticker ticker) {
    this.ticker = ticker;
    minute = ticker.now().getEpochSecond() / 60;
    firstMinute = minute;
  }

  /** The minutes of one job, in ring buffers. */
  private static final class Series {
    private int active;
    private final int[] actives = new int[MINUTES];
    private final int[] added = new int[MINUTES];
    private final int[] changed = new int[MINUTES];
    private final int[] removed = new int[MINUTES];

    /** Starts a minute. */
    void open(long minute) {
      int at = (int) (minute % MINUTES);
      actives[at] = active;
      added[at] = 0;
      changed[at] = 0;
      removed[at] = 0;
    }

    void count(long minute, TargetChange change) {
      int at = (int) (minute % MINUTES);
      active += change.added().size() - change.removed().size();
      actives[at] = active;
      added[at] += change.added().size();
      changed[at] += change.changed().size();
      removed[at] += change.removed().size();
    }
  }

  /** Counts a change. */
  synchronized void changed(TargetChange change) {
    advance();
    series.computeIfAbsent(change.job(), job -> new Series()).count(minute, change);
  }

  /** Starts the minutes that have begun since the last call; none if the clock was set back. */
  @GuardedBy("this")
  private void advance() {
    long now = ticker.now().getEpochSecond() / 60;
    for (minute = Math.max(minute, now - MINUTES); minute < now; ) {
      minute++;
      series.values().forEach(each -> each.open(minute));
    }
  }

  /**
   * Returns the document, and removes jobs that are no longer configured.
   *
   * @param jobs the configured jobs, in order
   */
  Iterator<DocumentPart> document(List<String> jobs) {
    Map<String, int[][]> copy = new HashMap<>();
    long last;
    synchronized (this) {
      advance();
      series.keySet().retainAll(Set.copyOf(jobs));
      last = minute;
      series.forEach((job, each) -> copy.put(job, copy(each)));
    }
    long first = Math.max(firstMinute, last - MINUTES + 1);
    DocumentPart start =
        json -> {
          json.writeStringField("start", Instant.ofEpochSecond(first * 60).toString());
          json.writeNumberField("bucketSeconds", 60);
        };
    return ApiDocuments.success(
        Iterators.concat(
            ApiDocuments.one(start),
            ApiDocuments.array(
                "jobs",
                jobs.iterator(),
                (json, job) -> {
                  json.writeStartObject();
                  json.writeStringField("job", job);
                  buckets(json, copy.getOrDefault(job, new int[4][MINUTES]), first, last);
                  json.writeEndObject();
                })));
  }

  private static int[][] copy(Series each) {
    return new int[][] {
      each.actives.clone(), each.added.clone(), each.changed.clone(), each.removed.clone()
    };
  }

  private static void buckets(JsonGenerator json, int[][] rings, long first, long last)
      throws IOException {
    json.writeArrayFieldStart("buckets");
    for (long n = first; n <= last; n++) {
      int at = (int) (n % MINUTES);
      json.writeStartObject();
      json.writeNumberField("active", rings[0][at]);
      json.writeNumberField("added", rings[1][at]);
      json.writeNumberField("changed", rings[2][at]);
      json.writeNumberField("removed", rings[3][at]);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
