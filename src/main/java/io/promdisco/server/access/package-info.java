/**
 * Which clients may connect and how, for the server itself: connections and each client's share of
 * them, host names, TLS, passwords, and threads that clients use in turn. Programs use {@link
 * io.promdisco.server.access.ServerLimits} only.
 */
@NullMarked
package io.promdisco.server.access;

import org.jspecify.annotations.NullMarked;
