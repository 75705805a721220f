package io.promdisco.discovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.SdConfig;
import io.promdisco.model.TargetGroup;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A distinct SD config with its discoverer, if that could be created, and its state.
 *
 * <p>The discoverer's threads write through the sink; any thread reads the status.
 */
final class Provider implements TargetSink {
  /** Receives reports of a provider. */
  interface Owner {
    /** Puts groups of {@code provider} into the pool. */
    void update(Provider provider, List<TargetGroup> groups);

    /**
     * Called before {@code provider} reports that it has delivered everything that it found at its
     * start.
     */
    void deliveringAllParts(Provider provider);

    /**
     * Called after {@code provider} has reported what it has delivered of what it found at its
     * start.
     */
    void delivered(Provider provider);
  }

  private final String name;
  private final String job;
  private final SdConfig config;
  private final Owner owner;
  private final Ticker ticker;
  private volatile @Nullable Discoverer discoverer; // set when it runs, by the thread that applies

  @GuardedBy("this")
  private final Map<String, ProviderStatus.Failure> failures = new LinkedHashMap<>();

  @GuardedBy("this")
  private boolean refused;

  @GuardedBy("this")
  private boolean delivered;

  @GuardedBy("this")
  private Set<String> unread = Set.of(); // the parts that could not be read so far

  @GuardedBy("this")
  private boolean synced;

  @GuardedBy("this")
  private boolean closed;

  private volatile boolean complete; // whether every part was read, and everything was sent

  Provider(String name, String job, SdConfig config, Owner owner, Ticker ticker) {
    this.name = name;
    this.job = job;
    this.config = config;
    this.owner = owner;
    this.ticker = ticker;
  }

  String name() {
    return name;
  }

  SdConfig config() {
    return config;
  }

  boolean started() {
    return discoverer != null;
  }

  /** Starts {@code made}. If that fails, it is closed and the provider has no discoverer. */
  void start(Discoverer made) {
    try {
      made.start(this);
      discoverer = made;
    } finally {
      if (discoverer == null) {
        made.close();
      }
    }
  }

  /** Records that the discoverer could not be created. */
  synchronized void refuse(String reason) {
    refused = true;
    failures.put("", new ProviderStatus.Failure("", reason, ticker.now(), Instant.MAX));
  }

  @Override
  public String job() {
    return job;
  }

  @Override
  public void update(List<TargetGroup> groups) {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    owner.update(this, groups);
  }

  @Override
  public void synced() {
    syncedExcept(Set.of());
  }

  @Override
  public void syncedExcept(Set<String> parts) {
    synchronized (this) {
      if (closed || (delivered && (unread.isEmpty() || unread.equals(parts)))) {
        return;
      }
    }
    if (parts.isEmpty()) {
      owner.deliveringAllParts(
          this); // Must be first: threads that wait for the delivery then find that jobs use it.
    }
    synchronized (this) {
      delivered = true;
      unread = Set.copyOf(parts);
    }
    owner.delivered(this);
  }

  @Override
  public synchronized void failing(String part, String reason, Duration nextTry) {
    ProviderStatus.Failure before = failures.get(part);
    Instant now = ticker.now();
    failures.put(
        part,
        new ProviderStatus.Failure(
            part, reason, before == null ? now : before.since(), now.plus(nextTry)));
  }

  @Override
  public synchronized void recovered(String part) {
    failures.remove(part);
  }

  /** Whether the discoverer could not be created. */
  synchronized boolean refused() {
    return refused;
  }

  /** Whether everything that was found at the start was put into the pool, sent or not. */
  synchronized boolean delivered() {
    return delivered;
  }

  /** Records that everything that was found at the start was sent. */
  synchronized void sent() {
    synced = true;
  }

  /** Whether everything that was found at the start was sent. */
  synchronized boolean isSynced() {
    return synced;
  }

  /** Whether the first result, with every part of it, was put into the pool. */
  synchronized boolean hasDeliveredAllParts() {
    return delivered && unread.isEmpty();
  }

  /** Records that the first result, with every part of it, was sent. */
  void sentAllParts() {
    complete = true;
  }

  /** Whether the first result, with every part of it, was sent. */
  boolean isComplete() {
    return complete;
  }

  /** Returns what is missing; empty if the provider is complete. */
  synchronized Optional<JobStatus.Missing> missing() {
    if (complete) {
      return Optional.empty();
    }
    List<String> reasons = new ArrayList<>();
    for (ProviderStatus.Failure failure : failures.values()) {
      if (!delivered || unread.contains(failure.part())) {
        reasons.add(failure.summary());
      }
    }
    if (reasons.isEmpty()) {
      reasons.add(
          hasDeliveredAllParts()
              ? "its targets are not ready yet"
              : "has not delivered its targets yet");
    }
    return Optional.of(new JobStatus.Missing(name, String.join("; ", reasons)));
  }

  synchronized ProviderStatus status(List<String> jobs, int targets) {
    return new ProviderStatus(
        name, config, jobs, started(), complete, targets, new ArrayList<>(failures.values()));
  }

  /** Closes the discoverer; everything that it still delivers is ignored. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    if (discoverer != null) {
      discoverer.close();
    }
  }
}
