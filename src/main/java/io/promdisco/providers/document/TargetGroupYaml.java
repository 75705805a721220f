package io.promdisco.providers.document;

import io.promdisco.config.ConfigException;
import io.promdisco.config.Problem;
import io.promdisco.config.section.TargetGroupsReader;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.util.SourceMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a YAML list of target groups, as Prometheus does: only the first document, scalars of any
 * type as they are spelled, and merge keys. A repeated field and an unknown field are errors, and
 * then the whole document is rejected.
 */
public final class TargetGroupYaml {
  private TargetGroupYaml() {}

  /** Reads a document of at most 32 MiB, without a memory limit. */
  public static List<TargetGroup> parse(byte[] document, DocumentOrigin origin) throws IOException {
    return parse(document, origin, SourceMemory.unlimited());
  }

  /**
   * Reads a document of at most 32 MiB.
   *
   * @param memory counts the memory of the groups
   * @return its groups in order; empty for {@code null} and for an empty document
   * @throws IOException if it is not such a list; the message begins with line and column, from 1,
   *     for example {@code 3:17: [0].labels: cannot unmarshal …}, and contains the first problem
   *     and the number of further ones
   */
  public static List<TargetGroup> parse(byte[] document, DocumentOrigin origin, SourceMemory memory)
      throws IOException {
    List<TargetGroupsReader.Group> read;
    try {
      read = TargetGroupsReader.read(origin.name(), document);
    } catch (ConfigException e) {
      throw new IOException(message(e.problems()), e);
    }
    List<TargetGroup> groups = new ArrayList<>(read.size());
    for (TargetGroupsReader.Group group : read) {
      Labels labels = Labels.of(group.labels());
      count(group.targets(), labels, memory);
      groups.add(origin.group(groups.size(), group.targets(), labels));
    }
    return groups;
  }

  private static void count(List<String> targets, Labels labels, SourceMemory memory)
      throws IOException {
    memory.take(SourceMemory.GROUP + SourceMemory.sharedLabels(labels, targets.size()));
    for (String target : targets) {
      memory.take(SourceMemory.TARGET + target.length());
    }
    for (int i = 0; i < labels.size(); i++) {
      memory.take((long) SourceMemory.LABEL + labels.name(i).length() + labels.value(i).length());
    }
  }

  private static String message(List<Problem> problems) {
    List<Problem> errors =
        problems.stream().filter(p -> p.severity() == Problem.Severity.ERROR).toList();
    Problem first = errors.get(0);
    String path = first.path().isEmpty() ? "" : first.path() + ": ";
    String more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
    return first.position().line()
        + ":"
        + first.position().column()
        + ": "
        + path
        + first.message()
        + more;
  }
}
