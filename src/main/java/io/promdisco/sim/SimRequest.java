package io.promdisco.sim;

/**
 * A request that a simulated server has received.
 *
 * @param method for example {@code GET}
 * @param path as sent
 * @param query as sent, without the question mark; may be empty
 * @param userAgent the {@code User-Agent} header; may be empty
 * @param accept the {@code Accept} header; may be empty
 * @param user the user; empty if unknown
 * @param verb as in permissions: {@code list}, {@code watch}, …; empty if there is no resource
 * @param resource the plural name; empty for none
 * @param status the status of the answer; 0 for none
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
