package io.promdisco.providers.kubernetes.client.decode;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.watch.ResourceClient.WatchHandler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Records what a watch reports; may be read from another thread. */
public class RecordedEvents implements WatchHandler<KubeObject> {
  public final List<KubeObject> objects = Collections.synchronizedList(new ArrayList<>());
  public final List<String> log = Collections.synchronizedList(new ArrayList<>());

  @Override
  public void added(KubeObject object, String resourceVersion) {
    note("added", object, resourceVersion);
  }

  @Override
  public void modified(KubeObject object, String resourceVersion) {
    note("modified", object, resourceVersion);
  }

  @Override
  public void deleted(KubeObject object, String resourceVersion) {
    note("deleted", object, resourceVersion);
  }

  private void note(String what, KubeObject object, String version) {
    objects.add(object);
    log.add(what + " " + object.key() + " " + version);
  }

  @Override
  public void bookmark(String resourceVersion, boolean initialEventsEnd) {
    log.add("bookmark " + resourceVersion + (initialEventsEnd ? " end" : ""));
  }
}
