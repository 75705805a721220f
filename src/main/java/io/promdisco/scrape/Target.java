package io.promdisco.scrape;

import com.google.common.collect.Sets;
import io.promdisco.Internal;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.util.SourceMemory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A target to scrape: the result of relabelling a discovered target. Immutable.
 *
 * <p>Two targets of a job are equal if their labels, except those that begin with {@code __meta_},
 * and their URLs are equal, no matter where they were discovered. The hash of these is the {@link
 * #id}.
 *
 * <p>There may be hundreds of thousands of targets, so a target does not store what it can compute:
 * each call makes a new URL and new discovered labels.
 */
public final class Target {
  /** Compares public labels, then the address and the other internal labels, then the origin. */
  static final Comparator<Target> BY_LABELS =
      Comparator.comparing(Target::labels)
          .thenComparing(Target::address)
          .thenComparing(target -> target.internal)
          .thenComparing(Target::provider)
          .thenComparing(target -> target.group.source())
          .thenComparingInt(target -> target.index);

  private final TargetBuilder builder;
  private final String provider;
  private final TargetGroup group;
  private final int index;
  private final Labels labels;
  private final String address;
  private final Labels internal;
  private final long hash;

  /**
   * Called only by {@link TargetBuilder}, which has checked everything.
   *
   * @param internal the internal labels without the address and the {@code __meta_} labels; shared
   *     with other targets if equal
   */
  Target(
      TargetBuilder builder,
      String provider,
      TargetGroup group,
      int index,
      Labels labels,
      String address,
      Labels internal) {
    this.builder = builder;
    this.provider = provider;
    this.group = group;
    this.index = index;
    this.labels = labels;
    this.address = address;
    this.internal = internal;
    this.hash = new TargetHash().add(labels).add(address).add(internal).add(scrapeUrl()).value();
  }

  /** The job that scrapes it. */
  public String job() {
    return builder.job();
  }

  /** The labels of its series; none begins with {@code __}. */
  public Labels labels() {
    return labels;
  }

  /** Host and port after relabelling. */
  public String address() {
    return address;
  }

  /**
   * Returns the value of a label after relabelling, or an empty string if there is none. It may be
   * an internal label such as {@code __scheme__}, but not a {@code __meta_} label. If {@code
   * label("__unix_socket__")} is not empty, a program that scrapes connects to that Unix domain
   * socket and sends the request for {@link #scrapeUrl} there.
   */
  public String label(String name) {
    if (!name.startsWith(TargetLabels.INTERNAL_PREFIX)) {
      return labels.getOrEmpty(name);
    }
    return name.equals(TargetLabels.ADDRESS) ? address : internal.getOrEmpty(name);
  }

  /** The scrape interval as spelled in the label; a valid duration that is not 0. */
  public String scrapeInterval() {
    return internal.getOrEmpty(TargetLabels.SCRAPE_INTERVAL);
  }

  /**
   * The scrape timeout as spelled in the label; a valid duration, not 0 and not above the interval.
   */
  public String scrapeTimeout() {
    return internal.getOrEmpty(TargetLabels.SCRAPE_TIMEOUT);
  }

  /** The URL to scrape, escaped as Prometheus shows it. */
  public String scrapeUrl() {
    return ScrapeUrl.of(
        internal.getOrEmpty(TargetLabels.SCHEME),
        address,
        internal.getOrEmpty(TargetLabels.METRICS_PATH),
        parameters());
  }

  /**
   * Returns the configured parameters. A label, if present, replaces the first value of its
   * parameter.
   */
  private Map<String, List<String>> parameters() {
    Map<String, List<String>> configured = builder.parameters();
    int from = internal.indexOf(TargetLabels.PARAM_PREFIX);
    from = from < 0 ? -from - 1 : from;
    if (from == internal.size() || !internal.name(from).startsWith(TargetLabels.PARAM_PREFIX)) {
      return configured;
    }
    Map<String, List<String>> parameters = new LinkedHashMap<>(configured);
    for (int i = from;
        i < internal.size() && internal.name(i).startsWith(TargetLabels.PARAM_PREFIX);
        i++) {
      String name = internal.name(i).substring(TargetLabels.PARAM_PREFIX.length());
      parameters.merge(name, List.of(internal.value(i)), Target::withFirst);
    }
    return parameters;
  }

  private static List<String> withFirst(List<String> values, List<String> first) {
    if (values.size() <= 1) {
      return first;
    }
    List<String> replaced = new ArrayList<>(values);
    replaced.set(0, first.get(0));
    return replaced;
  }

  /**
   * Returns the labels before relabelling, with the job's defaults. Each call makes a new object.
   */
  public Labels discoveredLabels() {
    return builder.discovered(group, index);
  }

  /**
   * Returns a label before relabelling, with the job's defaults; an empty string if there is none.
   */
  @Internal
  public String discoveredLabel(String name) {
    return builder.view().at(group, index).get(name);
  }

  /** Returns the labels before relabelling, without the job's defaults and the address. */
  Labels foundLabels() {
    Labels.Builder found = Labels.builder(16);
    new DiscoveredLabels(Labels.EMPTY)
        .at(group, index)
        .forEach(
            (name, value) -> {
              if (!name.equals(TargetLabels.ADDRESS)) {
                found.set(name, value);
              }
            });
    return found.build();
  }

  /**
   * Whether a discovered label and its value pass the test. Unlike {@link #discoveredLabels}, it
   * makes no copy of the labels.
   */
  public boolean anyDiscoveredLabel(BiPredicate<String, String> test) {
    return builder.view().at(group, index).any(test);
  }

  /**
   * Returns whether a value of its labels takes no memory of its own: it was discovered, or is of
   * the configuration. An equal text takes memory of its own.
   */
  Predicate<String> sharedValues() {
    Set<String> discovered = Sets.newIdentityHashSet();
    addValues(group.targets().get(index), discovered);
    addValues(group.labels(), discovered);
    return value -> discovered.contains(value) || builder.isConstant(value);
  }

  private static void addValues(Labels labels, Set<String> to) {
    for (int i = 0; i < labels.size(); i++) {
      to.add(labels.value(i));
    }
  }

  /**
   * About how many bytes its labels and those from before relabelling take, with the text that it
   * shares with other targets.
   */
  public long labelBytes() {
    return bytes(labels)
        + bytes(internal)
        + bytes(group.labels())
        + bytes(group.targets().get(index));
  }

  private static long bytes(Labels labels) {
    long bytes = (long) SourceMemory.LABEL * labels.size();
    for (int i = 0; i < labels.size(); i++) {
      bytes += labels.name(i).length() + labels.value(i).length();
    }
    return bytes;
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
   * An identifier of 16 hexadecimal digits, unique among the targets of its job. Equal targets have
   * equal ids in every process and every version.
   */
  public String id() {
    return HexFormat.of().toHexDigits(hash);
  }

  /** The id as a number. */
  long hash() {
    return hash;
  }

  /** The address before relabelling. */
  @Internal
  public String discoveredAddress() {
    return group.targets().get(index).getOrEmpty(TargetLabels.ADDRESS);
  }

  /** The internal labels without the address. */
  Labels internalLabels() {
    return internal;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Target target
        && hash == target.hash
        && labels.equals(target.labels)
        && job().equals(target.job());
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash);
  }

  /** Returns the URL and the labels for display. */
  @Override
  public String toString() {
    return scrapeUrl() + " " + labels;
  }
}
