package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.metrics.Metrics;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client that follows the targets of a job receives. */
class NewsTest {
  private static final String PROVIDER = "kubernetes/0";

  private final FakeDiscovery discovery = new FakeDiscovery();
  private final ScrapeManager manager = new ScrapeManager(discovery, Metrics.none());
  private final Map<Target, Target> known = new HashMap<>();
  private long revision = -1;

  @BeforeEach
  void configure() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private void send(TargetGroup... groups) {
    discovery.send(manager, "j", PROVIDER, groups);
  }

  private PoolView pool() {
    return manager.pool("j").orElseThrow();
  }

  private PoolView.News follow() {
    PoolView.News news = pool().newsSince(revision);
    if (news.whole()) {
      known.clear();
    }
    news.gone().forEach(known::remove);
    news.present().forEach(known::remove);
    news.present().forEach(target -> known.put(target, target));
    revision = news.revision();
    return news;
  }

  @Test
  void theFirstNewsAreAllTargets() {
    send(JobFixtures.group("a", "h:1", "h:2"), JobFixtures.group("b", "h:1"));
    PoolView.News news = follow();
    assertThat(news.whole()).isTrue();
    assertThat(news.present()).hasSize(2);
  }

  @Test
  void laterNewsAreWhatChanged() {
    send(JobFixtures.group("a", "h:1"), JobFixtures.group("b", "h:2"));
    follow();
    assertThat(follow().present()).isEmpty();
    send(JobFixtures.group("b", "h:3"));
    PoolView.News news = follow();
    assertThat(news.whole()).isFalse();
    assertThat(news.present()).extracting(Target::address).containsExactly("h:3");
    assertThat(news.gone()).extracting(Target::address).containsExactly("h:2");
  }

  @Test
  void aTargetThatIsDiscoveredAgainIsNewsThoughItIsEqual() {
    send(JobFixtures.group("a", Labels.of("__meta_version", "1"), "h:1"));
    follow();
    send(JobFixtures.group("a", Labels.of("__meta_version", "2"), "h:1"));
    assertThat(follow().present())
        .singleElement()
        .extracting(target -> target.discoveredLabel("__meta_version"))
        .isEqualTo("2");
  }

  @Test
  void aTargetThatAnotherGroupHasTooIsNotGone() {
    send(JobFixtures.group("a", "h:1"), JobFixtures.group("b", "h:1"));
    follow();
    send(TargetGroup.empty("a"));
    PoolView.News news = follow();
    assertThat(news.gone()).isEmpty();
    assertThat(news.present()).hasSize(1);
  }

  @Test
  void newsOfLongAgoAreAllTargets() {
    send(JobFixtures.group("a", "h:1"));
    follow();
    for (int i = 0; i < 2000; i++) {
      send(JobFixtures.group("b", "h:" + i));
    }
    assertThat(follow().whole()).isTrue();
    assertThat(known).hasSize(2);
  }

  @Test
  void whoFollowsKnowsWhatThereIs() {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      String group = "g" + random.nextInt(4);
      String[] addresses =
          random.ints(random.nextInt(3), 0, 5).mapToObj(n -> "h:" + n).toArray(String[]::new);
      send(
          addresses.length == 0
              ? TargetGroup.empty(group)
              : JobFixtures.group(group, Labels.of("__meta_n", "" + random.nextInt(3)), addresses));
      if (random.nextBoolean()) {
        follow();
        List<Target> active = pool().activeTargets();
        assertThat(known.keySet()).containsExactlyInAnyOrderElementsOf(active);
        for (Target target : active) {
          Target told = Objects.requireNonNull(known.get(target));
          assertThat(told.discoveredLabels()).isEqualTo(target.discoveredLabels());
        }
      }
    }
  }
}
