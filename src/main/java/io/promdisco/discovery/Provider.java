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
 * One distinct SD config with its discoverer, if that could be made, and how it is.
 *
 * <p>The discoverer's threads write through the sink; whoever asks for the status reads.
 */
final class Provider implements TargetSink {
  /** What a provider tells its manager. */
  interface Owner {
    /** Groups of {@code provider} are to be put into the pool. */
    void update(Provider provider, List<TargetGroup> groups);

    /** {@code provider} has put everything that was there at its start, and is about to say so. */
    void deliveringAllParts(Provider provider);

    /** {@code provider} has said what of that which was there at its start it has put. */
    void delivered(Provider provider);
  }

  private final String name;
  private final String job;
  private final SdConfig config;
  private final Owner owner;
  private final Ticker ticker;
  private volatile @Nullable Discoverer discoverer; // once it runs; by the thread that applies

  @GuardedBy("this")
  private final Map<String, ProviderStatus.Failure> failures = new LinkedHashMap<>();

  @GuardedBy("this")
  private boolean refused;

  @GuardedBy("this")
  private boolean delivered;

  @GuardedBy("this")
  private Set<String> unread = Set.of(); // parts that could not be read so far

  @GuardedBy("this")
  private boolean synced;

  @GuardedBy("this")
  private boolean closed;

  private volatile boolean complete; // nothing is unread, and everything has been sent

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

  /** Starts {@code made}; if that fails it is closed again and the provider has none. */
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

  /** It could not be made. */
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
          this); // First: who waits for the delivery finds that the jobs use it.
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

  /** Whether it could not be made. */
  synchronized boolean refused() {
    return refused;
  }

  /** Whether everything that was there at the start has been put, be it sent or not. */
  synchronized boolean delivered() {
    return delivered;
  }

  /** Everything that was there at the start has been sent. */
  synchronized void sent() {
    synced = true;
  }

  /** Whether everything that was there at the start has been sent. */
  synchronized boolean isSynced() {
    return synced;
  }

  /** Whether the first result has been put, with every part of it. */
  synchronized boolean hasDeliveredAllParts() {
    return delivered && unread.isEmpty();
  }

  /** Notes that the first result, with every part of it, has been sent. */
  void sentAllParts() {
    complete = true;
  }

  /** Whether everything that was there at the start, every part of it, has been sent. */
  boolean isComplete() {
    return complete;
  }

  /** What is missing; empty if the provider is whole. */
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

  /** Ends the discoverer; what it still puts is ignored. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    if (discoverer != null) {
      discoverer.close();
    }
  }
}
