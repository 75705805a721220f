package io.promdisco.explain;

/**
 * Why a source of a job discovers nothing that matches the query.
 *
 * @param source the source, for example {@code kubernetes_sd_configs[0] (role pod)}
 * @param why the reason for programs
 * @param reason the reason for people, on one line
 */
public record Absence(String source, Reason why, String reason) {
  /** Kinds of reasons. */
  public enum Reason {
    /** The source does not discover this kind of object. */
    OTHER_SOURCE,
    /** The object does not exist. */
    NOT_THERE,
    /** It is in a namespace in which the source does not discover. */
    NAMESPACE,
    /** A label or field selector excludes it. */
    SELECTOR,
    /** It has no address yet. */
    NO_ADDRESS,
    /** It has no port, or not this one, or no container or path. */
    NO_PORT,
    /** Its node, whose labels are attached, is unknown. */
    NO_NODE,
    /** No endpoints or endpoint slice lists it. */
    NO_ENDPOINTS,
    /** Only a slice of its service's second address family lists it, or it is such a slice. */
    SECOND_FAMILY,
    /** It is in the dump, but malformed. */
    MALFORMED,
    /** The server does not allow reading it, or cannot be reached. */
    UNREADABLE,
    /** The credentials lack permissions that the source needs. */
    MISSING_PERMISSIONS,
    /** It exists and nothing excludes it, but it is not discovered. */
    UNCLEAR
  }

  /** Returns a reason without the name of the source. */
  public static Absence of(Reason why, String reason) {
    return new Absence("", why, reason);
  }

  Absence withSource(String name) {
    return new Absence(name, why, reason);
  }
}
