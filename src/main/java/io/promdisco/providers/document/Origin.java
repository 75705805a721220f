package io.promdisco.providers.document;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a document came from. It names the document's groups, and each of them carries it in a
 * label.
 *
 * @param label the label that every group gets, as {@code __meta_url}
 * @param name its value, as {@code http://inventory/targets}
 */
public record Origin(String label, String name) {

  /** The name of the group at {@code index}, from 0. */
  public String source(int index) {
    return name + ":" + index;
  }

  /**
   * A group of this document.
   *
   * @param index its place in the document, from 0
   * @param addresses of its targets
   * @param labels common to them; one called as {@link #label} is replaced
   */
  public TargetGroup group(int index, List<String> addresses, Labels labels) {
    List<Labels> targets = new ArrayList<>(addresses.size());
    for (String address : addresses) {
      targets.add(Labels.of("__address__", address));
    }
    Labels common = Labels.builder(labels.size() + 1).setAll(labels).set(label, name).build();
    return new TargetGroup(source(index), targets, common);
  }
}
