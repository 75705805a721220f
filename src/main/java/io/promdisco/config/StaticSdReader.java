package io.promdisco.config;

import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import io.promdisco.model.TargetGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads {@code static_configs}. */
final class StaticSdReader implements SdConfigReader {
  @Override
  public String key() {
    return "static_configs";
  }

  @Override
  public Result read(Section job, Paths paths) {
    List<TargetGroup> groups = new ArrayList<>();
    List<Map<String, Object>> shown = new ArrayList<>();
    for (Section.Item item : job.sections(key())) {
      Section group = item.section();
      if (group == null) {
        job.problems().error(item.node(), item.path(), "empty or null section in " + key());
        continue;
      }
      List<String> targets = HttpClientReader.orEmpty(group.strings("targets"));
      Map<String, String> labels = group.stringMap("labels");
      for (String name : labels.keySet()) {
        if (!NameValidation.UTF8.isValidLabelName(name)) {
          group.error("labels", "\"" + name + "\" is not a valid label name");
        }
      }
      group.finish();
      groups.add(
          new TargetGroup(
              Integer.toString(groups.size()),
              targets.stream().map(target -> Labels.of("__address__", target)).toList(),
              Labels.of(labels)));
      shown.add(new Shown().always("targets", targets).unlessZero("labels", labels).map());
    }
    List<SdConfig> configs = groups.isEmpty() ? List.of() : List.of(new StaticSdConfig(groups));
    return new Result(configs, shown);
  }

  /** Without rules nothing can mend an address, so a bad one is refused at once. */
  static void checkAddresses(Section job, List<SdConfig> configs) {
    for (SdConfig config : configs) {
      if (config instanceof StaticSdConfig fixed) {
        for (TargetGroup group : fixed.groups()) {
          for (Labels target : group.targets()) {
            String address = target.getOrEmpty("__address__");
            if (address.indexOf('/') >= 0) {
              job.error(
                  "static_configs",
                  "\"" + address + "\" is not a valid hostname (expected: host:port)");
            }
          }
        }
      }
    }
  }
}
