package io.promdisco.scrape;

import io.promdisco.model.TargetGroup;

/**
 * A target that the rules kept but that cannot be scraped.
 *
 * @param target as it was discovered
 * @param message which one and why, as Prometheus logs it
 */
public record FailedTarget(DiscoveredTarget target, String message) {
  static String describe(TargetGroup group, int index, String problem) {
    return "instance " + index + " in group " + group.source() + ": " + problem;
  }
}
