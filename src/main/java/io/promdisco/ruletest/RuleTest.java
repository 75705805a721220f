package io.promdisco.ruletest;

import io.promdisco.config.yaml.YamlRange;
import io.promdisco.model.Position;
import io.promdisco.model.TargetGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One test of a file.
 *
 * @param name what it says
 * @param job the job whose targets it looks at
 * @param groups what is discovered, in the place of what the file gives; null: what the file gives
 * @param exact whether no other active target may be there
 * @param expected active targets that must be there
 * @param dropped targets that must be dropped
 * @param position where it begins
 * @param places where its parts are written
 */
public record RuleTest(
    String name,
    String job,
    @Nullable List<TargetGroup> groups,
    boolean exact,
    List<ExpectedTarget> expected,
    List<ExpectedDrop> dropped,
    Position position,
    Places places) {
  /** Copies the lists. */
  public RuleTest {
    groups = groups == null ? null : List.copyOf(groups);
    expected = List.copyOf(expected);
    dropped = List.copyOf(dropped);
  }

  /**
   * Where the parts of a test are written; null: nowhere that could be rewritten.
   *
   * @param job the key {@code job}
   * @param expected the key {@code expect}
   * @param dropped the key {@code dropped}
   */
  public record Places(
      @Nullable YamlRange job, @Nullable YamlRange expected, @Nullable YamlRange dropped) {}
}
