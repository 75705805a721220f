package io.promdisco.sim;

import io.promdisco.providers.kubernetes.object.Resource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong at a simulated server, on demand. Safe for all threads. Of several rules that fit
 * a request the one that was added first strikes.
 */
public final class Faults {
  private final List<InjectedFault> injections = new CopyOnWriteArrayList<>();
  private final Set<WatchStream> streams = ConcurrentHashMap.newKeySet();

  Faults() {}

  /** Puts {@code rule} to work on the requests to come. */
  public InjectedFault add(FaultRule rule) {
    InjectedFault injection = new InjectedFault(rule);
    injections.add(injection);
    return injection;
  }

  /**
   * Strikes the watches of {@code resource} that are running, at their next frame, which for a
   * {@link Fault.Break} is a bookmark sent at once.
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

  /** The fault that strikes this request. */
  Optional<InjectedFault> take(@Nullable Resource<?> resource, String verb) {
    for (InjectedFault injection : injections) {
      if (injection.strikes(resource, verb)) {
        return Optional.of(injection);
      }
    }
    return Optional.empty();
  }

  /** The watches that are running; they come and go by themselves. */
  Set<WatchStream> streams() {
    return streams;
  }
}
