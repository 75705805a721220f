package consumer;

import io.promdisco.Promdisco;
import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.StaticSdConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.relabel.RelabelRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Discovers the targets of a file and of a configuration in code, and prints them. */
public final class Consumer {
  private Consumer() {}

  /** Takes the path of a configuration file. */
  public static void main(String[] args) throws Exception {
    print(new ConfigLoader().load(Path.of(args[0])));
    print(Configuration.of(inCode()));
  }

  private static ScrapeConfig inCode() {
    RelabelRule rule = RelabelRule.builder().targetLabel("from").replacement("code").build();
    return ScrapeConfig.builder("in-code")
        .sdConfig(StaticSdConfig.of("localhost:1"))
        .relabelRules(List.of(rule))
        .build();
  }

  private static void print(Configuration configuration) throws InterruptedException {
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.listen(
          change -> change.added().forEach(target -> System.out.println("+ " + target)));
      promdisco.apply(configuration);
      if (!promdisco.awaitSynced(Duration.ofSeconds(10))) {
        throw new IllegalStateException("not complete: " + promdisco.providers());
      }
    }
  }
}
