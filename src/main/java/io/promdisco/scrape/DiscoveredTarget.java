package io.promdisco.scrape;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.Comparator;
import java.util.function.BiPredicate;

/**
 * A target as it was discovered, which is not scraped. Immutable, and small, because there may be
 * many.
 */
public final class DiscoveredTarget {
  /** Compares the discovered labels, in which the address comes first. */
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

  /** The provider that discovered it, for example {@code kubernetes/0}. */
  public String provider() {
    return provider;
  }

  /** The source of its group within the provider, for example {@code pod/shop/web-0}. */
  public String source() {
    return group.source();
  }

  /**
   * Returns the labels before relabelling, with the job's defaults. Each call makes a new object.
   */
  public Labels discoveredLabels() {
    return builder.discovered(group, index);
  }

  /**
   * Whether a discovered label and its value pass the test. Unlike {@link #discoveredLabels}, it
   * makes no copy of the labels.
   */
  public boolean anyDiscoveredLabel(BiPredicate<String, String> test) {
    return builder.view().at(group, index).any(test);
  }

  private String address() {
    return group.targets().get(index).getOrEmpty(TargetLabels.ADDRESS);
  }

  /** Returns the discovered labels for display. */
  @Override
  public String toString() {
    return discoveredLabels().toString();
  }
}
