package io.promdisco.explain;

/**
 * Why a source of a job discovers nothing of what was asked for.
 *
 * @param source which, as {@code kubernetes_sd_configs[0] (role pod)}
 * @param why for programs
 * @param reason for people, one line
 */
public record Absence(String source, Why why, String reason) {
  /** Kinds of reasons. */
  public enum Why {
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
    /** It is, or only stands in, the slice of a service's second address family. */
    SECOND_FAMILY,
    /** It is in the dump, and malformed. */
    MALFORMED,
    /** The server refuses to show it, or cannot be reached. */
    UNREADABLE,
    /** It is there and nothing keeps it out, but it has not been discovered. */
    UNCLEAR
  }

  /** The same of a source of that name. */
  Absence of(String name) {
    return new Absence(name, why, reason);
  }
}
