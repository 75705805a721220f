package io.promdisco.security;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.Promdisco;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.TargetChange;
import io.promdisco.scrape.TargetListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One job with labels that are made to be slow, and one that must not wait for it. */
@Timeout(300)
class SlowRelabellingTest {
  @TempDir private Path folder = Path.of("");

  private static String group(int labels, int targets, String value) {
    StringBuilder json = new StringBuilder("[{\"targets\": [\"a:1\"");
    for (int i = 1; i < targets; i++) {
      json.append(",\"a:").append(i + 1).append('"');
    }
    json.append("], \"labels\": {\"v\": \"").append(value).append('"');
    for (int i = 0; i < labels; i++) {
      json.append(",\"label_").append(i * 7919L % 1_000_003).append("\": \"v\"");
    }
    return json.append("}}]").toString();
  }

  private void write(String name, String content) throws IOException {
    Path other = Files.writeString(folder.resolve(name + ".new"), content);
    Files.move(other, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<PoolView> pools(Promdisco promdisco) {
    return promdisco.pools();
  }

  @Test
  void tensOfThousandsOfLabelsWithLabelmapsDelayNoOtherJob() throws Exception {
    write("slow.json", group(45_000, 2, "first"));
    write("quick.json", "[{\"targets\": [\"q:1\"]}]");
    String config =
        """
        scrape_configs:
        - job_name: slow
          file_sd_configs: [{files: [slow.json]}]
          relabel_configs:
          - {action: labelmap, regex: 'label_(.+)', replacement: 'other_$1'}
          - {action: labeldrop, regex: 'label_.*'}
          - {action: labelmap, regex: 'other_(.+)5', replacement: 'other_$1'}
        - job_name: quick
          file_sd_configs: [{files: [quick.json]}]
        """;
    List<TargetChange> changes = new CopyOnWriteArrayList<>();
    try (Promdisco promdisco = Promdisco.builder().build();
        TargetListener.Registration registration = promdisco.listen(changes::add)) {
      assertThat(registration).isNotNull();
      promdisco.apply(
          new ConfigLoader().read("p.yml", config.getBytes(UTF_8), folder).configuration().get());
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(30))).isTrue();
      assertThat(pools(promdisco).get(0).counts().active()).isEqualTo(2);
      for (int round = 0; round < 5; round++) {
        int now = round;
        write("slow.json", group(45_000, 2, "round" + now));
        write("quick.json", "[{\"targets\": [\"q:" + (100 + now) + "\"]}]");
        eventually(
            () ->
                assertThat(pools(promdisco).get(1).activeTargets().toString())
                    .contains("q:" + (100 + now)));
        eventually(
            () ->
                assertThat(pools(promdisco).get(0).activeTargets().get(0).labels().get("v"))
                    .isEqualTo("round" + now));
      }
    }
  }

  @Test
  void aRegexThatNeedsTooDeepAStackFailsItsTargetsAndNoOtherJob() throws Exception {
    String alternatives =
        IntStream.range(0, 20_000)
            .mapToObj(i -> ".*-" + i + "-.*")
            .collect(Collectors.joining("|"));
    String config =
        """
        scrape_configs:
        - job_name: deep
          static_configs: [{targets: ["a:1"]}]
          relabel_configs:
          - {source_labels: [__address__], regex: 'a:(?:%s)', target_label: x}
        - job_name: other
          static_configs: [{targets: ["b:1"]}]
        """
            .formatted(alternatives);
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.apply(
          new ConfigLoader().read("p.yml", config.getBytes(UTF_8), folder).configuration().get());
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(30))).isTrue();
      assertThat(pools(promdisco).get(1).counts().active()).isEqualTo(1);
      assertThat(pools(promdisco).get(0).failedTargets(0).toString()).contains("too deep a stack");
    }
  }
}
