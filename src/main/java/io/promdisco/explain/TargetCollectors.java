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
public record TargetCollectors(List<String> names, String reason) {
  /** Knows which collectors scrape which targets. */
  public interface Lookup {
    /**
     * The collectors of targets, by the ids of the targets; targets that are not known are left
     * out.
     *
     * @param addresses before relabelling
     */
    Map<String, TargetCollectors> of(String job, Collection<String> addresses);
  }

  /** Copies the list. */
  public TargetCollectors {
    names = List.copyOf(names);
  }
}
