package io.promdisco.scrape;

import io.promdisco.model.TargetGroup;
import io.promdisco.util.PrintableText;

/**
 * A target that the rules kept but that cannot be scraped.
 *
 * @param target the target as it was discovered
 * @param message the target and the reason, as Prometheus logs it
 */
public record FailedTarget(DiscoveredTarget target, String message) {
  private static final int LONGEST = 4000;

  static String describe(TargetGroup group, int index, String problem) {
    return PrintableText.brief(
        "instance " + index + " in group " + group.source() + ": " + problem, LONGEST);
  }
}
