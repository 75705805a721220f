package io.promdisco.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths in a configuration: relative ones are relative to the file that names them. */
final class Paths {
  private final Path folder;

  Paths(Path folder) {
    this.folder = folder;
  }

  /** The path to be opened; empty stays empty. */
  String resolve(String path) {
    if (path.isEmpty()) {
      return path;
    }
    try {
      return Path.of(path).isAbsolute() ? path : folder.resolve(path).normalize().toString();
    } catch (InvalidPathException e) {
      return path; // Whoever opens it will say so.
    }
  }
}
