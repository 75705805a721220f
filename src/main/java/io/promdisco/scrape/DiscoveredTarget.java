package io.promdisco.scrape;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.Comparator;
import java.util.function.BiPredicate;

/**
 * A target as it was discovered, one that is not scraped. Immutable; small, since it may be many.
 */
public final class DiscoveredTarget {
  /** By discovered labels, of which the address is the first wherever it counts. */
  static final Comparator<DiscoveredTarget> BY_LABELS =
      Comparator.comparing(DiscoveredTarget::address)
          .thenComparing(DiscoveredTarget::discoveredLabels);

  private final TargetBuilder builder;
  private final String provider;
  private final TargetGroup group;
  private final int index;

  DiscoveredTarget(TargetBuilder builder, String provider, TargetGroup group, int index) {
    this.builder = builder;
    this.provider = provider;
    this.group = group;
    this.index = index;
  }

  /** The job that does not scrape it. */
  public String job() {
    return builder.job();
  }

  /** The provider that discovered it, as {@code kubernetes/0}. */
  public String provider() {
    return provider;
  }

  /** The source of its group within the provider, as {@code pod/shop/web-0}. */
  public String source() {
    return group.source();
  }

  /** The labels before relabelling, with the job's defaults; made anew by each call. */
  public Labels discoveredLabels() {
    return builder.discovered(group, index);
  }

  /**
   * Whether a discovered label with its value passes the test; makes no copy of the labels, as
   * {@link #discoveredLabels} does.
   */
  public boolean anyDiscoveredLabel(BiPredicate<String, String> test) {
    return builder.view().at(group, index).any(test);
  }

  private String address() {
    return group.targets().get(index).getOrEmpty(TargetLabels.ADDRESS);
  }

  /** The discovered labels, for people. */
  @Override
  public String toString() {
    return discoveredLabels().toString();
  }
}
