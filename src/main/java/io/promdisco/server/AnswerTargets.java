package io.promdisco.server;

import io.promdisco.scrape.DiscoveredTarget;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetsDocument;
import java.util.List;

/** The targets that one answer shows, counted by {@link AnswerMemory}. */
final class AnswerTargets implements TargetsDocument.Lists {
  /** Bytes of a reference in a list. */
  private static final long REFERENCE = 4;

  /** Bytes of a dropped target, which is found for each answer. */
  private static final long DROPPED = 40;

  private final Exchange exchange;
  private final TargetLists lists;

  AnswerTargets(Exchange exchange, TargetLists lists) {
    this.exchange = exchange;
    this.lists = lists;
  }

  @Override
  public List<Target> active(PoolView pool) {
    List<Target> targets = lists.of(pool);
    return exchange.holding(targets, REFERENCE * targets.size());
  }

  @Override
  public List<DiscoveredTarget> dropped(PoolView pool) {
    List<DiscoveredTarget> targets = pool.droppedTargets(0);
    return exchange.holding(targets, DROPPED * targets.size());
  }
}
