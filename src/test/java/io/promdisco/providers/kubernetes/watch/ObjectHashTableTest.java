package io.promdisco.providers.kubernetes.watch;

import static io.promdisco.providers.kubernetes.watch.PodFixtures.key;
import static io.promdisco.providers.kubernetes.watch.PodFixtures.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.PodView;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ObjectHashTableTest {
  @Test
  void behavesAsAMapWhateverIsPutAndRemoved() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      ObjectHashTable<PodView> table = new ObjectHashTable<>();
      Map<ObjectKey, PodView> model = new HashMap<>();
      for (int i = 0; i < 4_000; i++) {
        boolean growing = (i / 1_000) % 2 == 0;
        PodView pod = pod("p" + random.nextInt(300), i);
        if (random.nextInt(10) < (growing ? 7 : 2)) {
          assertThat(table.put(pod)).isSameAs(model.put(pod.key(), pod));
        } else {
          assertThat(table.remove(pod.key())).isSameAs(model.remove(pod.key()));
        }
        assertThat(table.size()).isEqualTo(model.size());
      }
      for (int i = 0; i < 300; i++) {
        assertThat(table.get(key("p" + i))).isSameAs(model.get(key("p" + i)));
      }
      assertThat(table.toList()).containsExactlyInAnyOrderElementsOf(model.values());
    }
  }

  /** Different names that have the same hash code. */
  private static List<String> collidingNames(int letters) {
    List<String> names = List.of("");
    for (int i = 0; i < letters; i++) {
      names = names.stream().flatMap(name -> Stream.of(name + "an", name + "c0")).toList();
    }
    return names;
  }

  @Test
  void namesWithEqualHashesAreFoundInAReasonableTime() {
    List<String> names = collidingNames(17);
    assertThat(names.stream().map(String::hashCode).distinct()).hasSize(1);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          ObjectHashTable<PodView> table = new ObjectHashTable<>();
          for (String name : names) {
            assertThat(table.put(pod(name, 1))).isNull();
          }
          PodView again = pod(names.get(5), 2);
          assertThat(table.put(again)).isNotNull();
          ObjectHashTable<PodView> copy = table.copy();
          for (String name : names.subList(10, names.size())) {
            assertThat(table.remove(key(name))).isNotNull();
          }
          assertThat(table.size()).isEqualTo(10);
          assertThat(table.toList()).hasSize(10);
          assertThat(table.get(key(names.get(5)))).isSameAs(again);
          assertThat(table.get(key(names.get(10)))).isNull();
          assertThat(copy.size()).isEqualTo(names.size());
        });
  }

  @Test
  void aCopyChangesOnItsOwn() {
    ObjectHashTable<PodView> table = new ObjectHashTable<>();
    for (int i = 0; i < 100; i++) {
      table.put(pod("p" + i, i));
    }
    ObjectHashTable<PodView> copy = table.copy();
    for (int i = 0; i < 90; i++) {
      copy.remove(key("p" + i));
    }
    assertThat(copy.size()).isEqualTo(10);
    assertThat(copy.get(key("p95"))).isSameAs(table.get(key("p95")));
    assertThat(table.size()).isEqualTo(100);
    assertThat(table.get(key("p3"))).isNotNull();
  }
}
