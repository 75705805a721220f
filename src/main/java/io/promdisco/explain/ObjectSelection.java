package io.promdisco.explain;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.role.ObjectLabels;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelTrace;
import java.util.List;
import java.util.Set;

/**
 * The objects that a monitor selects.
 *
 * @param selector the field of the monitor that selects them; empty: there is none
 * @param rules what the selector has become, if rules apply it
 * @param discovered the objects that have targets, selected or not
 */
public record ObjectSelection(String selector, List<RelabelRule> rules, Set<ObjectKey> discovered) {
  /** Copies the list. */
  public ObjectSelection {
    rules = List.copyOf(rules);
  }

  /**
   * Whether the rules keep targets of an object.
   *
   * @param kind of the object, as in the names of its discovered labels: {@code service}
   */
  boolean selects(String kind, KubeObject object) {
    Labels.Builder labels = Labels.builder();
    new ObjectLabels(kind).addLabels(labels, object.meta());
    return RelabelTrace.of(rules, labels.build()).dropped().isEmpty();
  }
}
