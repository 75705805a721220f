package io.promdisco.providers.kubernetes.client.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.promdisco.http.ServerSettings;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a kubeconfig contains, it either names a server or is refused with the file and the
 * place in it.
 */
class KubeconfigFuzzTest {
  @TempDir private Path folder = Path.of("");

  @FuzzTest(maxDuration = "5m")
  void everyKubeconfigIsReadOrRefusedInOneLine(byte[] content) throws IOException {
    BugDetectors.setFilePathTraversalAllowPath(path -> true); // it may name any file
    Path file = Files.write(folder.resolve("kubeconfig"), content);
    try {
      ServerSettings settings =
          Kubeconfig.read(KubeconfigSource.of(file, "")).settings(new ManualTicker(), Map.of());
      assertThat(settings.server().getHost()).isNotEmpty();
      assertThat(settings.server().getUserInfo()).isNull();
    } catch (IOException e) {
      assertThat(e).message().startsWith("kubeconfig " + file).doesNotContain("\n");
    }
  }
}
