package io.promdisco.monitors;

import io.promdisco.model.PrometheusDuration;
import io.promdisco.util.GoFormatting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes, and checks, the settings that all kinds have, but for connections. */
final class ScrapeTrees {
  /** Fields and keys of limits. */
  private static final List<String> LIMITS =
      List.of(
          "sampleLimit",
          "targetLimit",
          "labelLimit",
          "labelNameLengthLimit",
          "labelValueLengthLimit",
          "keepDroppedTargets");

  private static final Pattern HUMP = Pattern.compile("([a-z0-9])([A-Z])");
  private static final Pattern QUANTITY =
      Pattern.compile("([+-]?[0-9]*\\.?[0-9]*)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?");

  /** The suffixes of powers of 1,000, from small to large; a blank for none. */
  private static final String SCALES = "num kMGTPE";

  private static final int LONGEST_QUANTITY = 40;
  private static final Map<String, Long> BINARY =
      Map.of(
          "Ki", 1L << 10, "Mi", 1L << 20, "Gi", 1L << 30, "Ti", 1L << 40, "Pi", 1L << 50, "Ei",
          1L << 60);

  private ScrapeTrees() {}

  /** Returns the key of Prometheus for a field: {@code roleARN} becomes {@code role_arn}. */
  static String key(String field) {
    return HUMP.matcher(field).replaceAll("$1_$2").toLowerCase(Locale.ROOT);
  }

  /** Writes limits, histograms and protocols. */
  static void common(JobTree tree, SpecNode spec, ScrapeClass scrapeClass)
      throws InvalidMonitorException {
    for (String limit : LIMITS) {
      tree.putPresent(key(limit), spec.number(limit));
    }
    histograms(tree, spec);
    tree.putItems("scrape_protocols", spec.texts("scrapeProtocols"));
    String fallback = spec.text("fallbackScrapeProtocol");
    tree.putPresent(
        "fallback_scrape_protocol",
        fallback == null ? scrapeClass.fallbackScrapeProtocol() : fallback);
  }

  private static void histograms(JobTree tree, SpecNode spec) throws InvalidMonitorException {
    tree.putPresent("scrape_native_histograms", spec.flag("scrapeNativeHistograms"));
    tree.putPresent("native_histogram_bucket_limit", spec.number("nativeHistogramBucketLimit"));
    String factor = spec.textOrNumber("nativeHistogramMinBucketFactor");
    tree.putPresent("native_histogram_min_bucket_factor", factor == null ? null : quantity(factor));
    tree.putPresent("always_scrape_classic_histograms", spec.flag("scrapeClassicHistograms"));
    tree.putPresent(
        "convert_classic_histograms_to_nhcb", spec.flag("convertClassicHistogramsToNHCB"));
  }

