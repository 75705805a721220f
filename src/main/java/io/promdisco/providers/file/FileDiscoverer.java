package io.promdisco.providers.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.FileSdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.TargetSink;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.refresh.KnownGroups;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.Nouns;
import io.promdisco.util.OnDemandThreads;
import io.promdisco.util.RateLimitedLog;
import io.promdisco.util.SourceMemory;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Reads the files of one SD config at the start, when something in their folders changes, and at
 * regular intervals. Runs one scan at a time; a change during a scan causes another one. The sink
 * is called under this object's monitor, so that it gets no call after close; files are read
 * without the monitor.
 */
final class FileDiscoverer implements Discoverer {
  private static final Logger log = EscapingLogger.of(FileDiscoverer.class);

  /** The maximum number of files of one SD config; with more, its targets are not updated. */
  static final int MOST_FILES = 10_000;

  /** The maximum number of files that are logged in a minute, each once; others are counted. */
  static final int MOST_LOGGED = 20;

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  /** The part that fails if there are too many files. */
  private static final String FILES = "files";

  private static final Duration IF_ZERO = Duration.ofMinutes(5);

  private final String provider;
  private final FileSdConfig config;
  private final Duration interval;
  private final Ticker ticker;
  private final OnDemandThreads threads;
  private final FolderWatcher watcher;
  private final FileMetrics metrics;
  private final MemoryBudget.Share memory;
  private final Function<String, List<Path>> listing;
  private final ChangeDebouncer settling;
  private final Runnable changed;

  @GuardedBy("this")
  private @Nullable TargetSink sink;

  @GuardedBy("this")
  private Map<String, List<TargetGroup>> files = Map.of();

  /** The approximate memory of the groups of each file; used by the thread that scans. */
  private Map<String, Long> bytes = Map.of();

  @GuardedBy("this")
  private final KnownGroups known = new KnownGroups();

  @GuardedBy("this")
  private final Map<String, String> broken = new HashMap<>(); // reason by file

  /** Files that failed in every scan; null before the first scan. */
  @GuardedBy("this")
  private @Nullable Set<String> unread;

  @GuardedBy("this")
  private final Map<String, String> told = new HashMap<>(); // logged reason by file

  /** Files that were logged in this minute. */
  @GuardedBy("this")
  private final Set<String> logged = new HashSet<>();

  @GuardedBy("this")
  private long minuteBegan;

  @GuardedBy("this")
  private int unlogged;

  private final RateLimitedLog uncounted;

  @GuardedBy("this")
  private boolean scanning;

  @GuardedBy("this")
  private boolean again;

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private Ticker.Alarm alarm = () -> {};

  /**
   * Creates a source that is not started.
   *
   * @param listing returns the files that match a pattern; throws {@link PatternSyntaxException}
   */
  FileDiscoverer(
      String provider,
      FileSdConfig config,
      Ticker ticker,
      OnDemandThreads threads,
      FolderWatcher watcher,
      FileMetrics metrics,
      MemoryBudget.Share memory,
      Function<String, List<Path>> listing) {
    this.memory = memory;
    this.listing = listing;
    this.provider = provider;
    this.config = config;
    this.ticker = ticker;
    this.threads = threads;
    this.watcher = watcher;
    this.metrics = metrics;
    Duration configured = config.refreshInterval();
    interval = configured.isZero() || configured.isNegative() ? IF_ZERO : configured;
    minuteBegan = ticker.nanos();
    uncounted = new RateLimitedLog(ticker::nanos, line -> log.warn("{}: {}", provider, line));
    settling = new ChangeDebouncer(ticker, () -> threads.run(this::scan));
    changed = settling::changed;
  }

  @Override
  public void start(TargetSink to) {
    synchronized (this) {
      sink = to;
    }
    threads.run(this::scan);
  }

  private void scan() {
    synchronized (this) {
      again = true;
      if (scanning || closed) {
        return;
      }
      scanning = true;
    }
    while (wanted()) {
      try {
        long begin = ticker.nanos();
        Collection<Path> watched = watchedFiles();
        if (watched.size() > MOST_FILES) {
          tooMany(watched.size());
        } else {
          put(readAll(watched), ticker.nanos() - begin);
        }
      } catch (Throwable e) { // No error may end the scans of a source, not even OutOfMemoryError.
        lookAgainLater();
        log.error("{}: the scan failed unexpectedly; known targets stay", provider, e);
      }
    }
  }

  private synchronized boolean wanted() {
    boolean wanted = again && !closed;
    again = false;
    scanning = wanted;
    return wanted;
  }

  /** The result of reading a file. */
  private sealed interface Read {
    record Good(TargetFileContent file) implements Read {}

    record Bad(String reason) implements Read {}
  }

  /** All files share the limit of one source; a file that exceeds it is rejected. */
  private Map<String, Read> readAll(Collection<Path> watched) {
    Map<String, Read> read = new LinkedHashMap<>();
    Map<String, Long> now = new HashMap<>();
    long taken = 0;
    for (Path file : watched) {
      taken += bytes.getOrDefault(file.toString(), 0L);
    }
    for (Path file : watched) {
      String name = file.toString();
      long before = bytes.getOrDefault(name, 0L);
      Read result = read(file, memory.reading(taken - before));
      long after = result instanceof Read.Good good ? good.file().bytes() : before;
      taken += after - before;
      memory.hold(taken);
      now.put(name, after);
      read.put(name, result);
    }
    bytes = now;
    return read;
  }

