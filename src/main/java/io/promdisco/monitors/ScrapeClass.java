package io.promdisco.monitors;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Settings that many resources share, which they name or which are the default. */
final class ScrapeClass {
  /** Stands for no class. */
  static final ScrapeClass NONE = new ScrapeClass(SpecNode.empty(""));

  private final SpecNode spec;

  ScrapeClass(SpecNode spec) {
    this.spec = spec;
  }

  String name() throws InvalidMonitorException {
    return spec.textOrEmpty("name");
  }

  boolean isDefault() throws InvalidMonitorException {
    return spec.flag("default", false);
  }

  void check() throws InvalidMonitorException {
    String name = name();
    InvalidMonitorException.within(
        "invalid relabelings for scrapeClass " + name, () -> RuleList.check(spec, "relabelings"));
    InvalidMonitorException.within(
        "invalid metric relabelings for scrapeClass " + name,
        () -> RuleList.check(spec, "metricRelabelings"));
    InvalidMonitorException.within(
        "invalid TLS config for scrapeClass " + name, () -> TlsChecks.check(tls(), true));
    InvalidMonitorException.within(
        "invalid authorization for scrapeClass " + name,
        () -> HttpChecks.checkClassAuthorization(authorization()));
  }

  List<JobTree> relabelings() throws InvalidMonitorException {
    return RuleList.of(spec, "relabelings");
  }

  List<JobTree> metricRelabelings() throws InvalidMonitorException {
    return RuleList.of(spec, "metricRelabelings");
  }

  @Nullable SpecNode tls() throws InvalidMonitorException {
    return spec.child("tlsConfig");
  }

  @Nullable SpecNode authorization() throws InvalidMonitorException {
    return spec.child("authorization");
  }

  @Nullable SpecNode attachMetadata() throws InvalidMonitorException {
    return spec.child("attachMetadata");
  }

  @Nullable String fallbackScrapeProtocol() throws InvalidMonitorException {
    return spec.text("fallbackScrapeProtocol");
  }
}
