package io.promdisco.ruletest;

import io.promdisco.config.yaml.YamlRange;
import io.promdisco.model.Position;
import io.promdisco.model.TargetGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A test in a test file.
 *
 * @param name the description of the test
 * @param job the job whose targets are tested
 * @param groups the discovered groups, instead of those of the file; null for those of the file
 * @param exact whether other active targets are forbidden
 * @param expected active targets that must exist
 * @param dropped targets that must be dropped
 * @param position the place of the test
 * @param places the places of its parts
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
   * The places of the parts of a test; null if a part cannot be rewritten.
   *
   * @param job the key {@code job}
   * @param expected the key {@code expect}
   * @param dropped the key {@code dropped}
   */
  public record Places(
      @Nullable YamlRange job, @Nullable YamlRange expected, @Nullable YamlRange dropped) {}
}
