package io.promdisco.explain;

/**
 * Why a source of a job discovers nothing of what was asked for.
 *
 * @param source which, as {@code kubernetes_sd_configs[0] (role pod)}
 * @param why for programs
 * @param reason for people, one line
 */
public record Absence(String source, Reason why, String reason) {
  /** Kinds of reasons. */
  public enum Reason {
    /** The source makes no targets of such things. */
    OTHER_SOURCE,
    /** There is no such thing. */
    NOT_THERE,
    /** It is in a namespace that is not discovered in. */
    NAMESPACE,
    /** A label or field selector leaves it out. */
    SELECTOR,
    /** It has no address yet. */
    NO_ADDRESS,
    /** It has no port, or not that one, or no container or path. */
    NO_PORT,
    /** Its node, whose labels are to be attached, is not known. */
    NO_NODE,
    /** No endpoints or endpoint slice lists it. */
    NO_ENDPOINTS,
    /** Only a slice of its service's second address family lists it, or it is that slice. */
    SECOND_FAMILY,
    /** It is in the dump, but malformed. */
    MALFORMED,
    /** The server refuses to show it, or cannot be reached. */
    UNREADABLE,
    /** The credentials lack rights that the source needs. */
    MISSING_PERMISSIONS,
    /** It is there and nothing keeps it out, but it has not been discovered. */
    UNCLEAR
  }

  /** A reason whose source is not named yet. */
  public static Absence of(Reason why, String reason) {
    return new Absence("", why, reason);
  }

  Absence withSource(String name) {
    return new Absence(name, why, reason);
  }
}
