package io.promdisco.scrape;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.NameValidation;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelSpec;
import java.util.ArrayList;
import java.util.List;

/** Jobs for pods with the rules that most configurations have, for measurements. */
public final class UsualRules {
  private static final String META = "__meta_kubernetes_";

  private UsualRules() {}

  /** {@code jobs} jobs, each for its own namespace and with {@code rules} rules (at least five). */
  public static List<ScrapeConfig> jobs(int jobs, int rules) {
    List<ScrapeConfig> made = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      made.add(job("job-" + i, "ns-%03d".formatted(i), rules));
    }
    return made;
  }

  /** Rules that copy the pod's labels, namespace and name to the target. */
  static List<RelabelRule> labels() {
    RelabelSpec map =
        new RelabelSpec(null, null, META + "pod_label_(.+)", null, null, null, "labelmap", null);
    return List.of(
        JobFixtures.compile(map, NameValidation.UTF8),
        JobFixtures.copy(META + "namespace", "namespace"),
        JobFixtures.copy(META + "pod_name", "pod"));
  }

  private static ScrapeConfig job(String name, String namespace, int count) {
    List<RelabelRule> rules = new ArrayList<>();
    rules.add(JobFixtures.keep(META + "pod_annotation_prometheus_io_scrape", "true"));
    rules.addAll(labels());
    String[] sources = {"pod_node_name", "pod_container_name", "pod_phase", "pod_host_ip"};
    while (rules.size() < count - 1) {
      int number = rules.size();
      String source = META + sources[number % sources.length];
      switch (number % 3) {
        case 0 -> rules.add(JobFixtures.copy(source, "copy_" + number));
        case 1 -> rules.add(JobFixtures.set("set_" + number, "value"));
        default ->
            rules.add(
                JobFixtures.compile(
                    new RelabelSpec(
                        List.of(source), null, "(.+)-.*", null, "part_" + number, "$1", null, null),
                    NameValidation.UTF8));
      }
    }
    rules.add(JobFixtures.keep(META + "namespace", namespace));
    return JobFixtures.job(name, rules.toArray(new RelabelRule[0]));
  }
}
