package io.promdisco.config.section;

import io.promdisco.Internal;
import io.promdisco.config.ConfigException;
import io.promdisco.config.yaml.AliasLimit;
import io.promdisco.config.yaml.ConfigScalars;
import io.promdisco.config.yaml.ProblemCollector;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.YamlFile;
import io.promdisco.model.NameValidation;
import io.promdisco.model.Position;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads a list of target groups in YAML, {@code [{targets: [host:port], labels: {name: value}}]},
 * as strictly as the configuration and with the same types of scalars.
 *
 * @hidden
 */
@Internal
public final class TargetGroupsReader {
  /**
   * A group as written in the file.
   *
   * @param targets addresses
   * @param labels common to all of them
   * @hidden
   */
  public record Group(List<String> targets, Map<String, String> labels) {
    /** Copies the list and the map. */
    public Group {
      targets = List.copyOf(targets);
      // Not Map.copyOf, which takes quadratic time for names with equal hashes.
      labels = Collections.unmodifiableMap(new HashMap<>(labels));
    }
  }

  private TargetGroupsReader() {}

  /**
   * Reads a document. An empty document and {@code null} are lists without groups.
   *
   * @param file the name of the file in problems
   * @throws ConfigException if the document is something else, with every problem
   */
  public static List<Group> read(String file, byte[] content) throws ConfigException {
    ProblemCollector problems = new ProblemCollector(file);
    List<Group> groups = new ArrayList<>();
    read(content, problems, (targets, labels, positions) -> groups.add(new Group(targets, labels)));
    if (problems.hasErrors()) {
      throw new ConfigException(problems.sorted());
    }
    return groups;
  }

  /**
   * Receives the groups of a document one by one.
   *
   * @hidden
   */
  interface Sink {
    /** Receives a group and the place of each target. */
    void add(List<String> targets, Map<String, String> labels, List<Position> positions);
  }

  static void read(byte[] content, ProblemCollector problems, Sink groups) {
    Optional<Node> document = YamlFile.parse(content, problems);
    if (document.isEmpty() || ConfigScalars.isNull(document.get())) {
      return;
    }
    if (!(document.get() instanceof SequenceNode list)) {
      problems.error(
          document.get(),
          "",
          "cannot unmarshal "
              + ConfigScalars.kind(document.get())
              + " (expected: a list of groups)");
      return;
    }
    try {
      problems.reads(list, list.getValue().size());
      for (int i = 0; i < list.getValue().size(); i++) {
        Node item = list.getValue().get(i);
        String path = "[" + i + "]";
        Section section = item instanceof MappingNode ? Section.of(item, path, problems) : null;
        if (ConfigScalars.isCheckedNull(item)) {
          groups.add(List.of(), Map.of(), List.of());
        } else if (section == null) {
          problems.error(item, path, "nil target group item found (expected: targets and labels)");
        } else {
          group(section, groups);
        }
      }
    } catch (AliasLimit.ExceededException e) {
      problems.error(e.node(), "", "document contains excessive aliasing");
    }
  }

  private static void group(Section section, Sink groups) {
    Group group = read(section);
    groups.add(group.targets(), group.labels(), section.positions("targets"));
  }

  /** Reads one group. Other keys of the section must have been read before. */
  public static Group read(Section section) {
    List<String> targets = section.texts("targets");
    Map<String, String> labels = section.stringMap("labels");
    for (String name : labels.keySet()) {
      boolean unchecked = name.isEmpty() && section.hasNullName("labels");
      if (!unchecked && !NameValidation.UTF8.isValidLabelName(name)) {
        section.error(
            "labels",
            "\"" + name + "\" is not a valid label name (expected: any text but an empty one)");
      }
    }
    section.finish();
    return new Group(targets, labels);
  }
}
