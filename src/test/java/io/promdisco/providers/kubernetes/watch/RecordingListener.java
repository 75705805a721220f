package io.promdisco.providers.kubernetes.watch;

import static io.promdisco.providers.kubernetes.watch.PodFixtures.text;

import io.promdisco.providers.kubernetes.object.PodView;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the calls it gets: {@code +a@1*} (an initial add), {@code a@1>a@2}, {@code -a@2}. */
class RecordingListener implements ObjectListener<PodView> {
  final List<String> told = new CopyOnWriteArrayList<>();

  @Override
  public void onAdd(PodView pod, boolean initial) {
    told.add("+" + text(pod) + (initial ? "*" : ""));
  }

  @Override
  public void onUpdate(PodView old, PodView now) {
    told.add(text(old) + ">" + text(now));
  }

  @Override
  public void onDelete(PodView last) {
    told.add("-" + text(last));
  }

  @Override
  public void onSynced() {
    told.add("synced");
  }
}
