package io.promdisco.explain;

import io.promdisco.monitors.MonitorKind;
import io.promdisco.monitors.MonitorObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A Prometheus Operator resource that somebody asks about.
 *
 * @param text as it was asked
 * @param namespace where; nothing: anywhere
 */
public record MonitorQuery(String text, MonitorKind kind, Optional<String> namespace, String name) {
  /**
   * Reads {@code servicemonitor/shop/web} or {@code servicemonitor/web}. Kinds are those of
   * kubectl, in any case: singular, plural, short, with a group.
   *
   * @return nothing if it is something else
   */
  public static Optional<MonitorQuery> parse(String text) {
    List<String> parts = List.of(text.split("/", -1));
    if (parts.size() < 2 || parts.size() > 3 || parts.contains("") || text.contains("://")) {
      return Optional.empty();
    }
    return kind(parts.get(0))
        .map(
            kind ->
                new MonitorQuery(
                    text,
                    kind,
                    parts.size() == 3 ? Optional.of(parts.get(1)) : Optional.empty(),
                    parts.get(parts.size() - 1)));
  }

  private static Optional<MonitorKind> kind(String text) {
    String written = text.toLowerCase(Locale.ROOT);
    for (MonitorKind kind : MonitorKind.values()) {
      for (String name : kind.names()) {
        if (written.equals(name)
            || (written.startsWith(name + ".")
                && MonitorKind.GROUP.equals(written.substring(name.length() + 1)))) {
          return Optional.of(kind);
        }
      }
    }
    return Optional.empty();
  }

  boolean matches(MonitorObject object) {
    return object.kind() == kind
        && object.name().equals(name)
        && (namespace.isEmpty() || namespace.get().equals(object.namespace()));
  }
}
