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
  /** How many are kept; files of other users can have one in every value. */
  private static final int MOST = 10_000;

  private final String file;
  private final @Nullable ProblemCollector parent;
  private final List<Problem> found;

  /** How many were not kept. */
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
   * What may be said about a value.
   *
   * @param warning null if it is only said with an error
   * @param said whether it has been said with an error
   */
  private record Hint(String text, @Nullable Problem warning, AtomicBoolean said) {}

  /** A check of other files that a section names. */
  private record DeferredCheck(Section section, Runnable run) {}

  /** A group of targets that is spelt out for the source in a section. */
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

  /** Those of a file that this one names: they count as this one's too. */
  public ProblemCollector ofNamed(String file) {
    return new ProblemCollector(file, this);
  }

  public String file() {
    return file;
  }

  /** Notes that a list or mapping is about to be read. */
  public void reads(Node container, int size) {
    aliases.reads(container, size);
  }

  /**
   * Notes what is to be said besides an error about a node.
   *
   * @param always whether it is a warning if there is no error; otherwise it is said only if the
   *     node is of the wrong type or an unknown key
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

  /** Whether an error about a node says more than the error. */
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

  /** Notes what is wrong with the file as a whole. */
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
   * Notes targets that are spelt out.
   *
   * @param source the section of a source of targets, or of a group in it
   * @param path where the group stands in its file
   */
  public void spelt(Section source, String path, TargetGroup group, List<Position> positions) {
    groups.add(new ConfiguredTargets(source, path, group, positions));
  }

  /**
   * Takes targets that are spelled out, with the path of their group and their places.
   *
   * @hidden
   */
  public interface GroupSink {
    void accept(String path, TargetGroup group, List<Position> positions);
  }

  /** Passes on the groups of targets that are spelled out for the sources in a section. */
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
   * Defers a check whose errors do not refuse the file. It comes after those of other files, or
   * instead of them if no file is looked at.
   */
  public void onceAccepted(Runnable check) {
    checksOfAccepted.add(check);
  }

  /** Runs the checks whose errors do not refuse the file. */
  public void checkAccepted() {
    List.copyOf(checksOfAccepted).forEach(Runnable::run);
  }

  /** Does not read the files that {@code file_sd_configs} name. */
  public void leaveTargetFiles() {
    targetFiles = false;
  }

  /** Whether to read the files that {@code file_sd_configs} name. */
  public boolean readsTargetFiles() {
    return parent == null ? targetFiles : parent.readsTargetFiles();
  }

  /** Does what was put off. */
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

  /** One warning instead of all errors in sections that are left out. */
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

  /** In the order of the file; what merges make appear at several keys, once. */
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
