package io.promdisco.config;

import java.time.Duration;
import java.util.List;

/**
 * One entry of {@code dns_sd_configs}.
 *
 * @param names the names to ask for
 * @param type the record type
 * @param port of the targets, but for SRV records, which have their own
 * @param refreshInterval how often; default 30 s
 */
public record DnsSdConfig(List<String> names, Type type, int port, Duration refreshInterval)
    implements SdConfig {
  /** Copies the list. */
  public DnsSdConfig {
    names = List.copyOf(names);
  }

  @Override
  public String mechanism() {
    return "dns";
  }

  @Override
  public void check(FieldProblems problems) {
    checkNames(names, problems);
    checkPort(type, port, problems);
    ScrapeChecks.positive("refresh_interval", refreshInterval, problems);
  }

  static void checkNames(List<String> names, FieldProblems problems) {
    if (names.isEmpty()) {
      problems.note(
          "names", "DNS-SD config must contain at least one SRV record name (expected: names)");
    }
  }

  static void checkPort(Type type, long port, FieldProblems problems) {
    if (type != Type.SRV && port == 0) {
      problems.note("port", "a port is required in DNS-SD configs for all record types except SRV");
    }
  }

  /** A record type. */
  public enum Type {
    /** IPv4 addresses. */
    A,
    /** IPv6 addresses. */
    AAAA,
    /** Services; the default. */
    SRV,
    /** Mail servers. */
    MX,
    /** Name servers. */
    NS
  }
}
