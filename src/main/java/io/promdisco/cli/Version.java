package io.promdisco.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The output of {@code --version}. */
final class Version implements CommandLine.IVersionProvider {
  private static final int SHORT = 12;

  /** Returns the version of the jar, or {@code dev} outside of a jar. */
  public static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  @Override
  public String[] getVersion() {
    String commit;
    // The build writes this file if there is a Git repository.
    try (InputStream in = Version.class.getResourceAsStream("commit.properties")) {
      commit = commit(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new String[] {
      "promdisco " + number() + (commit.isEmpty() ? "" : " (commit " + commit + ")"),
      "Java " + System.getProperty("java.runtime.version")
    };
  }

  /**
   * Returns the first characters of the commit, and whether the code was changed since; empty if
   * unknown.
   */
  static String commit(@Nullable InputStream written) throws IOException {
    if (written == null) {
      return "";
    }
    Properties properties = new Properties();
    properties.load(written);
    String id = properties.getProperty("git.commit.id", "");
    if (id.isEmpty()) {
      return "";
    }
    boolean changed = Boolean.parseBoolean(properties.getProperty("git.dirty", "false"));
    return id.substring(0, Math.min(SHORT, id.length())) + (changed ? ", changed" : "");
  }
}