  /**
   * Returns the number that a quantity of Kubernetes, as {@code 1100m}, means, rounded as in Go.
   */
  private static Object quantity(String text) throws InvalidMonitorException {
    Matcher matcher = QUANTITY.matcher(text);
    try {
      if (matcher.matches() && text.length() <= LONGEST_QUANTITY) {
        BigDecimal digits = new BigDecimal(matcher.group(1));
        double value = digits.unscaledValue().doubleValue();
        int exponent = exponent(matcher.group(2)) - digits.scale();
        value *= exponent == 0 ? 1 : Double.parseDouble("1e" + exponent);
        value *= BINARY.getOrDefault(String.valueOf(matcher.group(2)), 1L);
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
          return (long) value;
        }
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new InvalidMonitorException(
        "nativeHistogramMinBucketFactor: " + GoFormatting.quote(text) + " (expected: a quantity)");
  }

  private static int exponent(@Nullable String suffix) {
    if (suffix == null || BINARY.containsKey(suffix)) {
      return 0;
    }
    return suffix.length() > 1
        ? Integer.parseInt(suffix.substring(1))
        : 3 * (SCALES.indexOf(suffix) - SCALES.indexOf(' '));
  }

  /** Writes the limit of the size of an answer, which a Probe has not. */
  static void bodySizeLimit(JobTree tree, SpecNode spec) throws InvalidMonitorException {
    tree.putText("body_size_limit", spec.textOrEmpty("bodySizeLimit"));
  }

  /** Writes the fields of an endpoint of a ServiceMonitor or PodMonitor. */
  static void endpoint(JobTree tree, SpecNode endpoint) throws InvalidMonitorException {
    tree.put("honor_labels", endpoint.flag("honorLabels", false));
    tree.putPresent("honor_timestamps", endpoint.flag("honorTimestamps"));
    tree.putPresent("track_timestamps_staleness", endpoint.flag("trackTimestampsStaleness"));
    tree.putText("scrape_interval", endpoint.textOrEmpty("interval"));
    tree.putText("scrape_timeout", endpoint.textOrEmpty("scrapeTimeout"));
    tree.putText("metrics_path", endpoint.textOrEmpty("path"));
    if (endpoint.has("params")) {
      tree.put("params", endpoint.textLists("params"));
    }
    scheme(tree, endpoint);
    redirects(tree, endpoint, "enableHttp2");
  }

  static void scheme(JobTree tree, SpecNode spec) throws InvalidMonitorException {
    String scheme = spec.text("scheme");
    tree.putPresent("scheme", scheme == null ? null : scheme.toLowerCase(Locale.ROOT));
  }

  static void redirects(JobTree tree, SpecNode spec, String http2Field)
      throws InvalidMonitorException {
    tree.putPresent("follow_redirects", spec.flag("followRedirects"));
    tree.putPresent("enable_http2", spec.flag(http2Field));
  }

  /** Writes the rules for metrics: those of the class, then those of the list {@code name}. */
  static void metricRules(JobTree tree, SpecNode parent, ScrapeClass scrapeClass)
      throws InvalidMonitorException {
    List<JobTree> rules = new ArrayList<>(scrapeClass.metricRelabelings());
    rules.addAll(RuleList.of(parent, "metricRelabelings"));
    tree.putItems("metric_relabel_configs", rules);
  }

  /** Writes which Kubernetes objects the targets of a monitor come from. */
  static JobTree kubernetes(String role, SpecNode namespaceSelector, String namespace)
      throws InvalidMonitorException {
    JobTree tree = JobTree.of("role", role);
    List<String> names = namespaceSelector.texts("matchNames");
    if (!namespaceSelector.flag("any", false)) {
      List<String> found = names.isEmpty() ? List.of(namespace) : names;
      tree.put("namespaces", JobTree.of("names", found));
    }
    return tree;
  }

  /** Writes what a monitor adds to its discovery: labels of nodes, and selectors. */
  static void discovery(
      JobTree kubernetes, SpecNode spec, ScrapeClass scrapeClass, List<String> roles)
      throws InvalidMonitorException {
    SpecNode own = spec.child("attachMetadata");
    SpecNode metadata = own == null ? scrapeClass.attachMetadata() : own;
    if (metadata != null) {
      kubernetes.put("attach_metadata", JobTree.of("node", metadata.flag("node", false)));
    }
    if (!relabels(spec)) {
      String selector = SelectorTerms.read(spec.section("selector")).text();
      kubernetes.put(
          "selectors",
          roles.stream().map(role -> JobTree.of("role", role, "label", selector)).toList());
    }
  }

  /** Whether rules apply the selector of a monitor, and not the API server. */
  static boolean relabels(SpecNode spec) throws InvalidMonitorException {
    String mechanism = spec.text("selectorMechanism");
    return mechanism == null || mechanism.equals("RelabelConfig");
  }

  /** Returns rules that copy labels of objects, which the list {@code field} names, to targets. */
  static List<JobTree> targetLabels(SpecNode spec, String field, String object)
      throws InvalidMonitorException {
    List<JobTree> rules = new ArrayList<>();
    for (String key : spec.texts(field)) {
      String name = RuleList.labelName(key);
      rules.add(
          RuleList.copyUnlessEmpty(meta(object, name), name)
              .from(spec.at(field) + "[" + rules.size() + "]"));
    }
    return rules;
  }

  /** Adds the rule that makes a label of the objects the label {@code job}, if there is one. */
  static void addJobLabel(List<JobTree> rules, SpecNode spec, String object)
      throws InvalidMonitorException {
    String label = spec.textOrEmpty("jobLabel");
    if (!label.isEmpty()) {
      rules.add(RuleList.copyUnlessEmpty(meta(object, label), "job").from(spec.at("jobLabel")));
    }
  }

  /** Adds the rule that drops targets of pods that have ended, unless they are wanted. */
  static void addRunningFilter(List<JobTree> rules, SpecNode endpoint)
      throws InvalidMonitorException {
    if (endpoint.flag("filterRunning", true)) {
      rules.add(RuleList.running().from(endpoint.at("filterRunning")));
    }
  }

  /** Returns the discovered label for a label of an object. */
  private static String meta(String object, String key) {
    return "__meta_kubernetes_" + object + "_label_" + RuleList.labelName(key);
  }

  /**
   * Checks a timeout against its interval.
   *
   * @param interval empty: that of the settings
   * @param timeout empty: nothing to check
   */
  static void checkTimeout(@Nullable String interval, @Nullable String timeout, String global)
      throws InvalidMonitorException {
    if (timeout == null || timeout.isEmpty()) {
      return;
    }
    String every = interval == null || interval.isEmpty() ? global : interval;
    Duration most = duration("scrapeInterval ", every);
    if (duration("scrapeTimeout: ", timeout).compareTo(most) > 0) {
      throw new InvalidMonitorException(
          "scrapeTimeout "
              + GoFormatting.quote(timeout)
              + " greater than scrapeInterval "
              + GoFormatting.quote(every));
    }
  }

  private static Duration duration(String what, String text) throws InvalidMonitorException {
    try {
      return PrometheusDuration.parse(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidMonitorException(
          "invalid " + what + GoFormatting.quote(text) + ": " + e.getMessage());
    }
  }
}
