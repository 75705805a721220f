package io.promdisco.scrape;

import io.promdisco.Internal;
import io.promdisco.config.ConfiguredGroup;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.model.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks the targets that are written in a configuration, after the rules of their jobs.
 *
 * @hidden
 */
@Internal
public final class ConfiguredTargetChecks {
  private ConfiguredTargetChecks() {}

  /**
   * Reports targets that the rules keep and that cannot be scraped as errors, like {@code promtool
   * check config}. Does not check targets from Kubernetes, servers or DNS.
   *
   * @param file the name of the configuration file in problems
   * @return the problems from loading and those of the targets, in the order of the files
   */
  public static List<Problem> check(String file, ConfigLoader.LoadResult loaded) {
    List<Problem> problems = new ArrayList<>(loaded.problems());
    Map<String, TargetBuilder> builders = new HashMap<>();
    for (ConfiguredGroup group : loaded.groups()) {
      TargetBuilder builder =
          builders.computeIfAbsent(group.job().jobName(), any -> new TargetBuilder(group.job()));
      for (int i = 0; i < group.group().targets().size(); i++) {
        if (builder.build("check", group.group(), i) instanceof TargetOutcome.Failed failed) {
          problems.add(problem(file, group, i, failed));
        }
      }
    }
    problems.sort(Problem.order(file));
    return problems;
  }

  private static Problem problem(
      String file, ConfiguredGroup group, int index, TargetOutcome.Failed failed) {
    Position position =
        index < group.positions().size() ? group.positions().get(index) : new Position(file, 1, 1);
    return new Problem(
        Problem.Severity.ERROR,
        ProblemKind.BAD_TARGET,
        position,
        group.path() + ".targets[" + index + "]",
        "after the rules of job \""
            + group.job().jobName()
            + "\": "
            + failed.message()
            + " (expected: host:port, or a rule that drops it)");
  }
}
