package io.promdisco.sim;

/**
 * A request that a simulated server has had.
 *
 * @param method as {@code GET}
 * @param path as sent
 * @param query as sent, without the question mark; may be empty
 * @param userAgent of the header; may be empty
 * @param accept of the header; may be empty
 * @param user who it was; empty: not known
 * @param verb as in permissions: {@code list}, {@code watch}, …; empty: no resource
 * @param resource plural; empty: none
 * @param status of the answer; 0: none
 */
public record SimRequest(
    String method,
    String path,
    String query,
    String userAgent,
    String accept,
    String user,
    String verb,
    String resource,
    int status) {}
