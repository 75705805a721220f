package io.promdisco.providers.kubernetes.role;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import java.util.HashMap;
import java.util.Map;

/**
 * The labels made from an object's labels and annotations: one with the value, and one that says
 * that it exists. Remembers the names, because most objects of a kind have the same.
 */
public final class ObjectLabels {
  private final NameCache annotations;
  private final NameCache labels;

  /** For objects of {@code resource}, as {@code pod}. */
  public ObjectLabels(String resource) {
    annotations = new NameCache(MetaLabels.PREFIX + resource + "_annotation");
    labels = new NameCache(MetaLabels.PREFIX + resource + "_label");
  }

  /** Adds the labels of the annotations. */
  void addAnnotations(Labels.Builder out, ObjectMeta meta) {
    annotations.add(out, meta.annotations());
  }

  /** Those of the labels. */
  public void addLabels(Labels.Builder out, ObjectMeta meta) {
    labels.add(out, meta.labels());
  }

  /** Returns the maximum number of labels that both add. */
  static int count(ObjectMeta meta) {
    return 2 * (meta.labels().size() + meta.annotations().size());
  }

  private record Names(String value, String present) {}

  private static final class NameCache {
    /**
     * Far more than clusters have; annotations that always have new names must not fill the memory.
     */
    private static final int MOST = 10_000;

    private final Map<String, Names> known = new HashMap<>();
    private final String valuePrefix;
    private final String presentPrefix;

    NameCache(String prefix) {
      valuePrefix = prefix + "_";
      presentPrefix = prefix + "present_";
    }

    void add(Labels.Builder out, Labels from) {
      int size = from.size();
      Names[] names = new Names[size];
      for (int i = 0; i < size; i++) {
        names[i] = names(from.name(i));
        MetaLabels.put(out, names[i].value, from.value(i));
      }
      for (Names name : names) {
        out.set(name.present, MetaLabels.TRUE);
      }
    }

    private Names names(String original) {
      Names names = known.get(original);
      if (names == null) {
        String sanitized = MetaLabels.sanitize(original);
        names = new Names(valuePrefix + sanitized, presentPrefix + sanitized);
        if (known.size() < MOST) {
          known.put(original, names);
        }
      }
      return names;
    }
  }
}
