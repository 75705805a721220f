package io.promdisco.scrape;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.model.Labels;
import io.promdisco.util.Nouns;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Limits the text that rules write into the labels of targets: of each job, and of all jobs
 * together. Rules that make every value long would fill the memory, however little was discovered.
 * Only targets with more than {@value #USUAL_CHARACTERS} characters of labels count, and of those
 * only text that was neither discovered nor is in the configuration. Safe for all threads.
 */
final class LabelMemory {
  static final int USUAL_CHARACTERS = 4096;

  private static final long LEAST = 8L << 20;
  private static final int JOBS = 4;

  private final long ofEach;
  private final long ofAll;

  /** Characters by job. */
  @GuardedBy("this")
  private final Map<String, Long> held = new HashMap<>();

  @GuardedBy("this")
  private long total;

  /** A sixteenth of the heap for a job, at least 8 MiB, and four times as much for all. */
  static LabelMemory standard() {
    return new LabelMemory(Math.max(LEAST, Runtime.getRuntime().maxMemory() / 16));
  }

  /**
   * Nothing is held.
   *
   * @param ofEach characters of one job
   */
  LabelMemory(long ofEach) {
    this.ofEach = ofEach;
    this.ofAll = JOBS * ofEach;
  }

  /** How many characters a job may hold now. */
  synchronized long room(String job) {
    return Math.min(ofEach, ofAll - total + held.getOrDefault(job, 0L));
  }

  /** Notes what a job holds. */
  synchronized void hold(String job, long characters) {
    Long before = characters == 0 ? held.remove(job) : held.put(job, characters);
    total += characters - (before == null ? 0 : before);
  }

  /** What is wrong with a target for which there is no room. */
  static String problem(long room) {
    return "the rules would write more than "
        + Nouns.count(room, "character")
        + " into the labels of this job's targets (expected: shorter labels, fewer targets or a"
        + " larger heap)";
  }

  /** The characters of a target that its rules have written. */
  static long written(Target target) {
    Labels labels = target.labels();
    Labels internal = target.internalLabels();
    if (characters(labels) + characters(internal) <= USUAL_CHARACTERS) {
      return 0;
    }
    Predicate<String> shared = target.sharedValues();
    return written(labels, shared) + written(internal, shared);
  }

  private static long characters(Labels labels) {
    long characters = 0;
    for (int i = 0; i < labels.size(); i++) {
      characters += labels.name(i).length() + labels.value(i).length();
    }
    return characters;
  }

  private static long written(Labels labels, Predicate<String> shared) {
    long written = 0;
    for (int i = 0; i < labels.size(); i++) {
      String value = labels.value(i);
      if (!shared.test(value)) {
        written += value.length();
      }
    }
    return written;
  }
}
