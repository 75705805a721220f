package io.promdisco.config;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All of a job's {@code static_configs}.
 *
 * @param groups in the order of the file; the source of a group is its index. Two groups must not
 *     have the same source
 */
public record StaticSdConfig(List<TargetGroup> groups) implements SdConfig {
  /** Copies the list. */
  public StaticSdConfig {
    groups = List.copyOf(groups);
  }

  /** Returns one group with these targets, each as {@code host:port}, without labels. */
  public static StaticSdConfig of(String... targets) {
    List<Labels> labels =
        Arrays.stream(targets).map(target -> Labels.of(SdChecks.ADDRESS, target)).toList();
    return new StaticSdConfig(List.of(new TargetGroup("0", labels, Labels.EMPTY)));
  }

  @Override
  public String mechanism() {
    return "static";
  }

  @Override
  public void check(FieldProblems problems) {
    check(false, problems);
  }

  /**
   * @param addresses whether to check addresses too, because no rule can change them
   */
  void check(boolean addresses, FieldProblems problems) {
    Set<String> sources = new HashSet<>();
    for (int i = 0; i < groups.size(); i++) {
      TargetGroup group = groups.get(i);
      FieldProblems own = problems.in("static_configs[" + i + "]");
      if (!sources.add(group.source())) {
        own.note(
            "", "source \"" + group.source() + "\" is used twice (expected: one for each group)");
      }
      checkNames("labels", group.labels(), own);
      for (int j = 0; j < group.targets().size(); j++) {
        Labels target = group.targets().get(j);
        String field = "targets[" + j + "]";
        checkNames(field, target, own);
        String wrong =
            addresses ? SdChecks.addressProblem(target.getOrEmpty(SdChecks.ADDRESS)) : null;
        if (wrong != null) {
          own.note(field, wrong);
        }
      }
    }
  }

  private static void checkNames(String field, Labels labels, FieldProblems problems) {
    for (int i = 0; i < labels.size(); i++) {
      String wrong = SdChecks.nameProblem(labels.name(i));
      if (wrong != null) {
        problems.note(field, wrong);
      }
    }
  }
}
