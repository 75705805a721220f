package io.promdisco.config;

import java.time.Duration;
import java.util.List;

/**
 * One entry of {@code dns_sd_configs}.
 *
 * @param names the names to look up
 * @param type the record type
 * @param port the port of the targets; ignored for SRV records, which contain it
 * @param refreshInterval the time between two lookups; default 30 s
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
    SdChecks.checkDnsNames(names, problems);
    SdChecks.checkDnsPort(type, port, problems);
    ScrapeChecks.positive("refresh_interval", refreshInterval, problems);
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
