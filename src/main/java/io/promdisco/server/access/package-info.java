/**
 * Controls which clients may connect and how: connections and each client's share of them, host
 * names, TLS, passwords, and threads that clients use in turn. Programs use only {@link
 * io.promdisco.server.access.ServerLimits}.
 */
@NullMarked
package io.promdisco.server.access;

import org.jspecify.annotations.NullMarked;
