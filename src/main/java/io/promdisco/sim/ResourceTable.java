package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.offline.ObjectSelector;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one kind, their latest changes, and the subscriptions to them. The cluster's lock
 * guards it.
 */
final class ResourceTable {
  private final Resource<?> resource;
  private final int historyLimit;
  private final NavigableMap<String, ObjectNode> objects = new TreeMap<>();
  private final Deque<ObjectChange> history = new ArrayDeque<>();
  private final Set<Subscription> subscriptions = new LinkedHashSet<>();

  /** The oldest resource version from which a watch can start. */
  private long floor;

  ResourceTable(Resource<?> resource, int historyLimit) {
    this.resource = resource;
    this.historyLimit = historyLimit;
  }

  @Nullable ObjectNode get(String key) {
    return objects.get(key);
  }

  /** Applies {@code change}, stores it and reports it to subscriptions. */
  void apply(ObjectChange change) {
    if (change.after() == null) {
      objects.remove(change.key());
    } else {
      objects.put(change.key(), change.after());
    }
    history.add(change);
    while (history.size() > historyLimit) {
      floor = history.remove().revision();
    }
    for (Subscription subscription : subscriptions) {
      subscription.changed(change);
    }
  }

  void compact(long revision) {
    history.clear();
    floor = revision;
  }

  /** Returns the selected objects at version {@code at}, after the key {@code after}. */
  ListPage page(ObjectSelector selection, long at, String after, int limit) {
    List<ObjectNode> items = new ArrayList<>();
    String last = "";
    int remaining = 0;
    for (Map.Entry<String, ObjectNode> entry : stateAt(at).tailMap(after, false).entrySet()) {
      if (selection.matches(entry.getValue())) {
        if (limit == 0 || items.size() < limit) {
          items.add(entry.getValue());
          last = entry.getKey();
        } else {
          remaining++;
        }
      }
    }
    return new ListPage(
        at, items, remaining == 0 ? "" : last, selection.hasSelectors() ? -1 : remaining);
  }

  private NavigableMap<String, ObjectNode> stateAt(long at) {
    if (at < floor) {
      throw StatusException.expired("the resource version of the list is too old: " + at);
    }
    if (history.isEmpty() || history.getLast().revision() <= at) {
      return objects;
    }
    NavigableMap<String, ObjectNode> state = new TreeMap<>(objects);
    Iterator<ObjectChange> newestFirst = history.descendingIterator();
    while (newestFirst.hasNext()) {
      ObjectChange change = newestFirst.next();
      if (change.revision() <= at) {
        break;
      }
      if (change.before() == null) {
        state.remove(change.key());
      } else {
        state.put(change.key(), change.before());
      }
    }
    return state;
  }

  /** Sends the current objects, for a watch without a version. */
  void subscribeWithState(Subscription subscription, ObjectSelector selection) {
    for (ObjectNode object : objects.values()) {
      if (selection.matches(object)) {
        long version = Long.parseLong(KubernetesJson.text(object, "metadata", "resourceVersion"));
        subscription.offer(new SimEvent(SimEvent.Type.ADDED, object, version, false));
      }
    }
    subscriptions.add(subscription);
  }

  /** Sends the changes since a version. */
  void subscribeAfter(Subscription subscription, long version) {
    if (version < floor) {
      throw StatusException.expired(
          "too old resource version: " + version + " (oldest: " + floor + ")");
    }
    history.forEach(subscription::changed);
    subscriptions.add(subscription);
  }

  void unsubscribe(Subscription subscription) {
    subscriptions.remove(subscription);
  }

  SimEvent bookmark(long revision, boolean initialEventsEnd) {
    ObjectNode object = KubernetesJson.object();
    object.put("kind", resource.kind()).put("apiVersion", resource.apiVersion());
    ObjectNode metadata = object.putObject("metadata");
    metadata.put("resourceVersion", Long.toString(revision)).putNull("creationTimestamp");
    if (initialEventsEnd) {
      metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
    }
    return new SimEvent(SimEvent.Type.BOOKMARK, object, revision, initialEventsEnd);
  }
}