  private static Read read(Path file, SourceMemory memory) {
    try {
      return new Read.Good(TargetFileContent.read(file, memory));
    } catch (IOException e) {
      return new Read.Bad(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      return new Read.Bad(file + ": " + e);
    }
  }

  /** Returns the matching files. Changes after they were listed will be noticed. */
  private Collection<Path> watchedFiles() {
    Collection<Path> files = matching();
    if (files.size() > MOST_FILES) {
      return files;
    }
    Map<Path, WatchedNames> folders = WatchedFolders.of(config.files(), files);
    while (true) {
      synchronized (this) {
        if (closed) {
          return List.of();
        }
        watcher.watch(changed, folders);
      }
      files = matching();
      Map<Path, WatchedNames> now = WatchedFolders.of(config.files(), files);
      if (now.equals(folders)) {
        return files;
      }
      folders = now;
    }
  }

  private Collection<Path> matching() {
    Set<Path> matching = new LinkedHashSet<>();
    for (String pattern : config.files()) {
      try {
        matching.addAll(listing.apply(pattern));
      } catch (PatternSyntaxException e) {
        log.debug("{}: {}: matches nothing: {}", provider, pattern, e.getDescription());
      }
    }
    for (String known : knownFiles()) {
      Path file = Path.of(known);
      if (Files.exists(file)) { // A listing may miss a file that is being replaced.
        matching.add(file);
      }
    }
    return matching;
  }

  private synchronized List<String> knownFiles() {
    return List.copyOf(files.keySet());
  }

  private synchronized void tooMany(int count) {
    if (closed || sink == null) {
      return;
    }
    String reason = count + " files match (expected: at most " + MOST_FILES + ")";
    if (broken.put(FILES, reason) == null) {
      log.warn("{}: {}; known targets stay", provider, reason);
    }
    sink.failing(FILES, reason, interval);
    lookAgainLater();
  }

  private synchronized void put(Map<String, Read> read, long nanos) {
    if (closed || sink == null) {
      return;
    }
    works(FILES, sink);
    unlogged = 0;
    if (ticker.nanos() - minuteBegan >= MINUTE) {
      minuteBegan = ticker.nanos();
      logged.clear();
    }
    Map<String, List<TargetGroup>> now = new LinkedHashMap<>();
    read.forEach((name, result) -> now.put(name, groups(name, result, sink)));
    for (String name : files.keySet()) {
      if (!read.containsKey(name)) {
        metrics.forget(this, name);
        works(name, sink);
      }
    }
    if (unlogged > 0) {
      uncounted.log(unlogged + " more files cannot be read; their known targets stay");
    }
    files = now;
    List<TargetGroup> all = new ArrayList<>();
    now.values().forEach(all::addAll);
    List<TargetGroup> changes = known.replace(all);
    if (!changes.isEmpty()) {
      sink.update(changes);
    }
    metrics.scanned(nanos);
    if (unread == null) {
      unread = new HashSet<>(broken.keySet());
    } else {
      unread.retainAll(broken.keySet());
    }
    sink.syncedExcept(unread);
    lookAgainLater();
  }

  private synchronized void lookAgainLater() {
    if (!closed) {
      alarm.cancel();
      alarm = ticker.schedule(interval, this::scanNow);
    }
  }

  private void scanNow() {
    try {
      threads.run(this::scan);
    } catch (Error e) { // Perhaps no thread can be started now.
      lookAgainLater();
      log.error("{}: the files cannot be read now", provider, e);
    }
  }

  /** Returns the current groups of a file: the known ones if it cannot be read. */
  @GuardedBy("this")
  private List<TargetGroup> groups(String name, Read result, TargetSink to) {
    List<TargetGroup> before = files.getOrDefault(name, List.of());
    if (result instanceof Read.Good good) {
      works(name, to);
      List<TargetGroup> groups = good.file().groups();
      metrics.read(this, name, (double) good.file().changed());
      if (groups.size() < before.size()) {
        metrics.forget(
            this, name); // As in Prometheus, for a file that lost groups, until it is read again.
      }
      return groups;
    }
    metrics.readFailed();
    String reason = ((Read.Bad) result).reason();
    boolean isNew = !reason.equals(broken.put(name, reason));
    if (!reason.equals(told.get(name)) && !logged.contains(name)) {
      if (logged.size() < MOST_LOGGED) {
        logged.add(name);
        told.put(name, reason);
        log.warn("{}: {}; keeping {}", provider, reason, Nouns.count(before.size(), "group"));
      } else if (isNew) {
        unlogged++;
      }
    }
    to.failing(name, reason, interval);
    return before;
  }

  @GuardedBy("this")
  private void works(String name, TargetSink to) {
    if (broken.remove(name) != null) {
      to.recovered(name);
      if (told.remove(name) != null) {
        log.info("{}: {}: can be read again", provider, name);
      }
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    alarm.cancel();
    watcher.watch(changed, Map.of());
    files.keySet().forEach(name -> metrics.forget(this, name));
    memory.close();
  }
}
