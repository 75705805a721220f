package io.promdisco.config.yaml;

import io.promdisco.Internal;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.model.Position;
import io.promdisco.model.TargetGroup;
import io.promdisco.util.Nouns;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Collects the problems of one file and of the files that it names.
 *
 * @hidden
 */
@Internal
public final class ProblemCollector {
  /** The maximum number of problems; a file can have one in every value. */
  private static final int MOST = 10_000;

  private final String file;
  private final @Nullable ProblemCollector parent;
  private final List<Problem> found;

  /** The number of problems that were not kept. */
  private final AtomicInteger omitted;

  private final AliasLimit aliases = new AliasLimit();
  private final List<DeferredCheck> checks;
  private final List<Runnable> checksOfAccepted;
  private final List<Section> leftOut;
  private final List<ConfiguredTargets> groups;
  private final Map<Node, Hint> hints;
  private boolean errors;
  private boolean targetFiles = true;

  /**
   * A hint about a value.
   *
   * @param warning null if the hint is shown only with an error
   * @param said whether it was shown with an error
   */
  private record Hint(String text, @Nullable Problem warning, AtomicBoolean said) {}

  /** A check of other files that a section names. */
  private record DeferredCheck(Section section, Runnable run) {}

  /** A group of targets that is written in the file, for the source in a section. */
  private record ConfiguredTargets(
      Section source, String path, TargetGroup group, List<Position> positions) {
    boolean isOf(Section job) {
      return source.problems().file.equals(job.problems().file)
          && source.path().startsWith(job.path() + ".");
    }
  }

  public ProblemCollector(String file) {
    this(file, null);
  }

  private ProblemCollector(String file, @Nullable ProblemCollector parent) {
    this.file = file;
    this.parent = parent;
    found = parent == null ? new ArrayList<>() : parent.found;
    omitted = parent == null ? new AtomicInteger() : parent.omitted;
    checks = parent == null ? new ArrayList<>() : parent.checks;
    checksOfAccepted = parent == null ? new ArrayList<>() : parent.checksOfAccepted;
    leftOut = parent == null ? new ArrayList<>() : parent.leftOut;
    groups = parent == null ? new ArrayList<>() : parent.groups;
    hints = parent == null ? new IdentityHashMap<>() : parent.hints;
  }

  /**
   * Returns a collector for a file that this one names. Its problems belong to this collector too.
   */
  public ProblemCollector ofNamed(String file) {
    return new ProblemCollector(file, this);
  }

  public String file() {
    return file;
  }

  /** Counts a list or mapping that is about to be read. */
  public void reads(Node container, int size) {
    aliases.reads(container, size);
  }

  /**
   * Adds a hint to errors about a node.
   *
   * @param always whether the hint becomes a warning if there is no error; otherwise it is shown
   *     only if the node has the wrong type or is an unknown key
   */
  void hint(Node node, String path, String text, boolean always) {
    Problem warning =
        always
            ? new Problem(
                Problem.Severity.WARNING,
                ProblemKind.QUESTIONABLE,
                position(node.getStartMark()),
                path,
                text)
            : null;
    hints.put(node, new Hint(text, warning, new AtomicBoolean()));
  }

  /** Whether there is a hint for errors about a node. */
  boolean hasHint(Node node) {
    return hints.containsKey(node);
  }

  public void error(Node node, String path, String message) {
    error(node, ProblemKind.INVALID_VALUE, path, message);
  }

  public void error(Node node, ProblemKind kind, String path, String message) {
    Hint hint = hints.get(node);
    boolean fits =
        hint != null
            && (hint.warning != null
                || kind == ProblemKind.WRONG_TYPE
                || kind == ProblemKind.UNKNOWN_KEY);
    if (hint != null && fits) {
      hint.said.set(true);
    }
    error(
        position(node.getStartMark()),
        kind,
        path,
        hint != null && fits ? message + "; " + hint.text : message);
  }

  public void error(Position position, ProblemKind kind, String path, String message) {
    noteError();
    add(new Problem(Problem.Severity.ERROR, kind, position, path, message));
  }

  /** Reports an error in the file as a whole. */
  public void error(ProblemKind kind, String message) {
    error(new Position(file, 1, 1), kind, "", message);
  }

  private void add(Problem problem) {
    if (found.size() < MOST) {
      found.add(problem);
    } else {
      omitted.incrementAndGet();
    }
  }

  public void warning(Node node, ProblemKind kind, String path, String message) {
    Position position = position(node.getStartMark());
    add(new Problem(Problem.Severity.WARNING, kind, position, path, message));
  }

  private void noteError() {
    errors = true;
    if (parent != null) {
      parent.noteError();
    }
  }

  /**
   * Records targets that are written in the file.
   *
   * @param source the section of the source, or of a group in it
   * @param path the path of the group in its file
   */
  public void spelt(Section source, String path, TargetGroup group, List<Position> positions) {
    groups.add(new ConfiguredTargets(source, path, group, positions));
  }

