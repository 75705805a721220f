package io.promdisco.allocation;

import io.promdisco.allocation.Allocation.Strategy;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Prints how evenly targets are shared, and how many move to a collector that joins. */
public final class AllocationFigures {
  private static final int MEAN = 1_000;
  private static final PrintStream OUT = System.out;

  private AllocationFigures() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    OUT.printf("%10s %8s %8s %8s %8s %8s%n", "collectors", "targets", "fullest", "emptiest", "moved", "ideal");
    for (int count : new int[] {2, 5, 10, 20, 50, 100, 200, 1000}) {
      List<TargetKey> keys = keys(count * MEAN);
      Allocation before = allocation(count);
      Allocation.Update joined = allocation(count + 1).after(before);
      Map<String, Integer> shares = new HashMap<>();
      int moved = 0;
      for (TargetKey key : keys) {
        String owner = String.valueOf(before.owner(key));
        shares.merge(owner, 1, Integer::sum);
        moved += owner.equals(joined.owner(key, owner)) ? 0 : 1;
      }
      List<Integer> sizes = new ArrayList<>(shares.values());
      sizes.sort(null);
      OUT.printf(
          "%10d %8d %8.3f %8.3f %6.2f %% %6.2f %%%n",
          count,
          keys.size(),
          sizes.get(sizes.size() - 1) / (double) MEAN,
          sizes.get(0) / (double) MEAN,
          100.0 * moved / keys.size(),
          100.0 / (count + 1));
    }
  }

  private static Allocation allocation(int count) {
    return new Allocation(
        Strategy.CONSISTENT_HASHING,
        IntStream.range(0, count).mapToObj(i -> new Collector("collector-" + i, "")).toList());
  }

  private static List<TargetKey> keys(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255) + ":9090")
        .map(address -> new TargetKey(TargetKey.hash(address), false, ""))
        .toList();
  }
}
