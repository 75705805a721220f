package io.promdisco.providers.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers were recorded from {@code ClientConfigFromReader} of miekg/dns 1.1.73. */
final class ResolverSettingsTest {
  @TempDir private Path folder = Path.of("");

  private static ResolverSettings settings(List<String> servers, List<String> search, int ndots) {
    return new ResolverSettings(servers, search, ndots);
  }

  @Test
  void everyServerCountsAndTheLastSearchList() {
    String text =
        """
        nameserver 10.0.0.1
        # nameserver 10.0.0.2
        ;x
          nameserver\tfe80::1%eth0  # c
        nameserver
        nameserver 10.0.0.3
        nameserver 10.0.0.4
        search a b
        search c d.
        """;
    assertThat(ResolverSettings.parse(text))
        .isEqualTo(
            settings(
                List.of("10.0.0.1", "fe80::1%eth0", "10.0.0.3", "10.0.0.4"),
                List.of("c", "d."),
                1));
  }

  @Test
  void domainIsASearchListOfOne() {
    assertThat(ResolverSettings.parse("search a\ndomain b c\noptions ndots:99"))
        .isEqualTo(settings(List.of(), List.of("b"), 15));
    assertThat(ResolverSettings.parse("search a\ndomain\noptions ndots:-1"))
        .isEqualTo(settings(List.of(), List.of(), 0));
  }

  @Test
  void unknownLinesAndOptionsAreIgnored() {
    String text =
        "domain a b\nsearch\nNAMESERVER 10.0.0.1\nnameserver 10.0.0.2#x\r\n"
            + "options rotate ndots:3 timeout:1 ndots:2";
    assertThat(ResolverSettings.parse(text))
        .isEqualTo(settings(List.of("10.0.0.2#x"), List.of(), 2));
    assertThat(ResolverSettings.parse("options ndots:x\noptions edns0").ndots()).isZero();
    assertThat(ResolverSettings.parse("")).isEqualTo(settings(List.of(), List.of(), 1));
  }

  @Test
  void numberOfLabelsDecidesWhetherANameIsLookedUpAsItIsFirst() {
    List<String> search = List.of("one.test", "two.test.");
    assertThat(settings(List.of(), search, 0).names("web"))
        .containsExactly("web.", "web.one.test.", "web.two.test.");
    assertThat(settings(List.of(), search, 1).names("web"))
        .containsExactly("web.one.test.", "web.two.test.", "web.");
    assertThat(settings(List.of(), search, 1).names("a.web"))
        .containsExactly("a.web.", "a.web.one.test.", "a.web.two.test.");
    assertThat(settings(List.of(), search, 2).names("a.web"))
        .containsExactly("a.web.one.test.", "a.web.two.test.", "a.web.");
    assertThat(settings(List.of(), search, 1).names("a\\.web"))
        .containsExactly("a\\.web.one.test.", "a\\.web.two.test.", "a\\.web.");
    assertThat(settings(List.of(), search, 5).names("a.web\\."))
        .containsExactly("a.web\\..one.test.", "a.web\\..two.test.", "a.web\\..");
    assertThat(settings(List.of(), search, 1).names(""))
        .containsExactly(".one.test.", ".two.test.", ".");
  }

  @Test
  void nameWithAFinalDotIsComplete() {
    ResolverSettings settings = settings(List.of(), List.of("one.test"), 5);
    assertThat(settings.names("web.")).containsExactly("web.");
    assertThat(settings.names(".")).containsExactly(".");
  }

  /** Prometheus looks up {@code web..} here, which is not a valid name. */
  @Test
  void rootAsADomainAddsNothing() {
    assertThat(settings(List.of(), List.of(".", "one.test"), 1).names("web"))
        .containsExactly("web.", "web.one.test.");
  }

  @Test
  void fileThatCannotBeReadIsNamedWithTheReason() throws IOException {
    Path missing = folder.resolve("none");
    assertThatThrownBy(() -> ResolverSettings.read(missing))
        .isInstanceOf(IOException.class)
        .hasMessage(missing + ": no such file (expected: one that names DNS servers)");
    assertThatThrownBy(() -> ResolverSettings.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder + ": cannot be read: ");
    Path file = Files.writeString(folder.resolve("resolv.conf"), "search b\u00fcro.test\n");
    assertThat(ResolverSettings.read(file).search()).containsExactly("b\u00fcro.test");
  }
}
