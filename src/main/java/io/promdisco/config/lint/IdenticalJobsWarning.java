package io.promdisco.config.lint;

import io.promdisco.config.ProblemKind;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.config.section.LocatedJob;
import io.promdisco.relabel.RelabelRule;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds jobs that scrape the same targets with the same settings as an earlier job. */
final class IdenticalJobsWarning {
  private static final String JOB_NAME = "job_name";
  private static final String JOB = "job";

  private IdenticalJobsWarning() {}

  /** Everything that determines the targets of a job and how they are scraped, except its name. */
  private record Meaning(
      List<SdConfig> sources, List<RelabelRule> rules, Map<String, Object> settings) {}

  static void report(List<LocatedJob> jobs) {
    Map<Meaning, String> first = new HashMap<>();
    for (LocatedJob job : jobs) {
      ScrapeConfig config = job.config();
      if (config.sdConfigs().isEmpty()
          || config.relabelRules().stream().anyMatch(IdenticalJobsWarning::readsJobName)) {
        continue;
      }
      Map<String, Object> settings = new LinkedHashMap<>(config.effective());
      settings.remove(JOB_NAME);
      String other =
          first.putIfAbsent(
              new Meaning(config.sdConfigs(), config.relabelRules(), settings), config.jobName());
      if (other != null) {
        job.section()
            .warn(
                JOB_NAME,
                ProblemKind.IDENTICAL_JOBS,
                "scrapes the same targets with the same settings as job \"" + other + "\"");
      }
    }
  }

  /** Whether a rule reads the job's name. Then equal rules may select other targets in each job. */
  private static boolean readsJobName(RelabelRule rule) {
    return switch (rule.action()) {
      case KEEPEQUAL, DROPEQUAL ->
          rule.sourceLabels().contains(JOB) || rule.targetLabel().equals(JOB);
      case LABELMAP -> rule.matches(JOB);
      case LABELDROP, LABELKEEP -> false;
      default -> rule.sourceLabels().contains(JOB);
    };
  }
}
