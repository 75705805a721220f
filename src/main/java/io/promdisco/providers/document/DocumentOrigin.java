package io.promdisco.providers.document;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * The origin of a document. It determines the sources of the document's groups, and a label that
 * each of them has.
 *
 * @param name the name of the document for people, for example {@code http://inventory/targets}
 * @param label the label that every group gets, for example {@code __meta_url}
 * @param value the value of that label: the name, including a password in it
 */
public record DocumentOrigin(String name, String label, String value) {
  /** Creates an origin whose label value is its name. */
  public DocumentOrigin(String label, String name) {
    this(name, label, name);
  }

  /** Leaves out the value, which may contain a password. */
  @Override
  public String toString() {
    return "Origin[name=" + name + ", label=" + label + "]";
  }

  /** Returns the source of the group at {@code index}, which counts from 0. */
  public String source(int index) {
    return name + ":" + index;
  }

  /**
   * Makes a group of this document.
   *
   * @param index its position in the document, from 0
   * @param addresses the addresses of its targets
   * @param labels the labels of the group; one with the name {@link #label} is replaced
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
