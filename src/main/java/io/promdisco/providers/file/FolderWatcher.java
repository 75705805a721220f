package io.promdisco.providers.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Notifies listeners of changes in folders, with one watch service and one thread, {@code
 * sd-file-watch}, for all folders. Both are created when the first folder is watched. Safe for all
 * threads.
 */
final class FolderWatcher implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(FolderWatcher.class);

  private final FileMetrics metrics;

  @GuardedBy("this")
  private @Nullable WatchService service;

  /**
   * The listeners of each folder and the names that they watch. A key identifies the folder, not
   * its path.
   */
  @GuardedBy("this")
  private final Map<WatchKey, Map<Runnable, WatchedNames>> interests = new HashMap<>();

  @GuardedBy("this")
  private final Set<Runnable> failing =
      new HashSet<>(); // listeners whose folders could not all be watched

  @GuardedBy("this")
  private boolean closed;

  FolderWatcher(FileMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Calls {@code listener} when a file with one of these names in one of these folders is created,
   * changed or deleted. This replaces the listener's previous folders. Missing folders are left
   * out. If the system cannot watch a folder, that is logged and counted; the listener must also
   * read at regular intervals.
   *
   * @param folders absolute paths; empty to remove the listener
   */
  synchronized void watch(Runnable listener, Map<Path, WatchedNames> folders) {
    if (closed) {
      return;
    }
    Set<WatchKey> used = new HashSet<>();
    boolean failed = false;
    for (Map.Entry<Path, WatchedNames> folder : folders.entrySet()) {
      try {
        WatchKey key = register(folder.getKey());
        Map<Runnable, WatchedNames> interested =
            interests.computeIfAbsent(key, k -> new HashMap<>());
        WatchedNames before = used.add(key) ? null : interested.get(listener);
        WatchedNames names = folder.getValue();
        interested.put(listener, before == null ? names : names.plus(before));
      } catch (NoSuchFileException | NotDirectoryException e) {
        log.debug("{}: deleted before it could be watched", folder.getKey());
      } catch (IOException e) {
        failed = true;
        failed(listener, folder.getKey(), e);
      }
    }
    if (!failed) {
      failing.remove(listener);
    }
    for (WatchKey key : List.copyOf(interests.keySet())) {
      if (!used.contains(key)) {
        drop(key, listener);
      }
    }
  }

  @GuardedBy("this")
  private void drop(WatchKey key, Runnable listener) {
    Map<Runnable, WatchedNames> left = interests.getOrDefault(key, Map.of());
    if (left.containsKey(listener)) {
      left.remove(listener);
      if (left.isEmpty()) {
        interests.remove(key);
        key.cancel();
      }
    }
  }

  @GuardedBy("this")
  private void failed(Runnable listener, Path folder, IOException e) {
    metrics.watchFailed();
    if (failing.add(listener)) {
      log.warn(
          "{}: cannot watch for changes ({}); files are read only at every refresh_interval",
          folder,
          e.getMessage());
    }
  }

  /** Returns the existing key if the folder is already watched. */
  @GuardedBy("this")
  private WatchKey register(Path folder) throws IOException {
    WatchService watches = service;
    if (watches == null) {
      watches = FileSystems.getDefault().newWatchService();
      service = watches;
      WatchService taken = watches;
      NamedThreads.start("sd-file-watch", () -> follow(taken));
    }
    return folder.register(
        watches,
        StandardWatchEventKinds.ENTRY_CREATE,
        StandardWatchEventKinds.ENTRY_MODIFY,
        StandardWatchEventKinds.ENTRY_DELETE);
  }

  private void follow(WatchService watches) {
    while (true) {
      try {
        WatchKey key = watches.take();
        List<WatchEvent<?>> events = key.pollEvents();
        interested(key, events, key.reset()).forEach(Runnable::run);
      } catch (ClosedWatchServiceException | InterruptedException e) {
        log.debug("folders are no longer watched");
        return;
      } catch (RuntimeException | Error e) { // Files are still read at every refresh_interval.
        log.error("changes of folders may have been missed", e);
      }
    }
  }

  private synchronized List<Runnable> interested(
      WatchKey key, List<WatchEvent<?>> events, boolean folderIsThere) {
    List<Runnable> all = new ArrayList<>();
    interests
        .getOrDefault(key, Map.of())
        .forEach(
            (listener, names) -> {
              if (!folderIsThere || events.stream().anyMatch(names::matches)) {
                all.add(listener);
              }
            });
    if (!folderIsThere) {
      interests.remove(key);
    }
    return all;
  }

  /** Ends the thread and closes all watches. */
  @Override
  public synchronized void close() {
    closed = true;
    interests.clear();
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        log.warn("the watch service could not be closed: {}", e.getMessage());
      }
    }
  }
}
