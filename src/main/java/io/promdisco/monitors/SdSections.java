package io.promdisco.monitors;

import io.promdisco.model.NameValidation;
import io.promdisco.util.GoFormatting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checks and writes the lists of sources of a ScrapeConfig, those of {@code *SDConfigs}. */
final class SdSections {
  private static final List<SdSection> ALL = SdKinds.all();

  private SdSections() {}

  /**
   * Checks the sources of a ScrapeConfig.
   *
   * @throws InvalidMonitorException for the first wrong one, with its index
   */
  static void check(SpecNode spec, HttpChecks http) throws InvalidMonitorException {
    InvalidMonitorException.withinEach(
        "staticConfigs: ", spec.items("staticConfigs"), SdSections::checkLabels);
    for (SdSection kind : ALL) {
      kind.check(spec, http);
    }
  }

  /** Checks the labels of static targets. */
  static void checkLabels(SpecNode group) throws InvalidMonitorException {
    for (String name : group.textMap("labels").keySet()) {
      if (!NameValidation.UTF8.isValidLabelName(name)) {
        throw new InvalidMonitorException("invalid label " + GoFormatting.quote(name));
      }
    }
  }

  /** Writes the sources of a ScrapeConfig. */
  static void write(JobTree job, SpecNode spec, HttpTrees http) throws InvalidMonitorException {
    List<JobTree> groups = new ArrayList<>();
    for (SpecNode group : spec.items("staticConfigs")) {
      Map<String, String> labels = group.textMap("labels");
      groups.add(JobTree.of("targets", group.texts("targets"), "labels", labels));
    }
    job.putItems("static_configs", groups);
    for (SdSection kind : ALL) {
      List<JobTree> sources = kind.write(spec, http);
      job.putItems(kind.key(), sources);
    }
  }
}
