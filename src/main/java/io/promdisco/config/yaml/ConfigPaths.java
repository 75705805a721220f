package io.promdisco.config.yaml;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Resolves paths in a configuration: relative paths are relative to the folder of the file that
 * contains them.
 */
public final class ConfigPaths {
  private final Path folder;

  public ConfigPaths(Path folder) {
    this.folder = folder;
  }

  /** Whether the file exists. */
  public static boolean exist(String path) {
    try {
      return Files.exists(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Returns the path to open; an empty path remains empty. */
  public String resolve(String path) {
    if (path.isEmpty()) {
      return path;
    }
    try {
      if (Path.of(path).isAbsolute()) {
        return path;
      }
      String joined = folder.resolve(path).normalize().toString();
      return joined.isEmpty() ? "." : joined;
    } catch (InvalidPathException e) {
      return path; // opening the file will report the problem
    }
  }
}
