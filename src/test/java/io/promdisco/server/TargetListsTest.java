package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import io.promdisco.scrape.DiscoveredTarget;
import io.promdisco.scrape.PoolView;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TargetListsTest {
  private static final int TARGETS = 1000;

  private final FakeBackend backend = new FakeBackend();
  private final TargetLists lists = new TargetLists();

  private TargetLists.Targets discovered(String text) {
    backend.configure("shop");
    backend.discover(
        "shop",
        Labels.of("text", text),
        IntStream.range(0, TARGETS).mapToObj(i -> "h" + i + ":80").toArray(String[]::new));
    PoolView pool = backend.pools().get(0);
    eventually( // Very long texts are relabelled on a separate thread.
        () ->
            assertThat(pool.activeTargets())
                .hasSize(TARGETS)
                .allMatch(target -> text.equals(target.labels().get("text"))));
    return lists.of(pool);
  }

  @Test
  void answersBetweenTwoChangesShareAList() {
    TargetLists.Targets first = discovered("a");
    TargetLists.Targets second = lists.of(backend.pools().get(0));
    assertThat(second.targets()).isSameAs(first.targets());
    assertThat(second.bytes()).isEqualTo(first.bytes());
  }

  @Test
  void answersBetweenTwoChangesShareWhatTheRulesDrop() {
    backend.configureFrom(
        "p.yml",
        """
        scrape_configs:
        - job_name: shop
          static_configs: [{targets: ["a:1"]}]
          relabel_configs: [{source_labels: [__address__], regex: 'a.*', action: drop}]
        """);
    backend.discover("shop", Labels.EMPTY, "a:1", "b:1");
    PoolView pool = backend.pools().get(0);
    List<DiscoveredTarget> first = lists.dropped(pool);
    assertThat(first).hasSize(1);
    assertThat(lists.dropped(pool)).isSameAs(first);
    backend.discover("shop", Labels.EMPTY, "a:1", "a:2");
    assertThat(lists.dropped(pool)).hasSize(2);
    assertThat(first).hasSize(1);
  }

  @Test
  void listCountsWithTheTargetsThatItDoesNotShareWithTheOneBefore() {
    TargetLists.Targets first = discovered("a");
    assertThat(first.bytes() / TARGETS).isBetween(300L, 400L);
    TargetLists.Targets second = discovered("b");
    assertThat(second.bytes() / TARGETS).as("all are others").isBetween(300L, 400L);
    assertThat(TargetLists.bytes(second.targets(), second.targets()) / TARGETS).isEqualTo(4);
    assertThat(first.targets()).hasSize(TARGETS);
  }

  @Test
  void textOfUnusualSizeCountsOnceForTheTargetsThatShareIt() {
    long usual = discovered("a").bytes();
    assertThat(discovered("x".repeat(50_000)).bytes() - usual).isBetween(40_000L, 200_000L);
  }
}
