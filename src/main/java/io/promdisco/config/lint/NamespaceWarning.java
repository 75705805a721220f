package io.promdisco.config.lint;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.SdConfig;
import io.promdisco.config.section.LocatedJob;
import io.promdisco.config.yaml.Section;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelRule.Action;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Finds rules that keep a few namespaces although all are watched, if {@code namespaces.names}
 * would watch only those. Gives no warning if another job watches all namespaces, because jobs
 * share that watch.
 */
final class NamespaceWarning {
  private static final String NAMESPACE = "__meta_kubernetes_namespace";

  private NamespaceWarning() {}

  /** A watch of all namespaces, which jobs can share. */
  private record Watch(
      Optional<String> apiServer, Optional<String> kubeconfig, HttpClientConfig http, Role role) {}

  static void report(List<LocatedJob> jobs) {
    Map<Watch, Boolean> needed = new HashMap<>();
    for (LocatedJob job : jobs) {
      boolean chooses = choosing(job) >= 0;
      for (SdConfig config : job.config().sdConfigs()) {
        if (config instanceof KubernetesSdConfig kubernetes && watchesAll(kubernetes)) {
          needed.merge(watch(kubernetes), !chooses, Boolean::logicalOr);
        }
      }
    }
    for (LocatedJob job : jobs) {
      int rule = choosing(job);
      if (rule >= 0
          && job.config().sdConfigs().stream()
              .anyMatch(
                  config ->
                      config instanceof KubernetesSdConfig kubernetes
                          && watchesAll(kubernetes)
                          && Boolean.FALSE.equals(needed.get(watch(kubernetes))))) {
        warn(job.rules().get(rule), job.config().relabelRules().get(rule));
      }
    }
  }

  private static void warn(Section section, RelabelRule rule) {
    String names = String.join(", ", new TreeSet<>(rule.literals().orElse(List.of())));
    section.warn(
        "regex",
        ProblemKind.WATCHES_TOO_MUCH,
        "all namespaces are watched, but this rule keeps only some (expected: namespaces:"
            + " {names: ["
            + names
            + "]} in kubernetes_sd_configs instead of this rule)");
  }

  private static boolean watchesAll(KubernetesSdConfig config) {
    return config.role() != Role.NODE && config.namespaces().isEmpty() && !config.ownNamespace();
  }

  private static Watch watch(KubernetesSdConfig config) {
    return new Watch(config.apiServer(), config.kubeconfigFile(), config.http(), config.role());
  }

  /** Returns the index of the rule that keeps only a few namespaces, or -1. */
  private static int choosing(LocatedJob job) {
    List<RelabelRule> rules = job.config().relabelRules();
    for (int i = 0; i < rules.size(); i++) {
      RelabelRule rule = rules.get(i);
      if (rule.action() == Action.KEEP
          && rule.sourceLabels().equals(List.of(NAMESPACE))
          && rule.literals().filter(NamespaceWarning::areNames).isPresent()) {
        return i;
      }
      if (mayWriteNamespace(rule)) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean areNames(List<String> texts) {
    return !texts.isEmpty() && texts.stream().noneMatch(String::isEmpty);
  }

  private static boolean mayWriteNamespace(RelabelRule rule) {
    return rule.targetLabel().equals(NAMESPACE)
        || rule.targetLabel().indexOf('$') >= 0
        || (rule.action() == Action.LABELMAP && rule.replacement().startsWith("__"));
  }
}
