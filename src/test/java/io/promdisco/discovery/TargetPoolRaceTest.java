package io.promdisco.discovery;

import io.promdisco.model.TargetGroup;
import io.promdisco.testing.Race;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Concurrent operations on a pool have the same result as some sequential order. */
@Param(name = "source", gen = IntGen.class, conf = "1:3")
@Param(name = "port", gen = IntGen.class, conf = "1:5")
public class TargetPoolRaceTest {
  private static final String PROVIDER = "p/0";

  private final TargetPool pool = new TargetPool();

  public TargetPoolRaceTest() {
    pool.configure(1, Map.of("job", List.of(PROVIDER)), Set.of());
  }

  @Operation
  public boolean put(@Param(name = "source") int source, @Param(name = "port") int port) {
    return pool.update(PROVIDER, List.of(GroupFixtures.group("s" + source, "h:" + port)));
  }

  @Operation
  public boolean remove(@Param(name = "source") int source) {
    return pool.update(PROVIDER, List.of(GroupFixtures.gone("s" + source)));
  }

  @Operation
  public int targets() {
    return pool.targets(PROVIDER);
  }

  /** One thread sends. */
  @Operation(nonParallelGroup = "sender")
  public String drain() {
    return pool.drain().updates().stream()
        .flatMap(update -> update.changes().values().stream())
        .flatMap(List::stream)
        .map(TargetGroup::toString)
        .sorted()
        .toList()
        .toString();
  }

  /** What a reader sees, in the order of the sources. */
  @Operation
  public String look() {
    Map<String, String> seen = new TreeMap<>();
    pool.read("job")
        .groups()
        .values()
        .forEach(groups -> groups.forEach(g -> seen.put(g.source(), g.toString())));
    return seen.toString();
  }

  @Test
  void operationsAreAsIfOneAfterTheOther() {
    Race.run(getClass(), 1_000);
  }
}
