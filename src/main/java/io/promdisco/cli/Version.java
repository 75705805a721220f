package io.promdisco.cli;

import picocli.CommandLine;

/** What {@code --version} prints. */
final class Version implements CommandLine.IVersionProvider {
  /** The jar's version, or {@code dev} outside of a jar. */
  static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "promdisco " + number(), "Java " + System.getProperty("java.runtime.version")
    };
  }
}
