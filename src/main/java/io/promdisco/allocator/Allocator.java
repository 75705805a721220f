package io.promdisco.allocator;

import io.promdisco.Promdisco;
import io.promdisco.allocation.Collector;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.discovery.JobStatus;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.RenderedDocument;
import io.promdisco.util.Closer;
import io.promdisco.util.Nouns;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.io.Serial;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shares the targets of a {@link Promdisco} among collectors. It knows no collector before the
 * first, and no share of a job before the job is complete. Safe for all threads.
 */
public final class Allocator implements AutoCloseable {
  private final AllocatorConfig config;
  private final Promdisco promdisco;
  private final Ticker ticker;
  private final Membership membership;
  private final @Nullable CollectorPods pods;
  private final Closer closer = new Closer();
  private final Map<String, Job> jobs = new ConcurrentHashMap<>();
  private final Supplier<String> waitsFor;
  private volatile boolean ready;

  /** Something is not known yet, so that nothing may be said. */
  public static final class UnavailableException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    UnavailableException(String reason) {
      super(reason);
    }
  }

  /** A job and up to where its targets are assigned. */
  private final class Job {
    private final JobShares shares =
        new JobShares(config.handover(), name -> membership.polling(name).inForce());
    private long revision = -1;

    synchronized void update(String name) throws UnavailableException {
      JobStatus status = complete(name);
      while (true) {
        PoolView pool = promdisco.pool(name).orElseThrow(() -> gone(name));
        PoolView.News news = pool.revision() == revision ? null : pool.newsSince(revision);
        JobStatus after = complete(name);
        if (status.isCompleteUntil(after)) {
          shares.update(news, membership.allocation(), ticker.nanos());
          revision = news == null ? revision : news.revision();
          return;
        }
        status = after;
      }
    }
  }

  /**
   * Starts to watch the collectors.
   *
   * @param clients reaches the API server of the collectors
   * @param waitsFor says what must be known before all jobs are; empty: nothing
   * @throws DiscoveryException if there is no cluster to connect to
   */
  public Allocator(
      AllocatorConfig config,
      Promdisco promdisco,
      Ticker ticker,
      Function<Ticker, ResourceClientFactory> clients,
      Supplier<String> waitsFor)
      throws DiscoveryException {
    this.waitsFor = waitsFor;
    this.config = config;
    this.promdisco = promdisco;
    this.ticker = ticker;
    if (config.collectors().isEmpty()) {
      membership = new Membership(config.strategy(), config.grace(), ticker::nanos);
      pods = closer.add(new CollectorPods(config, clients.apply(ticker), ticker, membership));
    } else {
      membership = Membership.of(config.strategy(), config.collectors(), ticker::nanos);
      pods = null;
    }
  }

  /** The settings. */
  public AllocatorConfig config() {
    return config;
  }

  /**
   * Why collectors cannot be answered yet; empty: they can. Once they could, a source that is new
   * and has not delivered concerns its job only.
   */
  public Optional<String> notReady() {
    if (ready) {
      return Optional.empty();
    }
    if (!membership.isSynced()) {
      String failure = pods == null ? "" : pods.failure();
      return Optional.of(
          "the collectors are not known yet" + (failure.isEmpty() ? "" : ": " + failure));
    }
    String unknown = waitsFor.get();
    if (!unknown.isEmpty()) {
      return Optional.of(unknown);
    }
    for (JobStatus job : promdisco.jobs()) {
      if (!job.complete()) {
        return Optional.of(job.describe());
      }
    }
    ready = true;
    return Optional.empty();
  }

  /**
   * Notes that a collector asks for its share.
   *
   * @param polling how it asks; null: unknown
   * @return whether it is one
   * @throws UnavailableException if it is about to become one
   */
  public boolean admit(String collector, @Nullable Polling polling) throws UnavailableException {
    return switch (membership.asked(collector, polling)) {
      case MEMBER -> true;
      case UNKNOWN -> false;
      case JOINING ->
          throw new UnavailableException(
              "collector " + collector + " gets its share within " + Nouns.count(5, "second"));
    };
  }

  /** Whether this is a collector. */
  public boolean knows(String collector) {
    return membership.allocation().has(collector);
  }

  /**
   * The targets of a collector in a job, as groups of HTTP service discovery; empty if there is no
   * such job or collector.
   *
   * @throws UnavailableException if the job is not complete
   */
  public RenderedDocument share(String job, String collector)
      throws UnavailableException, IOException {
    Job known = updated(job);
    return known == null ? JobShares.NOTHING : known.shares.document(collector);
  }

  private @Nullable Job updated(String name) throws UnavailableException {
    Optional<String> reason = notReady();
    if (reason.isPresent()) {
      throw new UnavailableException(reason.get());
    }
    if (promdisco.job(name).isEmpty()) {
      jobs.remove(name);
      return null;
    }
    Job job = jobs.computeIfAbsent(name, any -> new Job());
    job.update(name);
    return job;
  }

  private JobStatus complete(String job) throws UnavailableException {
    JobStatus status = promdisco.job(job).orElseThrow(() -> gone(job));
    if (!status.complete()) {
      throw new UnavailableException(status.describe());
    }
    return status;
  }

  private static UnavailableException gone(String job) {
    return new UnavailableException("job " + job + ": its targets are changing");
  }

  /**
   * How the targets are shared.
   *
   * @param waitsFor why collectors cannot be answered yet; empty: they can
   * @param jobs number of targets by job
   * @param collectors number of targets by collector, over all jobs
   * @param unassigned number of targets that no collector owns
   * @param discovered number of collectors whose pods exist
   */
  public record Summary(
      String waitsFor,
      Map<String, Integer> jobs,
      Map<String, Integer> collectors,
      int unassigned,
      long discovered) {}

  /** How the targets are shared now; jobs that are not complete are left out. */
  public Summary summary() {
    Map<String, Integer> targets = new TreeMap<>();
    Map<String, Integer> perCollector = new TreeMap<>();
    collectors().forEach(collector -> perCollector.put(collector, 0));
    int unassigned = 0;
    for (PoolView pool : promdisco.pools()) {
      Job job;
      try {
        job = updated(pool.job());
      } catch (UnavailableException e) {
        continue;
      }
      if (job != null) {
        targets.put(pool.job(), pool.counts().active());
        unassigned += job.shares.unassigned();
        job.shares.counts().forEach((name, count) -> perCollector.merge(name, count, Integer::sum));
      }
    }
    return new Summary(
        notReady().orElse(""), targets, perCollector, unassigned, membership.discovered());
  }

  /**
   * A target, who has it and why.
   *
   * @param id of the target
   * @param address before relabelling
   * @param collectors that have it, the owner first
   * @param reason one line
   */
  public record Assignment(String id, String address, List<String> collectors, String reason) {}

  /**
   * Who has which target of a job.
   *
   * @param collector only targets of this collector; empty: all
   * @param addresses only targets with one of these addresses before relabelling; empty: all
   * @param limit how many targets at most
   * @throws UnavailableException if the job is not complete
   */
  public List<Assignment> assignments(
      String job, String collector, Set<String> addresses, int limit) throws UnavailableException {
    Job known = updated(job);
    return known == null
        ? List.of()
        : known.shares.assigned(collector, addresses, limit).stream().map(this::explained).toList();
  }

  private Assignment explained(JobShares.Assigned each) {
    return new Assignment(
        each.target().id(),
        each.target().discoveredAddress(),
        each.key().everywhere() ? collectors() : each.holders(),
        AssignmentReason.of(config, each));
  }

  /** The names of the collectors that take targets. */
  public List<String> collectors() {
    return membership.allocation().collectors().stream().map(Collector::name).toList();
  }

  /** Ends the watch of the collectors. */
  @Override
  public void close() {
    closer.close();
  }
}
