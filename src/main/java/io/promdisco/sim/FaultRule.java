package io.promdisco.sim;

import io.promdisco.providers.kubernetes.object.Resource;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a fault strikes.
 *
 * @param fault what goes wrong
 * @param verb as {@code list} or {@code watch}; empty: any
 * @param resource null: any
 * @param first number of the first request that it strikes, counted from 1 among those that fit
 * @param times how many requests it strikes; {@link Integer#MAX_VALUE}: until healed
 * @param afterFrames how many frames of a watch go well before a {@link Fault.Break}
 */
public record FaultRule(
    Fault fault,
    String verb,
    @Nullable Resource<?> resource,
    int first,
    int times,
    int afterFrames) {

  /** Strikes the next request for {@code resource} with {@code verb}, once. */
  public static FaultRule once(Resource<?> resource, String verb, Fault fault) {
    return new FaultRule(fault, verb, resource, 1, 1, 0);
  }

  /** Strikes the next request of any kind, once. */
  public static FaultRule onceAnywhere(Fault fault) {
    return new FaultRule(fault, "", null, 1, 1, 0);
  }

  /** This, but not before the {@code n}th request that fits. */
  public FaultRule fromNth(int n) {
    return new FaultRule(fault, verb, resource, n, times, afterFrames);
  }

  /** This, {@code n} times. */
  public FaultRule times(int n) {
    return new FaultRule(fault, verb, resource, first, n, afterFrames);
  }

  /** This, every time until it is healed. */
  public FaultRule untilHealed() {
    return times(Integer.MAX_VALUE);
  }

  /** This, but in a watch only after {@code n} frames. */
  public FaultRule afterFrames(int n) {
    return new FaultRule(fault, verb, resource, first, times, n);
  }

  boolean fits(@Nullable Resource<?> asked, String askedVerb) {
    return (verb.isEmpty() || verb.equals(askedVerb))
        && (resource == null || resource.equals(asked));
  }
}
