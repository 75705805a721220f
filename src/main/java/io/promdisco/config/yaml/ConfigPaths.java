package io.promdisco.config.yaml;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths in a configuration: relative ones are relative to the file that names them. */
public final class ConfigPaths {
  private final Path folder;

  public ConfigPaths(Path folder) {
    this.folder = folder;
  }

  /** Whether there is such a file. */
  public static boolean exist(String path) {
    try {
      return Files.exists(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The path to be opened; empty stays empty. */
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
      return path; // Whoever opens it will say so.
    }
  }
}
