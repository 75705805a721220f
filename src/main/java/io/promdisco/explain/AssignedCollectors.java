package io.promdisco.explain;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Which collectors of a target allocator scrape a target, and why.
 *
 * @param names the owner first; empty: none scrapes it
 * @param reason one line
 */
public record AssignedCollectors(List<String> names, String reason) {
  /** Knows which collectors scrape which targets. */
  public interface Lookup {
    /** Without a target allocator. */
    Lookup NONE = (job, addresses) -> Map.of();

    /**
     * The collectors of targets, by the ids of the targets; targets that are not known are left
     * out.
     *
     * @param addresses before relabelling
     */
    Map<String, AssignedCollectors> of(String job, Collection<String> addresses);
  }

  /** Copies the list. */
  public AssignedCollectors {
    names = List.copyOf(names);
  }
}
