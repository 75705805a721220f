package io.promdisco.http;

/** How we name ourselves to servers. */
final class UserAgent {
  /** {@code promdisco/} and the version. */
  static final String TEXT = "promdisco/" + version();

  private UserAgent() {}

  private static String version() {
    String version = UserAgent.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