  /**
   * Receives targets that are written in a file, with the path of their group and their places.
   *
   * @hidden
   */
  public interface GroupSink {
    void accept(String path, TargetGroup group, List<Position> positions);
  }

  /** Passes the groups of targets that are written for the sources in a section to {@code sink}. */
  public void forEachGroupIn(Section section, GroupSink sink) {
    for (ConfiguredTargets spelt : groups) {
      if (spelt.isOf(section)) {
        sink.accept(spelt.path, spelt.group, spelt.positions);
      }
    }
  }

  /** Defers the check of files that a section names until the section is known to be used. */
  public void onceRead(Section section, Runnable check) {
    checks.add(new DeferredCheck(section, check));
  }

  /**
   * Defers a check whose errors do not reject the file. It runs after the checks of other files, or
   * instead of them if no file is accessed.
   */
  public void onceAccepted(Runnable check) {
    checksOfAccepted.add(check);
  }

  /** Runs the checks whose errors do not reject the file. */
  public void checkAccepted() {
    List.copyOf(checksOfAccepted).forEach(Runnable::run);
  }

  /** Turns off reading the files that {@code file_sd_configs} name. */
  public void leaveTargetFiles() {
    targetFiles = false;
  }

  /** Whether to read the files that {@code file_sd_configs} name. */
  public boolean readsTargetFiles() {
    return parent == null ? targetFiles : parent.readsTargetFiles();
  }

  /** Runs the deferred checks. */
  public void check() {
    for (DeferredCheck check : List.copyOf(checks)) {
      if (!isLeftOut(check.section.problems().file, check.section.path())) {
        check.run.run();
      }
    }
  }

  /** Discards the problems of a section, including later ones. */
  public void leaveOut(Section section) {
    leftOut.add(section);
  }

  private boolean isLeftOut(String inFile, String path) {
    return leftOut.stream().anyMatch(section -> isIn(section, inFile, path));
  }

  private boolean isLeftOut(Problem problem) {
    return isLeftOut(problem.position().file(), problem.path());
  }

  /** Whether there may be an error in a section. */
  public boolean hasErrorsIn(Section section) {
    return areErrorsOmitted()
        || found.stream()
            .anyMatch(
                problem ->
                    isError(problem) && isIn(section, problem.position().file(), problem.path()));
  }

  private static boolean isIn(Section section, String inFile, String path) {
    return section.problems().file.equals(inFile)
        && (path.equals(section.path()) || path.startsWith(section.path() + "."));
  }

  /** Whether there is an error outside of the sections that are left out. */
  public boolean refuse() {
    return areErrorsOmitted()
        || found.stream().anyMatch(problem -> isError(problem) && !isLeftOut(problem));
  }

  private boolean areErrorsOmitted() {
    return errors && omitted.get() > 0;
  }

  private static boolean isError(Problem problem) {
    return problem.severity() == Problem.Severity.ERROR;
  }

  /** Returns one warning instead of all errors in sections that are left out. */
  private Optional<Problem> summaryOfLeftOut() {
    List<Problem> errors =
        found.stream()
            .filter(problem -> isError(problem) && isLeftOut(problem))
            .sorted(Problem.order(file))
            .toList();
    if (errors.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            Problem.Severity.WARNING,
            ProblemKind.INVALID_VALUE,
            errors.get(0).position(),
            "",
            Nouns.count(errors.size(), "error") + " in jobs that are left out"));
  }

  public Position position(@Nullable Mark mark) {
    return mark == null
        ? new Position(file, 1, 1)
        : new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  /** Whether there is an error in this file, or in one that it names. */
  public boolean hasErrors() {
    return errors;
  }

  /**
   * Returns the problems in the order of the file. A problem that merges repeat at several keys
   * appears once.
   */
  public List<Problem> sorted() {
    Set<List<Object>> seen = new HashSet<>();
    List<Problem> sorted = new ArrayList<>();
    List<Problem> all = new ArrayList<>(found);
    for (Hint hint : hints.values()) {
      if (hint.warning != null && !hint.said.get()) {
        all.add(hint.warning);
      }
    }
    for (Problem problem : all) {
      if (!isLeftOut(problem)
          && seen.add(List.of(problem.severity(), problem.position(), problem.message()))) {
        sorted.add(problem);
      }
    }
    summaryOfLeftOut().ifPresent(sorted::add);
    sorted.sort(Problem.order(file));
    if (omitted.get() > 0) {
      sorted.add(
          new Problem(
              errors ? Problem.Severity.ERROR : Problem.Severity.WARNING,
              new Position(file, 1, 1),
              "",
              Nouns.count(omitted.get(), "more problem")));
    }
    return sorted;
  }
}
