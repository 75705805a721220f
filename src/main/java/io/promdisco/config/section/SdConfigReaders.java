package io.promdisco.config.section;

import com.google.common.base.Suppliers;
import io.promdisco.Internal;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.SdConfig;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.SpellingSuggestions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The discovery kinds that a section may have, each under its key.
 *
 * @hidden
 */
@Internal
public final class SdConfigReaders {
  /** The text that every key of service discovery contains. */
  private static final String MARK = "_sd_";

  private static final String SUFFIX = "_sd_configs";

  /**
   * The kinds of service discovery that Prometheus 3.16 supports and promdisco does not. This is
   * the only list of them; {@code DiscoveryKindsTest} compares it with Prometheus.
   */
  static final Set<String> UNSUPPORTED =
      Set.of(
          "aws",
          "azure",
          "consul",
          "digitalocean",
          "docker",
          "dockerswarm",
          "ec2",
          "ecs",
          "elasticache",
          "eureka",
          "gce",
          "hetzner",
          "ionos",
          "kuma",
          "lightsail",
          "linode",
          "marathon",
          "msk",
          "nerve",
          "nomad",
          "oci",
          "openstack",
          "ovhcloud",
          "outscale",
          "puppetdb",
          "rds",
          "scaleway",
          "serverset",
          "stackit",
          "triton",
          "uyuni",
          "vultr");

  private final List<SdConfigReader> own;

  /** The readers, including those of third parties. */
  private final Supplier<List<SdConfigReader>> all;

  private final boolean skipUnsupported;

  private SdConfigReaders(
      List<SdConfigReader> own, Supplier<List<SdConfigReader>> all, boolean skipUnsupported) {
    this.own = own;
    this.all = all;
    this.skipUnsupported = skipUnsupported;
  }

  /**
   * Creates an instance with these readers. Further readers are searched for when a section has a
   * key that none of these reads.
   *
   * @param found the further readers; iterated over at most once
   */
  public static SdConfigReaders of(List<SdConfigReader> readers, Iterable<SdConfigReader> found) {
    List<SdConfigReader> own = distinct(readers, List.of());
    return new SdConfigReaders(own, Suppliers.memoize(() -> distinct(own, found)), false);
  }

  /** Returns an instance that reports unsupported service discovery as a warning. */
  public SdConfigReaders skippingUnsupported() {
    return new SdConfigReaders(own, all, true);
  }

  /** Rejects two readers with the same key. */
  private static List<SdConfigReader> distinct(
      List<SdConfigReader> readers, Iterable<SdConfigReader> more) {
    List<SdConfigReader> all = new ArrayList<>(readers);
    more.forEach(all::add);
    Set<String> keys = new HashSet<>();
    for (SdConfigReader reader : all) {
      if (!keys.add(reader.key())) {
        throw new IllegalArgumentException(
            reader.key() + ": two readers (expected: one for each key)");
      }
    }
    return List.copyOf(all);
  }

  /**
   * Third-party readers are searched for only if the section has a key that may be theirs, because
   * the search takes time.
   */
  private List<SdConfigReader> readers(Section section) {
    for (String key : section.keys()) {
      if (key.contains(MARK) && own.stream().noneMatch(reader -> reader.key().equals(key))) {
        return all.get();
      }
    }
    return own;
  }

  /** Reads the entries of service discovery in a section. */
  List<SdConfig> read(Section section, ConfigPaths paths, Map<String, Object> shown) {
    List<SdConfig> configs = new ArrayList<>();
    for (SdConfigReader reader : readers(section)) {
      if (section.has(reader.key())) {
        SdConfigReader.Result result = reader.read(section, paths);
        configs.addAll(result.configs());
        if (!result.shown().isEmpty()) {
          shown.put(reader.key(), result.shown());
        }
      }
    }
    return configs;
  }

  /** Whether a section has service discovery of any kind, even an unsupported one. */
  boolean areIn(Section section) {
    return readers(section).stream().anyMatch(reader -> isIn(section, reader.key()))
        || section.unread().stream().anyMatch(SdConfigReaders::isUnsupported);
  }

  /** A value that is not a list is a mistake, but the key is present. */
  private static boolean isIn(Section section, String key) {
    return section.hasValue(key)
        && !(section.value(key) instanceof SequenceNode list && list.getValue().isEmpty());
  }

  private static boolean isUnsupported(String key) {
    return key.endsWith(SUFFIX) && UNSUPPORTED.contains(mechanism(key));
  }

  private static String mechanism(String key) {
    return key.substring(0, key.length() - SUFFIX.length());
  }

  /**
   * Reports unsupported service discovery and unknown keys. Called after everything else of the
   * section was read.
   *
   * @param what the section, for messages: {@code job "a"}
   * @return whether the section must be left out because of unsupported service discovery
   */
  boolean finish(Section section, String what) {
    boolean leftOut = false;
    for (String key : section.unread()) {
      if (!isUnsupported(key)) {
        unknown(section, key);
        continue;
      }
      String cause = "promdisco does not support service discovery of kind " + mechanism(key);
      if (skipUnsupported) {
        leftOut = true;
        section.keyWarning(key, ProblemKind.UNSUPPORTED_SOURCE, what + " is left out: " + cause);
      } else {
        section.keyError(
            key,
            ProblemKind.UNSUPPORTED_SOURCE,
            cause
                + " (expected: one of "
                + String.join(", ", readers(section).stream().map(SdConfigReader::key).toList())
                + ")");
      }
    }
    section.finish();
    return leftOut;
  }

  /**
   * Reports an unknown key. Suggests the nearest discovery kind, which may be an unsupported one.
   */
  private void unknown(Section section, String key) {
    if (!key.contains(MARK)) {
      return;
    }
    List<String> mechanisms =
        Stream.concat(
                readers(section).stream()
                    .map(SdConfigReader::key)
                    .filter(known -> known.endsWith(SUFFIX))
                    .map(SdConfigReaders::mechanism),
                UNSUPPORTED.stream().sorted())
            .toList();
    String asked = key.substring(0, key.indexOf(MARK));
    List<String> nearest = SpellingSuggestions.nearest(asked, mechanisms, 1);
    if (!nearest.isEmpty()) {
      section.keyError(
          key,
          ProblemKind.UNKNOWN_KEY,
          "field " + key + " not found; did you mean \"" + nearest.get(0) + SUFFIX + "\"?");
    }
  }
}
