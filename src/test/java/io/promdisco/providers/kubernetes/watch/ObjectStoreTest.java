package io.promdisco.providers.kubernetes.watch;

import static io.promdisco.providers.kubernetes.watch.PodFixtures.key;
import static io.promdisco.providers.kubernetes.watch.PodFixtures.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.util.NamedThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ObjectStoreTest {
  private final ObjectStore<PodView> store = new ObjectStore<>();

  private static List<String> node(PodView pod) {
    return pod.nodeName().isEmpty() ? List.of() : List.of(pod.nodeName());
  }

  private List<String> onNode(String node) {
    return store.byIndex("node", node).stream().map(PodFixtures::text).sorted().toList();
  }

  @Test
  void anIndexFollowsEveryChange() {
    store.addIndex("node", ObjectStoreTest::node);
    store.put(pod("a", 1, "n1"));
    store.put(pod("b", 2, "n1"));
    store.put(pod("c", 3, "n1"));
    store.put(pod("d", 4, ""));
    assertThat(onNode("n1")).containsExactly("a@1", "b@2", "c@3");
    store.put(pod("b", 5, "n2"));
    store.put(pod("d", 6, "n2"));
    assertThat(onNode("n1")).containsExactly("a@1", "c@3");
    assertThat(onNode("n2")).containsExactly("b@5", "d@6");
    store.remove(key("a"));
    store.put(pod("c", 7, "n1"));
    assertThat(onNode("n1")).containsExactly("c@7");
    store.remove(key("c"));
    store.remove(key("c"));
    assertThat(onNode("n1")).isEmpty();
    assertThat(store.size()).isEqualTo(2);
  }

  @Test
  void anIndexAddedLateHoldsWhatIsThere() {
    store.put(pod("a", 1, "n1"));
    store.put(pod("b", 2, "n1"));
    store.addIndex("node", ObjectStoreTest::node);
    assertThat(onNode("n1")).containsExactly("a@1", "b@2");
  }

  @Test
  void anObjectIsFoundUnderEachOfItsValues() {
    store.addIndex("node", pod -> List.of("x" + pod.meta().version(), "all", "all"));
    store.put(pod("a", 1));
    store.put(pod("a", 2));
    assertThat(onNode("x1")).isEmpty();
    assertThat(onNode("x2")).containsExactly("a@2");
    assertThat(onNode("all")).containsExactly("a@2");
  }

  @Test
  void aSecondIndexOfTheSameNameIsTheFirst() {
    store.put(pod("a", 1, "n1"));
    store.addIndex("node", ObjectStoreTest::node);
    store.addIndex("node", pod -> List.of("elsewhere"));
    assertThat(onNode("n1")).containsExactly("a@1");
    assertThat(onNode("elsewhere")).isEmpty();
  }

  @Test
  void anIndexIsRemovedWithItsLastUser() {
    ObjectStore.IndexUse first = store.addIndex("node", ObjectStoreTest::node);
    ObjectStore.IndexUse second = store.addIndex("node", ObjectStoreTest::node);
    first.close();
    first.close();
    assertThat(onNode("n1")).isEmpty();
    second.close();
    assertThatThrownBy(() -> onNode("n1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("index: node (expected: one of [])");
  }

  @Test
  void anUnknownIndexIsAnErrorThatNamesTheKnownOnes() {
    store.addIndex("owner", pod -> List.of());
    store.addIndex("node", ObjectStoreTest::node);
    assertThatThrownBy(() -> store.byIndex("nod", "n1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("index: nod (expected: one of [node, owner])");
  }

  @Test
  void anIndexFunctionThatThrowsLeavesTheStoreAsItWas() {
    store.addIndex("node", ObjectStoreTest::node);
    store.put(pod("a", 1, "n1"));
    store.addIndex(
        "strict",
        pod -> {
          if (pod.meta().version() == 2) {
            throw new IllegalStateException("two");
          }
          return List.of();
        });
    assertThatThrownBy(() -> store.put(pod("a", 2, "n2"))).hasMessage("two");
    assertThat(onNode("n1")).containsExactly("a@1");
    assertThat(onNode("n2")).isEmpty();
    assertThat(store.get(key("a"))).isEqualTo(pod("a", 1, "n1"));
  }

  @Test
  void forEachSeesOneMomentAndMayReadTheStore() {
    for (int i = 0; i < 50; i++) {
      store.put(pod("p" + i, i));
    }
    List<String> seen = new ArrayList<>();
    store.forEach(
        pod -> {
          store.remove(pod.key());
          seen.add(PodFixtures.text(pod));
        });
    assertThat(seen).hasSize(50).doesNotHaveDuplicates();
    assertThat(store.size()).isZero();
  }

  /**
   * One writer and three readers. Some pods stay on their node all the time while their versions
   * change, and other pods come, move and go: no read of the index may miss one of the pods that
   * stay.
   */
  @Test
  void inAStormNoReadMissesAnObjectThatIsThereTheWholeTime() throws InterruptedException {
    store.addIndex("node", ObjectStoreTest::node);
    int staying = 8;
    for (int i = 0; i < staying; i++) {
      store.put(pod("stay" + i, 0, "n" + i % 2));
    }
    AtomicBoolean writing = new AtomicBoolean(true);
    AtomicLong reads = new AtomicLong();
    AtomicLong misses = new AtomicLong();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String node = "n" + i % 2;
      readers.add(
          NamedThreads.start(
              "sd-test-reader-" + i,
              () -> {
                while (writing.get()) {
                  reads.incrementAndGet();
                  misses.addAndGet(staying / 2 - staying(node));
                  if (store.get(key("stay1")) == null) {
                    misses.incrementAndGet();
                  }
                }
              }));
    }
    for (int round = 1; round < 3_000 || reads.get() < 3_000; round++) {
      for (int i = 0; i < staying; i++) {
        store.put(pod("stay" + i, round, "n" + i % 2));
      }
      store.put(pod("other" + round % 50, round, "n" + round % 3));
      store.remove(key("other" + (round + 25) % 50));
    }
    writing.set(false);
    for (Thread reader : readers) {
      reader.join();
    }
    System.out.println("index storm: " + reads.get() + " reads, " + misses.get() + " misses");
    assertThat(misses).hasValue(0);
  }

  private long staying(String node) {
    return store.byIndex("node", node).stream()
        .filter(pod -> pod.meta().name().startsWith("stay"))
        .count();
  }
}
