package io.promdisco.providers.document;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a document came from. It names the document's groups, and each of them carries it in a
 * label.
 *
 * @param name of the document, for people, as {@code http://inventory/targets}
 * @param label the label that every group gets, as {@code __meta_url}
 * @param value its value: the name, with the password if there is one in it
 */
public record DocumentOrigin(String name, String label, String value) {
  /** One whose label is its name. */
  public DocumentOrigin(String label, String name) {
    this(name, label, name);
  }

  /** Without the value, which may hold a password. */
  @Override
  public String toString() {
    return "Origin[name=" + name + ", label=" + label + "]";
  }

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
    Labels common = Labels.builder(labels.size() + 1).setAll(labels).set(label, value).build();
    return new TargetGroup(source(index), targets, common);
  }
}
