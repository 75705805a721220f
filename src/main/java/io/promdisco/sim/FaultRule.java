package io.promdisco.sim;

import io.promdisco.providers.kubernetes.object.Resource;
import org.jspecify.annotations.Nullable;

/**
 * The requests that a fault affects.
 *
 * @param fault the fault
 * @param verb for example {@code list} or {@code watch}; empty for any
 * @param resource null for any
 * @param first number of the first affected request, counted from 1 among those that match
 * @param times the number of affected requests; {@link Integer#MAX_VALUE} for all until healed
 * @param afterFrames the number of frames of a watch before a {@link Fault.Break}
 */
public record FaultRule(
    Fault fault,
    String verb,
    @Nullable Resource<?> resource,
    int first,
    int times,
    int afterFrames) {

  /** Returns a rule for the next request for {@code resource} with {@code verb}. */
  public static FaultRule once(Resource<?> resource, String verb, Fault fault) {
    return new FaultRule(fault, verb, resource, 1, 1, 0);
  }

  /** Returns a rule for the next request of any kind. */
  public static FaultRule onceAnywhere(Fault fault) {
    return new FaultRule(fault, "", null, 1, 1, 0);
  }

  /** Returns this rule, starting with the {@code n}th matching request. */
  public FaultRule fromNth(int n) {
    return new FaultRule(fault, verb, resource, n, times, afterFrames);
  }

  /** Returns this rule for {@code n} requests. */
  public FaultRule times(int n) {
    return new FaultRule(fault, verb, resource, first, n, afterFrames);
  }

  /** Returns this rule for all requests until it is healed. */
  public FaultRule untilHealed() {
    return times(Integer.MAX_VALUE);
  }

  /** Returns this rule, in a watch only after {@code n} frames. */
  public FaultRule afterFrames(int n) {
    return new FaultRule(fault, verb, resource, first, times, n);
  }

  boolean fits(@Nullable Resource<?> asked, String askedVerb) {
    return (verb.isEmpty() || verb.equals(askedVerb))
        && (resource == null || resource.equals(asked));
  }
}
