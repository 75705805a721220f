package io.promdisco.providers.kubernetes.watch;

import static io.promdisco.providers.kubernetes.watch.PodFixtures.pod;

import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.Race;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/**
 * A listener that is added while objects come and go is told which objects existed at one moment,
 * and then every later change once and in order.
 */
@Param(name = "name", gen = IntGen.class, conf = "1:3")
public class SharedInformerRaceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final SharedInformer<PodView> informer =
      new SharedInformer<>(
          new ScriptedClient(),
          Resource.PODS,
          WatchScope.ALL,
          InformerOptions.defaults(),
          new ManualTicker(),
          Metrics.none(),
          new AtomicBoolean(true),
          WatchHealth.NONE);
  private final Reflector.Sink<PodView> server = informer.sink();
  private long version = 1; // used only by the thread that plays the reflector

  public SharedInformerRaceTest() {
    server.listing();
    server.listed();
  }

  @Operation(nonParallelGroup = "reflector")
  public void put(@Param(name = "name") int name) {
    server.put(pod("p" + name, ++version));
  }

  @Operation(nonParallelGroup = "reflector")
  public void remove(@Param(name = "name") int name) {
    server.remove(pod("p" + name, ++version));
  }

  /**
   * Adds a listener, and returns what it was told up to the end of the initial objects, and whether
   * it later agrees with the store.
   */
  @Operation
  public String listen() throws Exception {
    Seen seen = new Seen();
    SharedInformer.Registration registration = informer.addListener("race", seen, Duration.ZERO);
    try {
      String first = seen.first.get();
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!seen.pods().equals(stored())) {
        if (System.nanoTime() > end) {
          return first + ", then " + seen.pods() + " for ever";
        }
        Thread.onSpinWait();
      }
      return first;
    } finally {
      registration.close();
    }
  }

  private Map<String, Long> stored() {
    Map<String, Long> pods = new TreeMap<>();
    informer.store().all().forEach(pod -> pods.put(pod.meta().name(), pod.meta().version()));
    return pods;
  }

  private static final class Seen implements ObjectListener<PodView> {
    final CompletableFuture<String> first = new CompletableFuture<>();
    private final Map<String, Long> pods = Collections.synchronizedMap(new TreeMap<>());

    Map<String, Long> pods() {
      synchronized (pods) {
        return new TreeMap<>(pods);
      }
    }

    @Override
    public void onAdd(PodView pod, boolean initial) {
      put(pods.put(pod.meta().name(), pod.meta().version()) == null, pod);
    }

    @Override
    public void onUpdate(PodView before, PodView pod) {
      Long known = pods.put(pod.meta().name(), pod.meta().version());
      put(known != null && known == before.meta().version(), pod);
    }

    @Override
    public void onDelete(PodView last) {
      put(pods.remove(last.meta().name()) != null, last);
    }

    private void put(boolean fits, PodView pod) {
      if (!fits) {
        first.completeExceptionally(new AssertionError(PodFixtures.text(pod) + " after " + pods));
      }
    }

    @Override
    public void onSynced() {
      first.complete(pods.toString());
    }
  }

  @Test
  void operationsAreAsIfOneAfterTheOther() {
    Race.run(getClass(), 50);
  }
}
