package io.promdisco.providers.file;

import io.promdisco.util.EscapingLogger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The folders to watch for changes of the files that match a pattern: the folders of the files; the
 * folder above them, in which theirs may be replaced, or its nearest existing parent while it is
 * missing; and the folder of every symbolic link on the way, because Kubernetes replaces the files
 * of a ConfigMap through links.
 */
final class WatchedFolders {
  private static final Logger log = EscapingLogger.of(WatchedFolders.class);
  private static final Pattern GLOB = Pattern.compile(".*[*?\\[\\\\].*", Pattern.DOTALL);
  private static final int MOST_LINKS = 40;

  private final Map<Path, Set<String>> folders = new HashMap<>();
  private final Set<Path> whole = new HashSet<>();

  private WatchedFolders() {}

  /** Returns the folders for all patterns, in the current state of the file system. */
  static Map<Path, WatchedNames> of(List<String> patterns, Iterable<Path> files) {
    WatchedFolders all = new WatchedFolders();
    for (String pattern : patterns) {
      try {
        all.addFolder(literalFolder(Path.of(pattern).toAbsolutePath()));
      } catch (InvalidPathException e) {
        log.debug("{}: no such file can exist", pattern);
      }
    }
    for (Path file : files) {
      all.addFile(file.toAbsolutePath());
    }
    Map<Path, WatchedNames> names = new HashMap<>();
    all.folders.forEach(
        (folder, some) -> names.put(folder, new WatchedNames(all.whole.contains(folder), some)));
    return names;
  }

  /** Returns the folder of a pattern up to its first wildcard. */
  private static Path literalFolder(Path pattern) {
    Path folder = pattern.getRoot();
    for (int i = 0; i < pattern.getNameCount() - 1; i++) {
      Path part = pattern.getName(i);
      if (GLOB.matcher(part.toString()).matches()) {
        break;
      }
      folder = folder.resolve(part);
    }
    return folder;
  }

  private void addFolder(Path folder) {
    if (Files.isDirectory(folder)) {
      folders.computeIfAbsent(folder, any -> new HashSet<>());
      whole.add(folder);
      addLinks(folder, 0);
    }
    Path below = folder;
    Path there = folder.getParent();
    while (there != null && !Files.isDirectory(there)) {
      below = there;
      there = there.getParent();
    }
    add(there, below);
  }

  private void addFile(Path file) {
    add(file.getParent(), file);
    if (Files.isSymbolicLink(file)) {
      addLinks(file, 0);
      try {
        Path real = file.toRealPath();
        add(real.getParent(), real);
      } catch (IOException e) {
        log.debug("{}: a link to a path that does not exist yet", file);
      }
    }
  }

  /** Adds the folder of each link on the way to {@code path}. */
  private void addLinks(Path path, int links) {
    Path at = path.getRoot();
    for (Path part : path) {
      Path next = at.resolve(part);
      try {
        if (Files.isSymbolicLink(next) && links < MOST_LINKS) {
          add(at, next);
          addLinks(at.resolve(Files.readSymbolicLink(next)).normalize(), links + 1);
          next = next.toRealPath();
        }
      } catch (IOException e) {
        log.debug("{}: a link to a path that does not exist yet", next);
        return;
      }
      at = next;
    }
  }

  private void add(@Nullable Path folder, Path child) {
    Path name = child.getFileName();
    if (folder != null && name != null) {
      folders.computeIfAbsent(folder, any -> new HashSet<>()).add(name.toString());
    }
  }
}
