package io.promdisco.monitors;

import io.promdisco.util.GoFormatting;
import java.util.Map;

/**
 * What is known while jobs are made.
 *
 * @param interval the global one
 * @param classes by name
 * @param defaultClass {@link ScrapeClass#NONE} if there is none
 */
record Generation(
    String interval,
    Map<String, ScrapeClass> classes,
    ScrapeClass defaultClass,
    References references) {
  /**
   * Checks that the class which a resource names exists.
   *
   * @throws InvalidMonitorException if it does not
   */
  void checkClass(SpecNode spec) throws InvalidMonitorException {
    String name = spec.textOrEmpty("scrapeClass");
    if (!name.isEmpty() && !classes.containsKey(name)) {
      throw new InvalidMonitorException(
          "scrapeClass " + GoFormatting.quote(name) + " not found in Prometheus scrapeClasses");
    }
  }

  /** Returns the class of a resource. */
  ScrapeClass scrapeClass(SpecNode spec) throws InvalidMonitorException {
    String name = spec.text("scrapeClass");
    ScrapeClass named = name == null ? null : classes.get(name);
    return named == null ? defaultClass : named;
  }

  HttpChecks checks(MonitorObject object) {
    return new HttpChecks(object.namespace(), references);
  }

  HttpTrees trees(MonitorObject object) {
    return new HttpTrees(object.namespace(), references);
  }
}
