package io.promdisco.server;

import io.promdisco.scrape.DiscoveredTarget;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetsDocument;
import java.util.List;

/** The targets that one answer shows; what it keeps of them counts as {@link AnswerMemory}. */
final class AnswerTargets implements TargetsDocument.Lists {
  /** Bytes of a dropped target, in the list that answers share and in a sorted one. */
  private static final long DROPPED = 40;

  private final Exchange exchange;
  private final TargetLists lists;

  AnswerTargets(Exchange exchange, TargetLists lists) {
    this.exchange = exchange;
    this.lists = lists;
  }

  @Override
  public List<Target> active(PoolView pool) {
    TargetLists.Targets found = lists.of(pool);
    return exchange.holding(found.targets(), found.bytes());
  }

  @Override
  public List<DiscoveredTarget> dropped(PoolView pool) {
    List<DiscoveredTarget> targets = lists.dropped(pool);
    return exchange.holding(targets, DROPPED * targets.size());
  }
}
