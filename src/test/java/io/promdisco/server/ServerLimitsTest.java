package io.promdisco.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.server.access.ServerLimits;
import org.junit.jupiter.api.Test;

final class ServerLimitsTest {
  @Test
  void connectionsLeaveFilesForEverythingElse() {
    ServerLimits limits = ServerLimits.DEFAULT;
    assertThat(limits.within(1024)).isEqualTo(limits);
    assertThat(limits.within(Long.MAX_VALUE)).isEqualTo(limits);
    assertThat(limits.within(400)).isEqualTo(new ServerLimits(300, 300, 250, 200));
    assertThat(limits.within(10)).isEqualTo(new ServerLimits(16, 16, 250, 200));
  }

  @Test
  void readsTheLimitOfOpenFilesFromLinux() {
    String text =
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             63419                63419                processes
        Max open files            1024                 4096                 files
        """;
    assertThat(OpenFileLimit.limit(text)).isEqualTo(1024);
    assertThat(OpenFileLimit.limit(text.replace("1024", "unlimited"))).isEqualTo(Long.MAX_VALUE);
    assertThat(OpenFileLimit.left()).isPositive();
  }
}
