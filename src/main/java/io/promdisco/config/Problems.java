package io.promdisco.config;

import io.promdisco.model.Position;
import io.promdisco.model.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.Node;

/** Collects the problems of one file. */
final class Problems {
  private final String file;
  private final List<Problem> found = new ArrayList<>();
  private final AliasGuard aliases = new AliasGuard();
  private final List<Runnable> checks = new ArrayList<>();
  private boolean errors;

  Problems(String file) {
    this.file = file;
  }

  String file() {
    return file;
  }

  /** Notes that a list or mapping is about to be read. */
  void reads(Node container, int size) {
    aliases.reads(container, size);
  }

  void error(Node node, String path, String message) {
    error(position(node.getStartMark()), path, message);
  }

  void error(Position position, String path, String message) {
    errors = true;
    found.add(new Problem(Problem.Severity.ERROR, position, path, message));
  }

  void warning(Node node, String path, String message) {
    found.add(new Problem(Problem.Severity.WARNING, position(node.getStartMark()), path, message));
  }

  void addAll(Problems others) {
    errors |= others.errors;
    found.addAll(others.found);
    checks.addAll(others.checks);
  }

  /** Puts off a look at other files until it is clear that this one can be used. */
  void onceRead(Runnable check) {
    checks.add(check);
  }

  /** Does what was put off. */
  void check() {
    List.copyOf(checks).forEach(Runnable::run);
  }

  Position position(@Nullable Mark mark) {
    return mark == null
        ? new Position(file, 1, 1)
        : new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  boolean hasErrors() {
    return errors;
  }

  /** In the order of the file; what merges make appear at several keys, once. */
  List<Problem> sorted() {
    Set<List<Object>> seen = new HashSet<>();
    List<Problem> sorted = new ArrayList<>();
    for (Problem problem : found) {
      if (seen.add(List.of(problem.severity(), problem.position(), problem.message()))) {
        sorted.add(problem);
      }
    }
    sorted.sort(
        Comparator.comparing((Problem problem) -> !problem.position().file().equals(file))
            .thenComparing(problem -> problem.position().file())
            .thenComparingInt(problem -> problem.position().line())
            .thenComparingInt(problem -> problem.position().column()));
    return sorted;
  }

  /** {@code ; did you mean "pod"?} if one of the known names is near. */
  static String hint(String name, Collection<String> known) {
    List<String> nearest = Spelling.nearest(name, known, 1);
    return nearest.isEmpty() ? "" : "; did you mean \"" + nearest.get(0) + "\"?";
  }
}
