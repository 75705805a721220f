package io.promdisco.ruletest;

import io.promdisco.model.Labels;
import io.promdisco.scrape.DiscoveredTarget;
import io.promdisco.scrape.FailedTarget;
import io.promdisco.scrape.Target;
import java.util.Map;

/**
 * A discovered target and its outcome.
 *
 * @param state the outcome
 * @param discovered labels before relabelling, including the job's defaults
 * @param labels labels after relabelling; empty unless active
 * @param url the scrape URL; empty unless active
 * @param message why it cannot be scraped; empty unless failed
 */
record FoundTarget(State state, Labels discovered, Labels labels, String url, String message) {
  /** The outcome of a target. */
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

  /**
   * Whether the labels before relabelling include these; an empty value means that the label must
   * not exist.
   */
  boolean has(Map<String, String> wanted) {
    return wanted.entrySet().stream()
        .allMatch(label -> label.getValue().equals(discovered.getOrEmpty(label.getKey())));
  }

  /** Returns the name of the target for people. */
  String name() {
    return state == State.ACTIVE ? url : "\"" + discovered.getOrEmpty("__address__") + "\"";
  }
}
