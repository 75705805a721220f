package io.promdisco.sim;

import io.promdisco.providers.kubernetes.object.Resource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The faults of a simulated server. Safe for all threads. Of several rules that match a request,
 * the first one that was added applies.
 */
public final class Faults {
  private final List<InjectedFault> injections = new CopyOnWriteArrayList<>();
  private final Set<WatchStream> streams = ConcurrentHashMap.newKeySet();

  Faults() {}

  /** Applies {@code rule} to future requests. */
  public InjectedFault add(FaultRule rule) {
    InjectedFault injection = new InjectedFault(rule);
    injections.add(injection);
    return injection;
  }

  /**
   * Applies a fault to the running watches of {@code resource} at their next frame; for a {@link
   * Fault.Break}, a bookmark is sent immediately.
   */
  public InjectedFault strikeNow(Resource<?> resource, Fault fault) {
    InjectedFault injection = add(FaultRule.once(resource, "watch", fault).times(0));
    for (WatchStream stream : streams) {
      if (stream.resource().equals(resource)) {
        injection.strikesRunning();
        stream.strike(injection);
      }
    }
    return injection;
  }

  /** Ends all faults. */
  public void healAll() {
    injections.forEach(InjectedFault::heal);
    injections.clear();
  }

  /** Returns the fault that applies to this request. */
  Optional<InjectedFault> take(@Nullable Resource<?> resource, String verb) {
    for (InjectedFault injection : injections) {
      if (injection.strikes(resource, verb)) {
        return Optional.of(injection);
      }
    }
    return Optional.empty();
  }

  /** Returns the running watches, which add and remove themselves. */
  Set<WatchStream> streams() {
    return streams;
  }
}
