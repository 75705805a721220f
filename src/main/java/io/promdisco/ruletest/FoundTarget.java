package io.promdisco.ruletest;

import io.promdisco.model.Labels;
import io.promdisco.scrape.DiscoveredTarget;
import io.promdisco.scrape.FailedTarget;
import io.promdisco.scrape.Target;
import java.util.Map;

/**
 * A target that was discovered, and what became of it.
 *
 * @param state what became of it
 * @param discovered labels before relabelling, the job's defaults among them
 * @param labels labels after relabelling; none unless active
 * @param url where it is scraped; empty unless active
 * @param message why it cannot be scraped; empty unless failed
 */
record FoundTarget(State state, Labels discovered, Labels labels, String url, String message) {
  /** What became of a target. */
  enum State {
    ACTIVE,
    DROPPED,
    FAILED
  }

  static FoundTarget active(Target target) {
    return new FoundTarget(
        State.ACTIVE, target.discoveredLabels(), target.labels(), target.scrapeUrl(), "");
  }

  static FoundTarget dropped(DiscoveredTarget target) {
    return new FoundTarget(State.DROPPED, target.discoveredLabels(), Labels.EMPTY, "", "");
  }

  static FoundTarget failed(FailedTarget target) {
    return new FoundTarget(
        State.FAILED, target.target().discoveredLabels(), Labels.EMPTY, "", target.message());
  }

  /** Whether the labels before relabelling are among others these; an empty value: not set. */
  boolean has(Map<String, String> wanted) {
    return wanted.entrySet().stream()
        .allMatch(label -> label.getValue().equals(discovered.getOrEmpty(label.getKey())));
  }

  /** Which target this is, for people. */
  String name() {
    return state == State.ACTIVE ? url : "\"" + discovered.getOrEmpty("__address__") + "\"";
  }
}
