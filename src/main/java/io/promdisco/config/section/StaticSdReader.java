package io.promdisco.config.section;

import io.promdisco.Internal;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.SdChecks;
import io.promdisco.config.SdConfig;
import io.promdisco.config.StaticSdConfig;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code static_configs}.
 *
 * @hidden
 */
@Internal
public final class StaticSdReader implements SdConfigReader {
  private static final String ADDRESS = SdChecks.ADDRESS;

  private static final Setting<List<String>> TARGETS = Setting.texts("targets").always();
  private static final Setting<Map<String, String>> LABELS = Setting.textMap("labels");
  static final SectionTable TABLE = SectionTable.of("static_configs", TARGETS, LABELS);

  @Override
  public String key() {
    return TABLE.name();
  }

  @Override
  public Result read(Section job, ConfigPaths paths) {
    List<TargetGroup> groups = new ArrayList<>();
    List<Map<String, Object>> shown = new ArrayList<>();
    // Without relabel rules, nothing can change a bad address, so it is an error.
    boolean checkAddresses = RelabelReader.count(job, "relabel_configs") == 0;
    for (Section group : job.sections(key())) {
      SettingValues given = TABLE.read(group, paths);
      List<String> targets = given.get(TARGETS);
      Map<String, String> labels = given.get(LABELS);
      checkLabels(group, labels.keySet());
      Map<String, String> named = new LinkedHashMap<>(labels);
      named.remove("");
      if (!group.hasValue("targets")) {
        group.warn("no targets, so the group has no effect (expected: targets)");
      }
      for (int i = 0; i < targets.size() && checkAddresses; i++) {
        String wrong = SdChecks.addressProblem(targets.get(i));
        if (wrong != null) {
          group.error("targets", i, ProblemKind.BAD_TARGET, wrong);
        }
      }
      TargetGroup read =
          new TargetGroup(
              Integer.toString(groups.size()),
              targets.stream().map(target -> Labels.of(ADDRESS, target)).toList(),
              Labels.of(named));
      groups.add(read);
      group.problems().spelt(group, group.path(), read, group.positions("targets"));
      shown.add(given.shown());
    }
    List<SdConfig> configs = groups.isEmpty() ? List.of() : List.of(new StaticSdConfig(groups));
    return new Result(configs, shown);
  }

  private static void checkLabels(Section group, Set<String> names) {
    for (String name : names) {
      String wrong = SdChecks.nameProblem(name);
      if (name.isEmpty() && group.hasNullName("labels")) {
        group.entryWarn(
            "labels",
            name,
            ProblemKind.NO_EFFECT,
            "no effect: a label without a name, which Prometheus accepts (expected: a name)");
      } else if (wrong != null) {
        group.entryError("labels", name, wrong);
      } else if (name.equals(ADDRESS)) {
        group.entryWarn(
            "labels",
            name,
            ProblemKind.NO_EFFECT,
            "no effect: every target has its own address (expected: targets)");
      }
    }
  }
}
