package io.promdisco.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The sources of targets that a section may have, each under its key.
 *
 * @param readers one for each key
 * @param skipUnsupported whether a source that Prometheus has and promdisco has not is a warning
 */
record Sources(List<SdConfigReader> readers, boolean skipUnsupported) {
  private static final String SUFFIX = "_sd_configs";

  /** The mechanisms that Prometheus has and promdisco has not. */
  private static final Set<String> UNSUPPORTED =
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
          "vultr",
          "xds");

  /** Copies the list; two readers of one key cannot be told apart. */
  Sources {
    readers = List.copyOf(readers);
    Set<String> keys = new HashSet<>();
    for (SdConfigReader reader : readers) {
      if (!keys.add(reader.key())) {
        throw new IllegalArgumentException(
            reader.key() + ": two readers (expected: one for each key)");
      }
    }
  }

  /** Reads the sources that stand inline in a section. */
  List<SdConfig> read(Section section, Paths paths, Map<String, Object> shown) {
    List<SdConfig> configs = new ArrayList<>();
    for (SdConfigReader reader : readers) {
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

  /** Whether a section has any source, be it one that promdisco has not. */
  boolean areIn(Section section) {
    return readers.stream().anyMatch(reader -> isIn(section, reader.key()))
        || section.unread().stream().anyMatch(Sources::isUnsupported);
  }

  /** What is no list is wrong, but not missing. */
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
   * To be called when everything else of a section was read: names the sources that promdisco has
   * not, and what is unknown.
   *
   * @param what what the section is, as {@code job "a"}
   * @return whether the section must be left out because of such a source
   */
  boolean finish(Section section, String what) {
    boolean leftOut = false;
    for (String key : section.unread()) {
      if (!isUnsupported(key)) {
        continue;
      }
      String cause = "promdisco has no source of targets called " + mechanism(key);
      if (skipUnsupported) {
        leftOut = true;
        section.keyWarning(key, ProblemKind.UNSUPPORTED_SOURCE, what + " is left out: " + cause);
      } else {
        section.keyError(
            key,
            ProblemKind.UNSUPPORTED_SOURCE,
            cause
                + " (expected: one of "
                + String.join(", ", readers.stream().map(SdConfigReader::key).toList())
                + ")");
      }
    }
    section.finish();
    return leftOut;
  }
}
